#include "harness/lab_channel.h"

#include <fcntl.h>
#include <poll.h>

#include <nlohmann/json.hpp>

#include "harness/digest.h"
#include "harness/platform/no_broken_pipe.h"
#include "harness/stopwatch.h"

namespace bottle {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

constexpr std::chrono::seconds kAnswerTime{20};  // for a long log on a busy machine
constexpr std::chrono::seconds kSettleGrace{5};  // beyond the lab's own limit
constexpr std::uint64_t kLatestClock = 1ull << 62;
constexpr std::size_t kLongestLine = 1u << 20;  // 64 KiB of bytes in base64, and its details

// A lab that died must be an error of ours, not the end of this process.
ssize_t write_without_signal(int fd, std::string_view bytes) {
  const NoBrokenPipeSignal quiet;
  return ::write(fd, bytes.data(), bytes.size());
}

Result<void> wait_for(int fd, short events, Clock::time_point deadline, const char* what) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd item = {fd, events, 0};
    const int ready = left <= 0 ? 0 : ::poll(&item, 1, static_cast<int>(left));
    if (ready > 0) return {};
    if (ready == 0) return fail(std::string("the lab did not ") + what + " in time", Fault::timeout);
    if (errno != EINTR) return fail_os("poll on the lab");
  }
}

void set_nonblocking(const Fd& fd) {
  if (const int flags = ::fcntl(fd.get(), F_GETFL); flags >= 0) ::fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK);
}

Result<json> parse_line(const std::string& line) {
  json parsed = json::parse(line, nullptr, false);
  if (!parsed.is_object()) return fail("the lab said something that is no JSON object: " + line.substr(0, 200));
  if (parsed.contains("error") && parsed["error"].is_string())
    return fail("lab: " + parsed["error"].get<std::string>());
  return parsed;
}

bool says(const json& line, const char* key) {
  return line.contains(key) && line[key].is_boolean() && line[key].get<bool>();
}

Result<Arrival> arrival_from(const json& line) {
  Arrival arrival;
  try {
    arrival.number = line.at("arrival").get<std::uint64_t>();
    arrival.at_ns = line.at("t").get<std::int64_t>();
    arrival.sink = line.at("sink").get<std::string>();
    arrival.transport = line.at("transport").get<std::string>();
    arrival.source = line.at("source").get<std::string>();
    arrival.destination = line.at("destination").get<std::string>();
    arrival.detail = line.at("detail").get<std::map<std::string, std::string>>();
    arrival.bytes = from_base64(line.at("bytes").get<std::string>()).value_or("");
    arrival.size = line.at("size").get<std::uint64_t>();
    arrival.sha256 = line.at("sha256").get<std::string>();
  } catch (const json::exception& error) {
    return fail(std::string("an arrival of the lab is not as it should be: ") + error.what());
  }
  return arrival;
}

// One that does not tell its clock is held to ours.
Result<LabClock> clock_in(const json& ready, std::int64_t asked_ns, std::int64_t answered_ns) {
  if (!ready.contains("clock")) return LabClock{};
  const json& clock = ready["clock"];
  const bool can_be = clock.is_number_unsigned() && clock.get<std::uint64_t>() <= kLatestClock;
  if (!can_be) return fail("the lab's clock cannot be: " + clock.dump().substr(0, 40));
  return LabClock::between(asked_ns, clock.get<std::int64_t>(), answered_ns);
}

}  // namespace

LabClock LabClock::between(std::int64_t asked_ns, std::int64_t theirs_ns, std::int64_t answered_ns) {
  if (asked_ns <= theirs_ns && theirs_ns <= answered_ns) return {};
  const std::int64_t half = (answered_ns - asked_ns) / 2;
  return {.ahead_ns = asked_ns + half - theirs_ns, .tolerance_ns = half + 1};
}

Result<void> check_times(const std::vector<Arrival>& arrivals, std::int64_t from_ns, std::int64_t to_ns) {
  std::int64_t before = from_ns;
  for (const Arrival& arrival : arrivals) {
    const bool backwards = arrival.at_ns < before;
    if (backwards || arrival.at_ns > to_ns) {
      return fail("the lab's clock " + std::string(backwards ? "runs backwards" : "is ahead of ours") + " at arrival " +
                  std::to_string(arrival.number));
    }
    before = arrival.at_ns;
  }
  return {};
}

LabChannel::LabChannel(Fd input, Fd output) : input_(std::move(input)), output_(std::move(output)) {
  set_nonblocking(input_);
  set_nonblocking(output_);
}

Result<LabGreeting> LabChannel::open(const std::string& open_line, std::chrono::milliseconds limit) {
  const std::int64_t asked_ns = monotonic_ns();
  if (auto asked = ask(open_line, Clock::now() + limit); !asked) return fail(asked.error());
  BOTTLE_TRY(const json ready, hear());  // `ready: false` brings its error
  if (!says(ready, "ready") || !ready.contains("ca") || !ready["ca"].is_string()) {
    return fail("the lab is not ready: " + ready.dump().substr(0, 200));
  }
  BOTTLE_TRY(clock_, clock_in(ready, asked_ns, monotonic_ns()));
  latest_ns_ = asked_ns - clock_.tolerance_ns;
  return LabGreeting{.ca_pem = ready["ca"].get<std::string>(), .ipv6 = says(ready, "ipv6")};
}

Result<void> LabChannel::ask_settle(std::chrono::milliseconds quiet, std::chrono::milliseconds limit) {
  const json command = {{"op", "settle"}, {"quiet_ms", quiet.count()}, {"limit_ms", limit.count()}};
  return ask(command.dump() + "\n", Clock::now() + limit + kSettleGrace);
}

Result<LabRest> LabChannel::hear_settle() {
  BOTTLE_TRY(const json answer, hear());
  for (const char* key : {"settled", "undisturbed"}) {
    if (!answer.contains(key) || !answer[key].is_boolean()) return fail("the lab did not say whether it is quiet");
  }
  return LabRest{.settled = says(answer, "settled"), .undisturbed = says(answer, "undisturbed")};
}

Result<void> LabChannel::ask_arrivals() {
  const json command = {{"op", "arrivals"}, {"since", heard_}};
  return ask(command.dump() + "\n", Clock::now() + kAnswerTime);
}

Result<std::vector<Arrival>> LabChannel::hear_arrivals() {
  std::vector<Arrival> news;
  for (;;) {
    BOTTLE_TRY(const json parsed, hear());
    if (!parsed.contains("arrival")) {
      if (parsed.contains("lost")) return fail("more came to the lab than it could hear: nothing can be concluded");
      if (!parsed.contains("count") || parsed["count"] != heard_ + news.size())
        return fail("the lab's log is not complete");
      break;
    }
    answer_is_due_ = true;  // the end of the list is still to come
    BOTTLE_TRY(auto arrival, arrival_from(parsed));
    if (__builtin_add_overflow(arrival.at_ns, clock_.ahead_ns, &arrival.at_ns))
      return fail("the lab's clock cannot be at arrival " + std::to_string(arrival.number));
    if (arrival.number != heard_ + news.size() + 1)
      return fail("the lab's log has a gap before arrival " + std::to_string(arrival.number));
    news.push_back(std::move(arrival));
  }
  if (auto checked = check_times(news, latest_ns_, monotonic_ns() + clock_.tolerance_ns); !checked)
    return fail(checked.error());
  heard_ += news.size();
  if (!news.empty()) latest_ns_ = news.back().at_ns;
  return news;
}

Result<void> LabChannel::ask(std::string_view line, Deadline deadline) {
  if (answer_is_due_) return fail("the lab never answered an earlier question");
  answer_is_due_ = true;
  deadline_ = deadline;
  while (!line.empty()) {
    if (auto ready = wait_for(input_.get(), POLLOUT, deadline, "take a command"); !ready) return ready;
    const ssize_t written = write_without_signal(input_.get(), line);
    if (written < 0 && errno != EINTR && errno != EAGAIN) return fail_os("the lab does not listen any more");
    if (written > 0) line.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<json> LabChannel::hear() {
  BOTTLE_TRY(const auto line, read_line());
  answer_is_due_ = false;
  return parse_line(line);
}

Result<std::string> LabChannel::read_line() {
  std::size_t looked = 0;
  for (;;) {
    if (const std::size_t end = buffer_.find('\n', looked); end != std::string::npos) {
      std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return line;
    }
    looked = buffer_.size();
    if (looked > kLongestLine) return fail("the lab's line has no end");
    if (auto ready = wait_for(output_.get(), POLLIN, deadline_, "answer"); !ready) return fail(ready.error());
    char bytes[65536];
    const ssize_t got = ::read(output_.get(), bytes, sizeof bytes);
    if (got == 0) return fail("the lab has ended");
    if (got < 0 && errno != EINTR && errno != EAGAIN) return fail_os("reading from the lab");
    if (got > 0) buffer_.append(bytes, static_cast<std::size_t>(got));
  }
}

}  // namespace bottle
