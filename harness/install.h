// Where the helper programs and the data folders are: beside the executable in a build tree, or as installed.
#pragma once

#include <filesystem>
#include <string>

#include "harness/result.h"

namespace bottle {

struct Install {
  std::filesystem::path libexec = {};  // bottle-prober, bottle-lab, bottle-bundle, bottle-warden, bottle-hand
  std::filesystem::path share = {};    // catalogue/, bundles/, holes/, images/

  // From /proc/self/exe (or its like): DIR/libexec and DIR/share, else DIR/../libexec/bottle-verify and
  // DIR/../share/bottle-verify. An Error names both places.
  static Result<Install> locate();
  Result<std::filesystem::path> helper(const std::string& name) const;
};

}  // namespace bottle
