// smolvm as its stand-in plays it (fixtures/smolvm), for tests on an engine that exists for them: where it is, and the
// registry that 0.8.0 needs.
#pragma once

#include <array>
#include <cstdlib>
#include <string>

#include "harness/process.h"

namespace bottle::testing_support {

inline constexpr std::array kPlayedVersions{"0.8.0", "1.9.3"};
inline constexpr char kStandInRegistry[] = "bottle-verify/registry:debian";

// The directory that is to be first on PATH.
inline std::string stand_in(const std::string& version) { return BOTTLE_BUILD_DIR "/smolvm/" + version; }
// Of what is packed, for all tests: packing takes seconds.
inline std::string stand_in_cache() { return BOTTLE_BUILD_DIR "/smolvm/cache"; }

// Why tests with it must not run; empty: they may.
inline std::string stand_in_unwanted() {
  const char* required = std::getenv("BOTTLE_REQUIRE");
  const bool wanted =
      required != nullptr && ("," + std::string(required) + ",").find(",smolmachines,") != std::string::npos;
  return wanted ? "" : "BOTTLE_REQUIRE does not name smolmachines: it would bring images to your engine";
}

// Makes the registry's image where the engine has none. Empty: it is there.
inline std::string bring_registry() {
  const Environment environment = variables_beginning_with({"PATH=", "HOME=", "TMPDIR=", "DOCKER_"});
  const auto run = [&](const std::vector<std::string>& words) {
    return run_process({.argv = words, .environment = environment}, {.timeout = std::chrono::seconds(60)});
  };
  if (const auto there = run({"docker", "image", "inspect", kStandInRegistry}); there && succeeded(*there)) return {};
  const auto made = run({BOTTLE_SOURCE_DIR "/fixtures/images/import-registry", BOTTLE_BUILD_DIR "/libexec/bottle-hand",
                         kStandInRegistry});
  if (!made) return made.error().what;
  return succeeded(*made) ? "" : "import-registry: " + made->err;
}

}  // namespace bottle::testing_support
