#include "harness/prober_report.h"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <string_view>

#include "harness/digest.h"
#include "harness/git_answer.h"
#include "harness/safe_text.h"

namespace bottle {
namespace {

using nlohmann::json;

// Parsed, a line takes many times its size. The longest that a prober writes are those of clients of many steps.
constexpr std::size_t kLongestReportLine = 512u << 10;
constexpr std::size_t kFewLines = 16;  // marks, and what a curious reader may still learn from
constexpr std::size_t kHashSize = 64;
constexpr std::int64_t kMostSentBytes = std::int64_t{1} << 40;
constexpr std::uint64_t kMostTime = std::uint64_t{86'400} * 1'000'000'000;  // a day

std::string text_at(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t number_at(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

std::string decoded(const json& object, const char* key) { return from_base64(text_at(object, key)).value_or(""); }

// What the C library and the clients built on it print for an errno.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kErrnoTexts = {{
    {"Network is unreachable", "ENETUNREACH"},
    {"Connection refused", "ECONNREFUSED"},
    {"No route to host", "EHOSTUNREACH"},
    {"Permission denied", "EACCES"},
    {"Operation not permitted", "EPERM"},
    {"Connection timed out", "ETIMEDOUT"},
    {"Connection reset by peer", "ECONNRESET"},
}};

// curl -v: keep its own remarks ('*'), what it received ('<') and its last word; drop what it sent ('>').
std::string without_sent_lines(std::string_view text) {
  std::string kept;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (!line.starts_with("> ") && !line.starts_with("} ") && !line.starts_with("{ ")) kept += std::string(line) + "\n";
    at = end + 1;
  }
  return kept;
}

// A real client says how it went by its exit code and in prose: bring both into the prober's own words.
void read_client(const json& line, Told& told) {
  AttemptReport& report = told.report;
  const std::string detail = text_at(line, "detail");
  told.tool_missing = report.stage == "client" && report.error == "ENOENT" &&
                      (detail.ends_with(": not in PATH") || detail.ends_with(": exec"));  // not: no scratch directory
  const auto steps = line.find("steps");
  if (steps == line.end() || !steps->is_array() || steps->empty()) return;
  for (const json& step : *steps) {
    if (!step.is_object()) continue;
    told.answer += decoded(step, "out") + "\n" + without_sent_lines(decoded(step, "err"));
  }
  const json& last = steps->back();
  const std::int64_t code = last.is_object() ? number_at(last, "exit") : -1;
  if (report.error == "EXIT" || report.error == "EXIT " + std::to_string(code))
    report.error = "exit " + std::to_string(code);
  for (const char* refused : {"CONNECT tunnel failed", "from proxy after CONNECT"}) {  // of curl 7.87, and before it
    if (code == 56 && told.answer.find(refused) != std::string::npos) report.stage = "proxy";
  }
  // A proxy's or a server's: reset before there was an answer, or in a handshake.
  const bool answered = told.answer.find("\n< ") != std::string::npos;
  if ((code == 56 || code == 35) && !answered && told.answer.find("Connection reset by peer") != std::string::npos) {
    report.stage = "reply";
    report.error = "ECONNRESET";
  }
  if (code != 7 && code != 28) return;                                 // curl: could not connect, timed out
  if (told.answer.find("Connected to ") != std::string::npos) return;  // what failed came later
  for (const auto& [text, name] : kErrnoTexts) {
    if (told.answer.find(text) == std::string::npos) continue;
    report.stage = "connect";
    report.error = name;
    return;
  }
}

// Of numbers that a stranger wrote: neither negative nor so large that arithmetic with it would overflow.
std::int64_t time_between(std::int64_t early, std::int64_t late) {
  if (late < early) return 0;
  const std::uint64_t span = static_cast<std::uint64_t>(late) - static_cast<std::uint64_t>(early);
  return static_cast<std::int64_t>(std::min<std::uint64_t>(span, kMostTime));
}

Told read_line(const json& line, const std::vector<Secret>& secrets) {
  Told told;
  AttemptReport& report = told.report;
  report.nonce = safe_line(text_at(line, "nonce"), 64);
  report.stage = safe_line(text_at(line, "stage"), 32);
  report.error = safe_line(text_at(line, "error"), 64);
  told.start_ns = number_at(line, "start_ns");
  told.end_ns = number_at(line, "end_ns");
  report.took_ns = time_between(told.start_ns, told.end_ns);
  if (const auto sent = line.find("sent"); sent != line.end() && sent->is_array()) {
    for (const json& one : *sent) {
      if (!one.is_object() || told.sent.size() >= 16) break;
      told.sent.emplace_back(text_at(one, "what").substr(0, 64), text_at(one, "sha256").substr(0, 2 * kHashSize));
      report.sent_bytes += std::clamp<std::int64_t>(number_at(one, "bytes"), 0, kMostSentBytes);
    }
  }
  if (!told.sent.empty()) report.sent_sha256 = safe_line(told.sent.back().second, 64);
  if (const auto reply = line.find("reply"); reply != line.end() && reply->is_object()) {
    told.answer = decoded(*reply, "head");
    if (auto text = text_of_git_answer(told.answer)) told.answer = std::move(*text);
    if (text_at(*reply, "from") == "server" && told.answer.size() >= 12) told.dns_rcode = told.answer[3] & 0x0f;
  }
  const std::string detail = redact(text_at(line, "detail"), secrets);
  read_client(line, told);
  report.detail = safe_line(detail, 300);
  report.reply = safe_text(without_returns(redact(told.answer, secrets)), 2048);
  return told;
}

// Everything that is told of happened within the exec, which we timed ourselves. Clocks may differ, but not run at
// another pace: a little is allowed for.
std::string impossible_times(const ProberReport& report, std::chrono::nanoseconds wall) {
  std::int64_t first = std::numeric_limits<std::int64_t>::max(), last = std::numeric_limits<std::int64_t>::min();
  for (const auto& [nonce, told] : report.by_nonce) {
    if (told.end_ns < told.start_ns) return "an attempt that ended before it began";
    first = std::min(first, told.start_ns);
    last = std::max(last, told.end_ns);
  }
  if (report.by_nonce.empty() || wall.count() == 0) return {};
  const auto most = static_cast<std::uint64_t>((wall + wall / 50 + std::chrono::milliseconds(5)).count());
  const bool fits = static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first) <= most;
  return fits ? "" : "attempts that took longer than the whole exec did by our clock";
}

// Takes the lines one by one. The first thing that is wrong is the report's problem; what can be read still is.
class Reader {
 public:
  Reader(const std::string& batch, const std::vector<const Attempt*>& attempts, const std::vector<Secret>& secrets)
      : batch_(batch), actions_(attempts.size()), secrets_(secrets) {
    for (const Attempt* attempt : attempts) expected_.insert(attempt->nonce);
  }

  void complain(const std::string& what) {
    if (report_.problem.empty()) report_.problem = what;
  }
  void read_all(std::string_view rest) {
    for (std::size_t lines = 0; !rest.empty(); ++lines) {
      const std::size_t end = rest.find('\n');
      if (end == std::string_view::npos) return complain("the last line is cut short");
      if (lines > 2 * actions_ + kFewLines) return complain("more lines than attempts");
      read(rest.substr(0, end));
      rest.remove_prefix(end + 1);
    }
  }
  ProberReport finish(const ExecResult& result) && {
    if (!started_) complain("no start mark");
    if (!ended_) complain("no end mark");
    if (!succeeded(result)) complain("it ended with " + describe(result.ending));
    if (report_.by_nonce.size() != actions_) complain("attempts without a line");
    if (const std::string wrong = impossible_times(report_, result.wall); !wrong.empty()) complain(wrong);
    report_.complete = report_.problem.empty();
    return std::move(report_);
  }

 private:
  void read(std::string_view text) {
    if (text.size() > kLongestReportLine) return complain("a line longer than a prober writes");
    const json line = json::parse(text, nullptr, false);
    if (!line.is_object()) return complain("a line is not JSON");
    const std::string mark = text_at(line, "mark");
    if (!mark.empty() && text_at(line, "batch") != batch_) return complain("a mark of another batch");
    if (mark == "start") return begin(line);
    if (mark == "end") return end(line);
    if (ended_ || !started_) return complain("a line outside its marks");
    ++report_.reported;
    const std::string nonce = text_at(line, "nonce");
    if (!expected_.contains(nonce)) return complain("a nonce that was never given out");
    if (!report_.by_nonce.emplace(nonce, read_line(line, secrets_)).second) complain("one nonce twice");
  }
  void begin(const json& line) {
    if (started_) complain("two start marks");
    started_ = true;
    if (number_at(line, "actions") != static_cast<std::int64_t>(actions_))
      complain("it read another number of actions");
    const auto hashes = line.find("secrets");
    if (hashes == line.end() || !hashes->is_object()) return;
    for (const Secret& secret : secrets_)
      report_.secret_hashes[secret.name] = text_at(*hashes, secret.name.c_str()).substr(0, 2 * kHashSize);
  }
  void end(const json& line) {
    if (ended_) complain("two end marks");
    ended_ = true;
    if (number_at(line, "reported") != report_.reported) complain("its count of lines is wrong");
  }

  const std::string& batch_;
  std::size_t actions_;
  const std::vector<Secret>& secrets_;
  std::set<std::string> expected_;
  bool started_ = false, ended_ = false;
  ProberReport report_;
};

}  // namespace

ProberReport read_prober_report(const ExecResult& result, const std::string& batch,
                                const std::vector<const Attempt*>& attempts, const std::vector<Secret>& secrets) {
  Reader reader(batch, attempts, secrets);
  if (result.truncated)  // not worth reading, and reading it would take its size once more
    reader.complain("more output than a prober writes");
  else
    reader.read_all(result.out);
  return std::move(reader).finish(result);
}

}  // namespace bottle
