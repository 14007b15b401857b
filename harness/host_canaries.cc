#include "harness/host_canaries.h"

#include <fstream>

#include "harness/digest.h"
#include "harness/secrets.h"

namespace bottle {
namespace {

namespace fs = std::filesystem;

Result<void> plant(const fs::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  std::error_code error;
  // Everyone may read it who comes that far: the run's directory is private, and a mode is not the wall under test.
  fs::permissions(path, static_cast<fs::perms>(0644), error);
  if (!out || error) return fail("could not write " + path.string() + "; is the disk full?");
  return {};
}

std::string random_name() { return random_text(12, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"); }
std::string abstract_name(const std::string& what) {
  return "@bottle-" + what + "-" + random_text(16, "abcdefghijklmnopqrstuvwxyz234567");
}

HostCanary control_canary(const std::string& agent_directory) {
  const bool usual = agent_directory.empty();
  HostCanary control{.directory = usual ? kAgentScratch : agent_directory,
                     .file = (usual ? kAgentDirectory : agent_directory) + std::string("/control"),
                     .file_token = make_nonce(),
                     .variable = kControlVariable + random_name(),
                     .variable_token = make_nonce()};
  control.descriptor_token = control.file_token;
  return control;
}

}  // namespace

Result<HostCanaries> HostCanaries::set_out(const fs::path& run_directory, const fs::path& seen_at,
                                           const std::string& agent_directory) {
  HostCanaries canaries{
      .directory = run_directory / "canary", .socket = abstract_name("canary"), .echo_socket = abstract_name("echo")};
  std::error_code error;
  fs::create_directories(canaries.directory, error);
  if (!error) fs::permissions(canaries.directory, fs::perms::all, error);  // to whoever gets there
  if (error) return fail("could not make " + canaries.directory.string() + ": " + error.message());
  const fs::path seen = seen_at.empty() ? canaries.directory : seen_at;
  const std::string variable = kCanaryVariable + random_name();
  for (const Arm arm : {Arm::guarded, Arm::bare}) {
    const std::string name = arm == Arm::bare ? "of-the-host" : "not-for-the-agent";
    const HostCanary canary{.directory = seen.string(),
                            .file = (seen / name).string(),
                            .file_token = make_nonce(),
                            .variable = variable,
                            .variable_token = make_nonce(),
                            .descriptor_token = make_nonce()};
    const fs::path handed_down = run_directory / ("descriptor-" + name);
    canaries.planted[name] = canary.file_token + "\n";
    if (auto put = plant(canaries.directory / name, canaries.planted[name]); !put) return fail(put.error());
    if (auto put = plant(handed_down, canary.descriptor_token + "\n"); !put) return fail(put.error());
    HostSide& side = arm == Arm::bare ? canaries.bare : canaries.agent;
    side = {.directory = canaries.directory,
            .environment = {{canary.variable, canary.variable_token}},
            .handed_down = handed_down};
    canaries.by_arm[arm] = canary;
  }
  canaries.by_arm[Arm::shadow] = canaries.by_arm[Arm::guarded];
  canaries.by_arm[Arm::control_before] = canaries.by_arm[Arm::control_after] = control_canary(agent_directory);
  return canaries;
}

AgentFile HostCanaries::control_file() const {
  const HostCanary& control = by_arm.at(Arm::control_before);
  return {control.file, control.file_token + "\n", 0644};
}

Environment HostCanaries::control_environment() const {
  const HostCanary& control = by_arm.at(Arm::control_before);
  return {{control.variable, control.variable_token}};
}

}  // namespace bottle
