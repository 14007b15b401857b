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
#include "tests/stand_ins.h"

namespace bottle::testing_support {

inline constexpr int kTinyPort = 8888;

inline Install install() { return {BOTTLE_BUILD_DIR "/libexec", BOTTLE_BUILD_DIR "/share"}; }

inline constexpr char kAsPlayed[] = "_as_played_";

// What is held to the contract: each backend as this machine has it, and smolmachines with each smolvm that the
// stand-in plays: "smolmachines_as_played_080".
inline std::vector<std::string> subjects() {
  std::vector<std::string> names;
  for (const auto& backend : all_backends(install())) {
    names.emplace_back(backend->name());
    if (names.back() != "smolmachines" || !std::filesystem::exists(stand_in(kPlayedVersions[0]))) continue;
    for (std::string version : kPlayedVersions) {
      std::erase(version, '.');
      names.push_back("smolmachines" + std::string(kAsPlayed) + version);
    }
  }
  return names;
}

inline std::unique_ptr<Backend> find_backend(const std::string& name) {
  for (auto& backend : all_backends(install())) {
    if (backend->name() == name) return std::move(backend);
  }
  return nullptr;
}

// The backend of a subject, ready to be asked; with the stand-in first on PATH where it is to be played. Nothing, and
// why, where tests with it must not run.
inline std::unique_ptr<Backend> backend_of(const std::string& subject, std::string& why_not) {
  const auto played = subject.find(kAsPlayed);
  auto backend = find_backend(subject.substr(0, played));
  if (played == subject.npos) return backend;
  why_not = stand_in_unwanted();
  if (!why_not.empty()) return nullptr;
  for (std::string version : kPlayedVersions) {
    const std::string directory = stand_in(version);
    std::erase(version, '.');
    if (!subject.ends_with(version)) continue;
    const char* path = ::getenv("PATH");
    ::setenv("PATH", (directory + ":" + (path == nullptr ? "/usr/bin:/bin" : path)).c_str(), 1);
    ::setenv("XDG_CACHE_HOME", stand_in_cache().c_str(), 1);
  }
  EXPECT_EQ(bring_registry(), "");
  EXPECT_TRUE(backend->configure({{"registry-image", kStandInRegistry}}));
  return backend;
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
