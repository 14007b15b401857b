#include "backends/docker/preflight.h"

#include <sys/stat.h>

#include "harness/process.h"

namespace bottle::docker {
namespace {

using State = Check::State;

std::string how_to_get(const std::string& program) {
  if (program.ends_with("podman")) return "apt-get install podman, or see podman.io/docs/installation";
  if (program.ends_with("nerdctl")) return "see github.com/containerd/nerdctl";
  return "apt-get install docker.io, or see docs.docker.com/engine/install";
}

Check check_program(const std::string& program) {
  const std::string path = find_program(program);
  if (path.empty()) return {program, State::missing, "not found in PATH", how_to_get(program)};
  return {program, State::ok, path, ""};
}

// bookworm's runsc, and newer ones, take a network namespace that shows this file for the host's own, and refuse it.
bool hides_namespaces_from_runsc() {
  struct stat found {};
  return ::stat("/proc/sys/net/core/rmem_default", &found) == 0;
}

std::string how_to_register(const std::string& runtime, const Install& install) {
  std::string path = "PATH";
  if (runtime == "runsc")
    path = hides_namespaces_from_runsc() ? (install.share / "runtimes/runsc-nsfix").string() : "/usr/bin/runsc";
  return "in daemon.json \"runtimes\": {\"" + runtime + "\": {\"path\": \"" + path + "\"}}, and restart the engine" +
         (runtime == "runsc" ? "; gVisor itself: apt-get install runsc" : "");
}

Check check_runtime(const EngineFacts& facts, const std::string& runtime, const Install& install) {
  const std::string used = runtime.empty() ? facts.default_runtime : runtime;
  if (!facts.podman && !runtime.empty() && !facts.runtimes.contains(runtime)) {
    return {"runtime " + runtime, State::missing, "the engine does not know it", how_to_register(runtime, install)};
  }
  Check check{"runtime " + used, State::ok, "registered", ""};
  if (runtime.empty()) check.found = "the engine's default";
  return check;
}

Check check_gvisor(const EngineFacts& facts, const Install& install) {
  if (!facts.runtimes.contains("runsc") && !facts.podman)
    return {"gVisor", State::warning, "not registered", how_to_register("runsc", install)};
  if (facts.podman) return {"gVisor", State::ok, "--option runtime=PATH or NAME", ""};
  return {"gVisor", State::ok, "--option runtime=runsc", ""};
}

Check check_networks(const EngineFacts& facts) {
  const Words without = facts.without_host();
  if (without.empty())
    return {"networks", State::ok, "the host is on every network; the agent gets a route to its bundle alone", ""};
  return {"networks", State::ok, "the agent's without the host (" + without.back() + ")", ""};
}

// On this machine, and for the engine's, which may be of another kind.
std::vector<Check> check_helpers(const Install& install, const std::string& platform) {
  std::vector<Check> checks;
  const auto guest = install.for_guest(platform);
  if (!guest) return {{"helpers for " + platform, State::missing, guest.error().what, "ci/guest-programs"}};
  for (const char* helper : {"bottle-hand", "bottle-lab", "bottle-prober", "bottle-bundle"}) {
    if (const auto found = guest->helper(helper); !found)
      checks.push_back({helper, State::missing, found.error().what, "build or install bottle-verify completely"});
  }
  if (guest->guest.empty()) return checks;
  for (const char* helper : {"bottle-lab", "bottle-prober"}) {
    if (const auto found = install.helper(helper); !found)
      checks.push_back({helper, State::missing, found.error().what, "build or install bottle-verify completely"});
  }
  return checks;
}

}  // namespace

std::vector<Check> preflight(const Engine& engine, const Result<EngineFacts>& facts, const std::string& runtime,
                             const Install& install) {
  std::vector<Check> checks{check_program(engine.program())};
  if (checks.back().state == State::missing) return checks;
  if (!facts) {
    checks.push_back({"engine", State::missing, facts.error().what,
                      "start it (systemctl start docker), or become a member of its group, or set DOCKER_HOST"});
    return checks;
  }
  checks.push_back({"engine", State::ok, facts->version + ", " + facts->system + ", " + facts->architecture, ""});
  checks.push_back(check_runtime(*facts, runtime, install));
  checks.push_back(check_gvisor(*facts, install));
  if (facts->runtimes.contains("runsc") && hides_namespaces_from_runsc()) {
    checks.push_back({"gVisor's network", State::ok,
                      "on this kernel runsc runs only behind " + (install.share / "runtimes/runsc-nsfix").string() +
                          ", registered in its stead",
                      ""});
  }
  checks.push_back(check_networks(*facts));
  for (Check& check : check_helpers(install, platform_named(facts->architecture))) checks.push_back(std::move(check));
  return checks;
}

}  // namespace bottle::docker
