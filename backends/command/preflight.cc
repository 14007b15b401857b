#include "backends/command/preflight.h"

#include <unistd.h>

#include "backends/namespaces/preflight.h"
#include "harness/process.h"
#include "harness/safe_text.h"

namespace bottle::command {
namespace {

using State = Check::State;

std::string how_to_get(const Needed& needed) {
  if (!needed.apt.empty()) return "apt-get install --no-install-recommends " + needed.apt;
  if (!needed.npm.empty())
    return "npm install --prefix build/tools " + needed.npm + ", and put build/tools/node_modules/.bin into PATH";
  return "install " + needed.name + ", and put its folder into PATH";
}

Check check_program(const Needed& needed) {
  const auto path = program_path(needed.name);
  if (!path.empty()) return {needed.name, State::ok, path.string(), ""};
  return {needed.name, State::missing, "not in PATH", how_to_get(needed)};
}

}  // namespace

std::filesystem::path program_path(const std::string& name) {
  std::error_code error;
  const std::string found = find_program(name);
  return found.empty() ? std::filesystem::path() : std::filesystem::canonical(found, error);
}

std::string version_of(const Description& description) {
  if (description.version.empty()) return {};
  Command command{.argv = description.version, .environment = {{"PATH", kBottlePath}, {"HOME", "/tmp"}}};
  if (const auto path = program_path(command.argv.front()); !path.empty()) command.argv.front() = path.string();
  const auto said = run_process(command, {.timeout = std::chrono::milliseconds(5000), .output_bytes = 4096});
  if (!said || !succeeded(*said)) return {};
  return safe_line(said->out.substr(0, said->out.find('\n')), 80);
}

std::vector<Check> preflight(const Install& install, const Description& description) {
  std::vector<Check> checks = warden::preflight(install);
  for (const Needed& needed : description.programs) checks.push_back(check_program(needed));
  if (description.user != User::ordinary && ::geteuid() != 0)
    checks.push_back({description.name, State::missing, "it needs root on its host, which is ours",
                      "run bottle-verify as root for this sandbox"});
  if (const std::string version = version_of(description); !version.empty())
    checks.push_back({description.name, State::ok, version, ""});
  return checks;
}

}  // namespace bottle::command
