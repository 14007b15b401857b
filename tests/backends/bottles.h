// What the backend tests share: the machine's backends, and bottles with a tiny bundle in them.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/registry.h"
#include "harness/digest.h"
#include "harness/run_directory.h"

namespace bottle::testing_support {

inline constexpr int kTinyPort = 8888;

inline Install install() { return {BOTTLE_BUILD_DIR "/libexec", BOTTLE_BUILD_DIR "/share"}; }

inline std::vector<std::string> backend_names() {
  std::vector<std::string> names;
  for (const auto& backend : all_backends(install())) names.emplace_back(backend->name());
  return names;
}

inline std::unique_ptr<Backend> find_backend(const std::string& name) {
  for (auto& backend : all_backends(install())) {
    if (backend->name() == name) return std::move(backend);
  }
  return nullptr;
}

// Why the backend cannot be used here; empty: it can.
inline std::string missing_here(const Backend& backend) {
  for (const auto& check : backend.preflight()) {
    if (check.state == Check::State::missing) return check.name + ": " + check.found + "; " + check.fix;
  }
  return {};
}

// BOTTLE_REQUIRE=namespaces,docker: these must be there, or CI would be green on a broken machine.
inline bool is_required(const std::string& name) {
  const char* list = ::getenv("BOTTLE_REQUIRE");
  return list != nullptr && ("," + std::string(list) + ",").find("," + name + ",") != std::string::npos;
}

inline std::string fresh_slug() { return "test-" + random_text(12, "abcdefghijklmnopqrstuvwxyz0123456789"); }

struct Options {
  std::vector<std::string> wrongs = {};
  std::vector<int> ports = {kTinyPort};
  std::vector<int> awaited = {kTinyPort};
  std::vector<std::string> canaries = {};
  HostSide host = {};
  Environment environment = {{"PATH", "/usr/bin:/bin"}};
  std::vector<AgentFile> files = {};
  std::filesystem::path rootfs = {};
  std::chrono::milliseconds bundle_timeout{3'000};
};

// A bottle and its run directory; members are destroyed in reverse order.
struct Running {
  RunDirectory directory;
  Plan plan;
  std::vector<Phase> phases;
  std::unique_ptr<Bottle> bottle;
};

inline Result<Running> start(Backend& backend, const Options& options = {}) {
  BOTTLE_TRY(auto directory, RunDirectory::make(fresh_slug()));
  const auto path = directory.path();
  BOTTLE_TRY(auto plan, backend.prepare({.slug = path.filename().string(),
                                         .run_directory = path,
                                         .rootfs = options.rootfs,
                                         .wrongs = options.wrongs}));
  LaunchInputs inputs;
  inputs.agent_environment = options.environment;
  inputs.agent_files = options.files;
  inputs.lab.proxy_address = "203.0.113.250";
  inputs.lab.canaries = options.canaries;
  inputs.lab.echo_socket = "@" + path.filename().string() + "-echo";
  inputs.host = options.host;
  inputs.bundle_paths = {BOTTLE_BUILD_DIR "/tests/backends"};
  inputs.bundle_timeout = options.bundle_timeout;
  inputs.bundle = [&](const Lab&) -> Result<BundleProgram> {
    BundleProgram program;
    program.command.argv = {BOTTLE_BUILD_DIR "/tests/backends/tiny-bundle"};
    for (const int port : options.ports) program.command.argv.push_back(std::to_string(port));
    program.files = {program.command.argv.front()};
    program.tcp_ports = options.awaited;
    program.log = path / "bundle.log";
    return program;
  };
  BOTTLE_TRY(auto started, backend.launch(plan, inputs));
  return Running{std::move(directory), std::move(plan), std::move(started.phases), std::move(started.bottle)};
}

}  // namespace bottle::testing_support
