// A registry for one image and a moment: a container that listens on this host's loopback only, at a port of the
// engine's choice. For a smolvm that takes images from nowhere else.
#pragma once

#include <string>

#include "backends/docker/engine.h"
#include "backends/docker/layout.h"

namespace bottle::smolmachines {

class Registry {
 public:
  // Fault::usage: the registry's own image is not on the engine.
  static Result<Registry> start(const docker::Engine& engine, const docker::Layout& layout, const std::string& image);
  Registry(Registry&& other) noexcept;
  Registry& operator=(Registry&&) = delete;
  ~Registry();  // removes the container and the tag

  // "localhost:49153/bottle-verify/agent:SLUG": where `image` is to be had from now on.
  Result<std::string> push(const std::string& image);

 private:
  Registry(docker::Engine engine, std::string name, std::string slug)
      : engine_(std::move(engine)), name_(std::move(name)), slug_(std::move(slug)) {}
  docker::Engine engine_;
  std::string name_, slug_, port_ = {}, tag_ = {};
};

// How it is started, and what an image is called on it.
docker::Words run_registry(const docker::Layout& layout, const std::string& image);
std::string registry_tag(const std::string& port, const std::string& slug);

// Of the tags of push() the one that a killed run left: containers have labels, tags have not.
Result<void> remove_tag_of(const docker::Engine& engine, const std::string& slug);

}  // namespace bottle::smolmachines
