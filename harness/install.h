// Where the helper programs and the data folders are: beside the executable in a build tree, or as installed.
#pragma once

#include <filesystem>
#include <string>

#include "harness/result.h"

namespace bottle {

struct Install {
  std::filesystem::path libexec = {};  // bottle-prober, bottle-lab, bottle-bundle, bottle-warden, bottle-hand
  std::filesystem::path share = {};    // catalogue/, bundles/, holes/, images/
  std::string guest = {};              // the kind of machine that libexec is for; empty: this one

  // From the program's own path: DIR/libexec and DIR/share, else DIR/../libexec/bottle-verify and
  // DIR/../share/bottle-verify. An Error names both places.
  static Result<Install> locate();
  // The same with the programs for a guest that is of another kind than this machine ("aarch64-linux"); they lie in
  // libexec/PLATFORM. For its own kind, or none, this very one. Fault::unavailable: they are not there.
  Result<Install> for_guest(const std::string& platform) const;
  // Fault::unavailable: it is not there, or cannot be executed.
  Result<std::filesystem::path> helper(const std::string& name) const;
};

// "aarch64-linux", of what `uname -sm` says ("Linux aarch64") or an engine calls its machine ("arm64"; then it is
// Linux). Empty: it is none that we know.
std::string platform_named(const std::string& said);

}  // namespace bottle
