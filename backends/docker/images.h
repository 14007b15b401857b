// The containers' contents when the user names no image of his own: a list of programs in share/images, packed out of
// what this host has installed. An image is made once for each key.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/exec.h"
#include "harness/install.h"
#include "harness/result.h"

namespace bottle::docker {

// Where a list's programs are looked for, here and by share/images/pack.
inline constexpr char kImagePath[] = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin";

struct ImageContent {
  std::filesystem::path list = {};                // the script `pack` is beside it
  std::filesystem::path hand = {};                // bottle-hand: there it is /bottle-hand
  std::vector<std::filesystem::path> files = {};  // each at its own path
  // For an engine on a machine of another kind this host's programs are of no use: the root as a tar that was packed
  // there (ci/guest-programs). Empty: it is made here.
  std::filesystem::path packed = {};
};

Result<ImageContent> agent_image(const Install& install);
Result<ImageContent> harness_image(const Install& install);  // with all of libexec

// 16 hex digits. Another key: a program, a library, a helper, the list or `pack` is not what it was. Only looks at
// files, since it runs at every start; a library counts by /etc/ld.so.cache, which every installation rewrites.
// Fault::unavailable: this host does not have a program of the list.
Result<std::string> image_key(const ImageContent& content);

// Writes the image's root to stdout, as a tar: for `docker import -`.
Command pack_command(const ImageContent& content);

}  // namespace bottle::docker
