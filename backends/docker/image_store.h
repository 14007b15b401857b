// The images of a bottle on the engine: ours are made from this host's programs when they are not there yet, the user's
// must be there, and get the harness's hand as one more layer. No registry is ever asked.
#pragma once

#include <filesystem>

#include "backends/docker/containers.h"
#include "backends/docker/engine.h"
#include "harness/bottle.h"
#include "harness/install.h"

namespace bottle::docker {

// What they are called, without the tags that ours have by what is in them.
Images named_images(const BottleSpec& spec);

// `scratch`: a directory of this run's, for what is on its way. Fault::usage: an image of the user's is not there.
Result<Images> ensure_images(const Engine& engine, const Install& install, const BottleSpec& spec,
                             const std::filesystem::path& scratch);

// A bottle of images has neither a root of the host's nor a program of the host's as its bundle. Fault::usage, in the
// name of this backend.
Result<void> check_made_of_images(const BottleSpec& spec, const std::string& backend);

// "sha256:..."; empty: it is not there.
Result<std::string> id_of_image(const Engine& engine, const std::string& image);
tl::unexpected<Error> not_on_engine(const Engine& engine, const std::string& image);  // Fault::usage, and what to do

}  // namespace bottle::docker
