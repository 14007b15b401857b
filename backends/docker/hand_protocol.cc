#include "backends/docker/hand_protocol.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace bottle::docker {
namespace {

using nlohmann::json;

constexpr std::chrono::milliseconds kMarginAround{10'000};  // an engine under load takes seconds to start an exec
constexpr std::size_t kRoomAround = 64u << 10;              // for the last line
constexpr int kKilledExit = 137;  // what engines say of an exec whose process was killed: 128 and SIGKILL

json errand_of(const Command& command, const ExecLimits& limits, const std::vector<AgentFile>& files,
               const HandOptions& options, const std::string& end) {
  json list = json::array();
  for (const auto& file : files)
    list.push_back({{"path", file.path}, {"mode", file.mode}, {"size", file.bytes.size()}});
  return {{"argv", command.argv},
          {"environment", command.environment},
          {"base", options.base},
          {"without", options.without},
          {"directory", command.directory},
          {"timeout_ms", limits.timeout.count()},
          {"output_bytes", limits.output_bytes},
          {"input_bytes", command.input.size()},
          {"end", end},
          {"files", list},
          {"kills", static_cast<int>(options.kills)},
          {"mark_output", options.mark_output},
          {"make_folders", options.make_folders}};
}

HandErrand errand_from(const json& told) {
  HandErrand errand;
  told.at("argv").get_to(errand.argv);
  told.at("environment").get_to(errand.environment);
  told.at("base").get_to(errand.base);
  told.at("without").get_to(errand.without);
  told.at("directory").get_to(errand.directory);
  told.at("timeout_ms").get_to(errand.timeout_ms);
  told.at("output_bytes").get_to(errand.output_bytes);
  if (told.contains("input_bytes")) errand.input_bytes = told.at("input_bytes").get<std::uint64_t>();
  told.at("end").get_to(errand.end);
  for (const json& file : told.at("files")) errand.files.push_back({file.at("path"), file.at("mode"), file.at("size")});
  errand.kills = static_cast<HandKills>(told.at("kills").get<int>());
  errand.mark_output = told.value("mark_output", false);
  errand.make_folders = told.value("make_folders", true);
  return errand;
}

Result<Ending> ending_from(const json& told) {
  if (told.contains("failed")) {
    const int code = told.value("errno", 0);
    const auto fault = code == ENOENT ? Fault::unavailable : Fault::failed;
    return tl::unexpected<Error>(Error{fault, told.at("failed").get<std::string>(), code});
  }
  if (told.contains("exited")) return Ending{Exited{told.at("exited").get<int>()}};
  if (told.contains("signalled")) return Ending{Signalled{told.at("signalled").get<int>()}};
  if (told.contains("timed_out")) return Ending{TimedOut{}};
  return fail("the bottle's hand reported nothing that is an ending");
}

// What the engine said itself, when it could not start the hand: its last line.
std::string last_line(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  return std::string(text.substr(text.find_last_of('\n') + 1).substr(0, 300));
}

Result<ExecResult> without_report(ExecResult engine) {
  const auto* exited = std::get_if<Exited>(&engine.ending);
  if (exited == nullptr) return engine;
  if (exited->code == kKilledExit) {
    engine.ending = Signalled{kKilledExit - 128};
    return engine;
  }
  const std::string said = last_line(engine.err);
  return fail("the bottle's hand did not report: exit " + std::to_string(exited->code) +
              (said.empty() ? "" : ", " + said));
}

}  // namespace

std::string hand_input(const Command& command, const ExecLimits& limits, const std::vector<AgentFile>& files,
                       const HandOptions& options, const std::string& end) {
  const auto header = json::to_cbor(errand_of(command, limits, files, options, end));
  std::string input = std::to_string(header.size()) + "\n";
  input.append(header.begin(), header.end());
  for (const auto& file : files) input += file.bytes;
  return input + command.input;
}

ExecLimits limits_around_hand(const ExecLimits& limits) {
  return {limits.timeout + kMarginAround, limits.output_bytes + kRoomAround};
}

Result<ExecResult> read_hand_output(ExecResult engine, const std::string& end) {
  const std::string mark = "\n" + end + " ";
  const auto at = engine.err.rfind(mark);
  const auto stop = at == std::string::npos ? at : engine.err.find('\n', at + mark.size());
  if (stop == std::string::npos) return without_report(std::move(engine));
  const auto from = engine.err.begin() + static_cast<std::ptrdiff_t>(at + mark.size());
  const json told = json::parse(from, engine.err.begin() + static_cast<std::ptrdiff_t>(stop), nullptr, false);
  try {
    BOTTLE_TRY(engine.ending, ending_from(told));
    engine.truncated = engine.truncated || told.at("truncated").get<bool>();
    engine.wall = std::min(engine.wall, std::chrono::nanoseconds(told.at("wall_ns").get<std::int64_t>()));
  } catch (const json::exception& error) {
    return fail(std::string("the bottle's hand reported what cannot be read: ") + error.what());
  }
  engine.err.resize(at);
  return engine;
}

std::string output_mark(const std::string& end) { return "\n" + end + "\n"; }

void without_preface(ExecResult& result, const std::string& end) {
  const std::string mark = output_mark(end);
  const auto at = result.out.find(mark);
  result.out.erase(0, at == std::string::npos ? at : at + mark.size());
}

Result<HandErrand> read_errand(std::string_view cbor) {
  const json told = json::from_cbor(cbor, true, false);
  try {
    return errand_from(told);
  } catch (const json::exception& error) {
    return fail(std::string("an errand that is not as it must be: ") + error.what());
  }
}

std::string report_line(const std::string& end, const HandReport& report) {
  json told{{"truncated", report.truncated}, {"wall_ns", report.wall_ns}};
  if (const auto* error = std::get_if<Error>(&report.outcome)) {
    told["failed"] = error->what;
    told["errno"] = error->os_errno;
  } else {
    const Ending& ending = std::get<Ending>(report.outcome);
    if (const auto* exited = std::get_if<Exited>(&ending)) told["exited"] = exited->code;
    if (const auto* signalled = std::get_if<Signalled>(&ending)) told["signalled"] = signalled->signal;
    if (std::holds_alternative<TimedOut>(ending)) told["timed_out"] = true;
  }
  return "\n" + end + " " + told.dump(-1, ' ', true, json::error_handler_t::replace) + "\n";
}

}  // namespace bottle::docker
