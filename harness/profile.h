// A bundle profile (fixtures/bundles/*.toml): which daemons there are, where, and how a denial looks. A drift upstream
// is an edit of data.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/result.h"
#include "harness/verdict.h"

namespace bottle {

struct DaemonProfile {
  int port = 0;
  bool agent_facing = true;  // bind = "agent", else "loopback"
  // The agent's variable in which its URL with user and password stands; empty: it asks for none.
  std::string login = {};
  bool http = false;  // git-gate: transport = "http", else "git"
};

struct DenialMarker {
  Layer layer = Layer::none;
  Disposition disposition = Disposition::denied;
  std::vector<std::string> all = {};  // every one must occur, ASCII case folded
};

// What an image of a bundle expects to find, with blanks: {BOTTLE_ALLOWLIST} and its like are the values of the
// environment contract (fixtures/bundle/README.md), {BOTTLE_SECRET_AWS} and its like the planted secrets, {file
// BOTTLE_CA_CERTIFICATE} the content of what one of them names.
struct BundleFile {
  std::string path = {};  // absolute, in the bundle's container
  std::string text = {};
  unsigned mode = 0644;
};

// Whether this names a file, and not one of `list bundles`.
bool is_profile_file(const std::string& name);

struct BundleProfile {
  std::string name = {};
  bool decisions = false;                             // writes BOTTLE_DECISIONS
  std::string proxy = "pipelock";                     // the daemon that the agent's proxy variables name, or "egress"
  std::chrono::milliseconds start{3'000};             // until it listens on all of its ports
  std::map<std::string, DaemonProfile> daemons = {};  // "pipelock", "egress", "git-gate", "supervise"
  std::vector<DenialMarker> denials = {};
  std::map<std::string, std::string> environment = {};  // besides the contract's; values with blanks
  std::vector<BundleFile> files = {};                   // only for a backend with images

  static Result<BundleProfile> read(const std::filesystem::path& file);
  // The first marker that this answer carries.
  std::optional<DenialMarker> denial_in(std::string_view answer) const;
};

// Fills the blanks. Fault::usage: one that the environment does not have, or a file that cannot be read.
Result<std::string> fill_blanks(const std::string& text, const std::map<std::string, std::string>& environment);

}  // namespace bottle
