// The scene of one run: everything that is decided before the bottle starts, and what its bundle is told. Data and the
// functions that make it; the runner plays it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/agent_wrongs.h"
#include "harness/bottle.h"
#include "harness/certificates.h"
#include "harness/host_canaries.h"
#include "harness/runner.h"
#include "harness/secrets.h"

namespace bottle {

inline constexpr const char* kAllowedHost = "allowed.test";
inline constexpr const char* kAllowedAddress = "198.51.100.10";
inline constexpr const char* kAllowedAddress6 = "2001:db8:10::10";
inline constexpr const char* kLabResolver = "198.51.100.53";
inline constexpr const char* kLabProxy = "203.0.113.250";
inline constexpr const char* kUpstreamGitHost = "git.upstream.test";
inline constexpr const char* kGitRepository = "/bottle.git";
inline constexpr const char* kAgentCa = "/run/bottle/ca.pem";  // in the bottle
inline constexpr const char* kAgentProber = "/run/bottle/bottle-prober";

struct Scene {
  Plan plan = {};
  std::vector<Secret> secrets = {}, bare_secrets = {};
  std::filesystem::path directory = {};         // of the run
  std::filesystem::path bundle_directory = {};  // what the bundle finds its files in
  std::filesystem::path lab_ca_file = {};       // the bare arm's trust
  std::filesystem::path shadow_ca_file = {};    // the shadow's: what the agent trusts, for a program of the host's
  std::vector<int> bundle_ports = {};           // that must listen
  HostCanaries host = {};
  AgentWrongs agent_wrongs = {};

  int port_of(const BundleProfile& profile, const std::string& daemon) const;  // 0: the bundle has none
};

// Makes the secrets, the CA and the bundle's files under the run's directory.
Result<Scene> set_scene(const Plan& plan, const RunInputs& inputs);

// The environment contract of fixtures/bundle/README.md, and the reference's or the user's command.
Result<BundleProgram> bundle_program(const Scene& scene, const RunInputs& inputs, const Lab& lab);

// What launch() needs.
Result<LaunchInputs> launch_inputs(const Scene& scene, const RunInputs& inputs);

// What the agent trusts: the bundle's CA, and the lab's, which stands for the CAs of the web. A bundle that does not
// intercept TLS is judged by what it lets through, not by a certificate that nobody knows.
Result<AgentFile> agent_trust(const Scene& scene, const Lab& lab);

// The roads of both arms, once the lab has said where its canaries are.
PlanInputs plan_inputs(const Scene& scene, const RunInputs& inputs, const std::map<std::string, std::string>& canaries);

}  // namespace bottle
