// `doctor`: every backend's needs and the tools of the client variants, each with what to do about it.
#include <unistd.h>
#include <cstdio>

#include "harness/cli/commands.h"
#include "harness/cli/terminal.h"
#include "harness/host_facts.h"
#include "harness/process.h"

namespace bottle {
namespace {

void show(const Check& check, bool colour) {
  const char* word = check.state == Check::State::ok        ? "ok"
                     : check.state == Check::State::warning ? "warning"
                                                            : "missing";
  const char* paint = check.state == Check::State::ok        ? "\033[32m"
                      : check.state == Check::State::warning ? "\033[33m"
                                                             : "\033[31m";
  std::printf("  %s%-8s%s %-28s %s\n", colour ? paint : "", word, colour ? "\033[0m" : "", check.name.c_str(),
              check.found.c_str());
  if (!check.fix.empty()) std::printf("           %-28s -> %s\n", "", check.fix.c_str());
}

Check tool(const std::string& name, const std::string& what_without, const std::string& package) {
  const std::string path = find_program(name, kBottlePath);
  if (!path.empty()) return {name, Check::State::ok, path, ""};
  return {name, Check::State::warning, "not found: " + what_without, "apt-get install " + package};
}

}  // namespace

ExitCode doctor_command(const Options& options, const Install& install) {
  const bool colour = Terminal::of(STDOUT_FILENO, options.colour).colour;
  std::printf("host\n");
  for (const auto& [name, value] : host_facts()) show({name, Check::State::ok, value, ""}, colour);
  bool usable = false;
  const auto backends = backends_meant(install, options.config);
  if (!backends) return complain(backends.error());
  for (const auto& backend : *backends) {
    std::printf("backend %s\n", std::string(backend->name()).c_str());
    bool complete = true;
    for (const Check& check : backend->preflight()) {
      show(check, colour);
      complete = complete && check.state != Check::State::missing;
    }
    usable = usable || complete;
    for (const std::string& line : backend->list_active()) {
      show({"left behind", Check::State::warning, line, "bottle-verify cleanup"}, colour);
    }
  }
  std::printf("tools\n");
  show(tool("curl", "the curl variants are not applicable", "curl"), colour);
  show(tool("git", "git-gate cannot be verified", "git"), colour);
  show(tool("gitleaks", "the reference's git-gate uses its own scanner alone", "gitleaks (not in Debian 12)"), colour);
  std::printf("%s\n", usable ? "A backend can run here." : "No backend can run here: see what is missing above.");
  return usable ? ExitCode::held : ExitCode::unavailable;
}

}  // namespace bottle
