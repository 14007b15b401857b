#include "harness/host_arrivals.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <set>

#include "harness/digest.h"
#include "harness/prober_report.h"
#include "harness/scene.h"
#include "harness/stopwatch.h"

namespace bottle {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFiles = 1024;
constexpr std::size_t kMostOfAFile = 64u << 10;  // of one file
constexpr char kFiles[] = "canary:host-files", kReportSink[] = "report", kBottleFiles[] = "bottle-files";

void add_arrival(RunEvidence& evidence, const std::string& sink, const std::string& where, std::string bytes,
                 std::map<std::string, std::string> detail = {}) {
  Arrival arrival{.number = evidence.arrivals.size() + 1,
                  .at_ns = monotonic_ns(),
                  .sink = sink,
                  .transport = "file",
                  .source = where,
                  .destination = where,
                  .detail = std::move(detail),
                  .size = bytes.size(),
                  .sha256 = sha256_hex(bytes)};
  arrival.bytes = std::move(bytes);
  evidence.arrivals.push_back(std::move(arrival));
}

// Whatever stands there may be hostile: no link is followed, nothing but a plain file is read.
std::optional<std::string> read_plain_file(const fs::path& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat status = {};
  if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  std::string text;
  std::array<char, 4096> buffer{};
  while (text.size() < kMostOfAFile) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return text;
}

std::vector<const Attempt*> all_attempts(const AttemptPlan& plan) {
  std::vector<const Attempt*> all;
  for (const PlannedVariant& planned : plan.variants) {
    for (const Attempt* one : {&planned.guarded, &planned.shadow, &planned.bare}) all.push_back(one);
  }
  for (const auto* controls : {&plan.control_before, &plan.control_after}) {
    for (const auto& [channel, control] : *controls) all.push_back(&control);
  }
  return all;
}

std::set<std::string> all_tokens(const HostCanaries& canaries) {
  std::set<std::string> tokens;
  for (const auto& [arm, canary] : canaries.by_arm)
    tokens.insert({canary.file_token, canary.variable_token, canary.descriptor_token});
  return tokens;
}

}  // namespace

void add_reported_tokens(const AttemptPlan& plan, const HostCanaries& canaries, RunEvidence& evidence) {
  std::map<std::string, std::string> token_of;  // by nonce
  for (const Attempt* one : all_attempts(plan)) token_of[one->nonce] = one->token;
  const std::set<std::string> tokens = all_tokens(canaries);
  for (const BatchResult& batch : evidence.batches) {
    for (const auto& [nonce, told] : batch.report.by_nonce) {
      for (const std::string& token : tokens) {
        if (told.answer.find(token) == std::string::npos) continue;
        const auto after = token_of.find(nonce);
        const bool its_own = after != token_of.end() && after->second == token;
        add_arrival(evidence, kReportSink, std::string(name_of(batch.place)) + "/" + nonce,
                    token + (its_own ? " " + nonce : "") + "\n");
      }
    }
  }
}

void add_written_files(const HostCanaries& canaries, RunEvidence& evidence) {
  const auto visited = [&](const std::string& name) {
    add_arrival(evidence, "connection", (canaries.directory / name).string(), "", {{"door", kFiles}});
    return std::to_string(evidence.arrivals.size());
  };
  std::set<std::string> missing;
  for (const auto& [name, content] : canaries.planted) missing.insert(name);
  std::error_code error;
  std::size_t count = 0;
  for (auto entry = fs::directory_iterator(canaries.directory, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    if (++count > kMostFiles) {
      evidence.sinks_problem = "more files came to the host's canary directory than can be looked at";
      return;
    }
    const std::string name = entry->path().filename().string();
    const auto text = read_plain_file(entry->path());
    const auto planted = canaries.planted.find(name);
    if (planted != canaries.planted.end()) {
      missing.erase(name);
      if (text != planted->second) visited(name);
    } else {
      const std::string number = visited(name);
      add_arrival(evidence, kFiles, entry->path().string(), name + "\n" + text.value_or(""), {{"connection", number}});
    }
  }
  if (error) evidence.sinks_problem = "the host's canary directory could not be read: " + error.message();
  for (const std::string& name : missing) visited(name);
}

void add_controls_files(Bottle& bottle, const AttemptPlan& plan, const fs::path& prober, RunEvidence& evidence) {
  std::vector<Attempt> looks;
  for (const auto* controls : {&plan.control_before, &plan.control_after}) {
    for (const auto& [channel, control] : *controls) {
      if (control.delivered_at != kBottleFiles) continue;
      looks.push_back(
          {.nonce = make_nonce(), .action = {{"action", "file"}, {"op", "read"}, {"path", control.action.at("path")}}});
    }
  }
  if (looks.empty()) return;
  std::vector<const Attempt*> attempts;
  for (const Attempt& look : looks) attempts.push_back(&look);
  const std::string batch = make_nonce();
  Command command{.argv = {prober.string()}, .input = batch_text(batch, attempts, {}, {.deadline_ms = 2000})};
  const ExecLimits limits{.timeout = std::chrono::milliseconds(3500)};
  auto done = bottle.exec(Place::agent_walls, command, limits);
  if (!done && done.error().fault == Fault::unsupported) {  // then the agent's side has to say it
    command.argv = {kAgentProber};
    done = bottle.exec(Place::agent, command, limits);
  }
  if (!done) return;  // then these controls have not been seen
  const ProberReport report = read_prober_report(*done, batch, attempts, {});
  for (const Attempt& look : looks) {
    const auto told = report.by_nonce.find(look.nonce);
    if (told != report.by_nonce.end() && !told->second.answer.empty())
      add_arrival(evidence, kBottleFiles, look.action.at("path").get<std::string>(), told->second.answer);
  }
}

void add_host_arrivals(Bottle& bottle, const AttemptPlan& plan, const HostCanaries& canaries, const fs::path& prober,
                       RunEvidence& evidence) {
  if (!evidence.sinks_problem.empty()) return;
  add_reported_tokens(plan, canaries, evidence);
  add_written_files(canaries, evidence);
  add_controls_files(bottle, plan, prober, evidence);
}

}  // namespace bottle
