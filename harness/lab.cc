#include "harness/lab.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>

#include <csignal>
#include <ctime>
#include <nlohmann/json.hpp>

#include "harness/digest.h"
#include "harness/stopwatch.h"

namespace bottle {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

constexpr std::chrono::seconds kAnswerTime{20};  // for a long log on a busy machine
constexpr std::chrono::seconds kSettleGrace{5};  // beyond the lab's own limit
constexpr std::size_t kLongestLine = 1u << 20;   // 64 KiB of bytes in base64, and its details

// A lab that died must be an error of ours, not the end of this process. Only this thread's SIGPIPE is held back, and
// one that this write raised is taken away again.
ssize_t write_without_signal(int fd, std::string_view bytes) {
  sigset_t pipe, before, pending;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  sigpending(&pending);
  const bool was_pending = sigismember(&pending, SIGPIPE) == 1;
  pthread_sigmask(SIG_BLOCK, &pipe, &before);
  const ssize_t written = ::write(fd, bytes.data(), bytes.size());
  const int code = errno;
  if (written < 0 && code == EPIPE && !was_pending) {
    const timespec now{};
    sigtimedwait(&pipe, nullptr, &now);
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = code;
  return written;
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

}  // namespace

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

std::string open_command(const LabConfig& config, int echo_namespace_fd, const std::map<std::string, int>& canary_fds,
                         const AbstractSockets& abstract) {
  json command = {{"op", "open"}, {"names", config.names}, {"wrongs", config.wrongs}, {"tproxy_port", 1}};
  if (!config.proxy_address.empty())
    command["proxy"] = {{"address", config.proxy_address}, {"port", config.proxy_port}};
  if (echo_namespace_fd >= 0) command["echo"] = {{"namespace_fd", echo_namespace_fd}, {"port", config.echo_port}};
  if (abstract.namespace_fd >= 0 && !config.echo_socket.empty()) {
    command["abstract"] = {
        {"namespace_fd", abstract.namespace_fd}, {"echo", config.echo_socket}, {"shared", abstract.shared}};
  }
  if (!config.scratch.empty()) command["git"] = {{"port", config.git_port}, {"scratch", config.scratch}};
  command["canaries"] = json::array();
  for (const auto& [name, fd] : canary_fds) command["canaries"].push_back({{"name", name}, {"fd", fd}});
  return command.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

Lab::Lab(Fd input, Fd output, std::map<std::string, std::string> canaries)
    : input_(std::move(input)), output_(std::move(output)), canaries_(std::move(canaries)) {
  set_nonblocking(input_);
  set_nonblocking(output_);
}

Result<void> Lab::open(const std::string& open_line, std::chrono::milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  opened_ns_ = monotonic_ns();
  if (auto said = say(open_line, deadline); !said) return said;
  BOTTLE_TRY(const auto line, read_line(deadline));
  BOTTLE_TRY(const json ready, parse_line(line));  // `ready: false` brings its error
  if (!ready.value("ready", false) || !ready.contains("ca") || !ready["ca"].is_string()) {
    return fail("the lab is not ready: " + line.substr(0, 200));
  }
  ca_pem_ = ready["ca"].get<std::string>();
  ipv6_ = ready.value("ipv6", false);
  return {};
}

Result<bool> Lab::settle(std::chrono::milliseconds quiet, std::chrono::milliseconds limit) {
  const json command = {{"op", "settle"}, {"quiet_ms", quiet.count()}, {"limit_ms", limit.count()}};
  const auto deadline = Clock::now() + limit + kSettleGrace;
  if (auto said = say(command.dump() + "\n", deadline); !said) return fail(said.error());
  BOTTLE_TRY(const auto line, read_line(deadline));
  BOTTLE_TRY(const json answer, parse_line(line));
  if (!answer.contains("settled") || !answer["settled"].is_boolean())
    return fail("the lab did not say whether it is quiet");
  return answer["settled"].get<bool>();
}

Result<std::vector<Arrival>> Lab::arrivals() {
  const json command = {{"op", "arrivals"}, {"since", heard_.size()}};
  auto deadline = Clock::now() + kAnswerTime;
  if (auto said = say(command.dump() + "\n", deadline); !said) return fail(said.error());
  for (;;) {
    BOTTLE_TRY(const auto line, read_line(deadline));
    BOTTLE_TRY(const json parsed, parse_line(line));
    if (parsed.contains("arrival")) {
      BOTTLE_TRY(auto arrival, arrival_from(parsed));
      if (arrival.number != heard_.size() + 1) {
        return fail("the lab's log has a gap before arrival " + std::to_string(arrival.number));
      }
      heard_.push_back(std::move(arrival));
      continue;
    }
    if (parsed.value("lost", false)) return fail("more came to the lab than it could hear: nothing can be concluded");
    if (!parsed.contains("count") || parsed["count"] != heard_.size()) return fail("the lab's log is not complete");
    if (auto checked = check_times(heard_, opened_ns_, monotonic_ns()); !checked) return fail(checked.error());
    return heard_;
  }
}

Result<void> Lab::say(std::string_view line, Deadline deadline) {
  while (!line.empty()) {
    if (auto ready = wait_for(input_.get(), POLLOUT, deadline, "take a command"); !ready) return ready;
    const ssize_t written = write_without_signal(input_.get(), line);
    if (written < 0 && errno != EINTR && errno != EAGAIN) return fail_os("the lab does not listen any more");
    if (written > 0) line.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<std::string> Lab::read_line(Deadline deadline) {
  std::size_t looked = 0;
  for (;;) {
    if (const std::size_t end = buffer_.find('\n', looked); end != std::string::npos) {
      std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return line;
    }
    looked = buffer_.size();
    if (looked > kLongestLine) return fail("the lab's line has no end");
    if (auto ready = wait_for(output_.get(), POLLIN, deadline, "answer"); !ready) return fail(ready.error());
    char bytes[65536];
    const ssize_t got = ::read(output_.get(), bytes, sizeof bytes);
    if (got == 0) return fail("the lab has ended");
    if (got < 0 && errno != EINTR && errno != EAGAIN) return fail_os("reading from the lab");
    if (got > 0) buffer_.append(bytes, static_cast<std::size_t>(got));
  }
}

}  // namespace bottle
