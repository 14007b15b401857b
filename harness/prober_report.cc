#include "harness/prober_report.h"

#include <array>
#include <set>
#include <string_view>

#include "harness/digest.h"
#include "harness/git_answer.h"
#include "harness/safe_text.h"

namespace bottle {
namespace {

using nlohmann::json;

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
  if (code != 7 && code != 28) return;                                 // curl: could not connect, timed out
  if (told.answer.find("Connected to ") != std::string::npos) return;  // what failed came later
  for (const auto& [text, name] : kErrnoTexts) {
    if (told.answer.find(text) == std::string::npos) continue;
    report.stage = "connect";
    report.error = name;
    return;
  }
}

Told read_line(const json& line, const std::vector<Secret>& secrets) {
  Told told;
  AttemptReport& report = told.report;
  report.nonce = safe_line(text_at(line, "nonce"), 64);
  report.stage = safe_line(text_at(line, "stage"), 32);
  report.error = safe_line(text_at(line, "error"), 64);
  told.start_ns = number_at(line, "start_ns");
  told.end_ns = number_at(line, "end_ns");
  report.took_ns = std::max<std::int64_t>(0, told.end_ns - told.start_ns);
  if (const auto sent = line.find("sent"); sent != line.end() && sent->is_array()) {
    for (const json& one : *sent) {
      if (!one.is_object() || told.sent.size() >= 16) break;
      told.sent.emplace_back(text_at(one, "what"), text_at(one, "sha256"));
      report.sent_bytes += number_at(one, "bytes");
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

}  // namespace

ProberReport read_prober_report(const ExecResult& result, const std::string& batch,
                                const std::vector<const Attempt*>& attempts, const std::vector<Secret>& secrets) {
  ProberReport report;
  std::set<std::string> expected;
  for (const Attempt* attempt : attempts) expected.insert(attempt->nonce);
  bool started = false, ended = false;
  const auto complain = [&](const std::string& what) {
    if (report.problem.empty()) report.problem = what;
  };
  std::string_view rest = result.out;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) {
      complain("the last line is cut short");
      break;
    }
    const json line = json::parse(rest.substr(0, end), nullptr, false);
    rest.remove_prefix(end + 1);
    if (!line.is_object()) {
      complain("a line is not JSON");
      continue;
    }
    const std::string mark = text_at(line, "mark");
    if (!mark.empty() && text_at(line, "batch") != batch) {
      complain("a mark of another batch");
    } else if (mark == "start") {
      if (started) complain("two start marks");
      started = true;
      if (number_at(line, "actions") != static_cast<std::int64_t>(attempts.size()))
        complain("it read another number of actions");
      if (const auto hashes = line.find("secrets"); hashes != line.end() && hashes->is_object()) {
        for (const auto& [name, hash] : hashes->items()) {
          if (hash.is_string()) report.secret_hashes[name] = hash.get<std::string>();
        }
      }
    } else if (mark == "end") {
      if (ended) complain("two end marks");
      ended = true;
      if (number_at(line, "reported") != report.reported) complain("its count of lines is wrong");
    } else if (ended || !started) {
      complain("a line outside its marks");
    } else {
      Told told = read_line(line, secrets);
      const std::string nonce = text_at(line, "nonce");
      ++report.reported;
      if (!expected.contains(nonce))
        complain("a nonce that was never given out");
      else if (!report.by_nonce.emplace(nonce, std::move(told)).second)
        complain("one nonce twice");
    }
  }
  if (!started) complain("no start mark");
  if (!ended) complain("no end mark");
  if (result.truncated) complain("more output than a prober writes");
  if (!succeeded(result)) complain("it ended with " + describe(result.ending));
  if (report.by_nonce.size() != attempts.size()) complain("attempts without a line");
  report.complete = report.problem.empty();
  return report;
}

}  // namespace bottle
