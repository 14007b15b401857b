// The agent's image as smolvm wants it, a .smolmachine: made once for each image and version of smolvm, and kept in the
// user's cache.
#pragma once

#include <filesystem>
#include <string>

#include "backends/docker/engine.h"
#include "backends/docker/layout.h"
#include "backends/smolmachines/home.h"
#include "backends/smolmachines/smolvm.h"

namespace bottle::smolmachines {

// $XDG_CACHE_HOME or ~/.cache (on a Mac ~/Library/Caches), /bottle-verify/smolmachines/VERSION.
Result<std::filesystem::path> artifact_directory(const Version& version);

struct ImageOnEngine {
  docker::Engine engine;
  std::string image = {};      // on it
  std::string registry = {};   // the image of a registry, for a smolvm that loads no archives
  docker::Layout layout = {};  // names what is made on the way
};

// 16 hex digits: the beginning of the image's id.
Result<std::string> artifact_key(const docker::Engine& engine, const std::string& image);
// What an artifact of this run's begins with while it is packed, and the end of it after a run that was killed.
Result<std::filesystem::path> unfinished_artifact(const Version& version, const std::string& slug);
void remove_unfinished(const std::filesystem::path& unfinished);

// The .smolmachine; made if it is not there. What is made on the way is taken down again, whatever happens.
Result<std::filesystem::path> ensure_artifact(const Smolvm& smolvm, const Home& home, const ImageOnEngine& from);

}  // namespace bottle::smolmachines
