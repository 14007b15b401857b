#include "harness/bottle.h"

#include "harness/run_directory.h"

namespace bottle {

std::string_view name_of(Place place) {
  switch (place) {
    case Place::agent: return "agent";
    case Place::agent_network: return "agent-network";
    case Place::agent_walls: return "agent-walls";
    case Place::outside: return "outside";
    case Place::bundle: return "bundle";
    case Place::host: return "host";
  }
  return "?";
}

std::string_view name_of(Boundary boundary) {
  switch (boundary) {
    case Boundary::network: return "network";
    case Boundary::files_read: return "files-read";
    case Boundary::files_write: return "files-write";
    case Boundary::environment: return "environment";
    case Boundary::descriptors: return "descriptors";
  }
  return "?";
}

std::optional<Boundary> boundary_named(std::string_view name) {
  for (const Boundary boundary : kBoundaries) {
    if (name_of(boundary) == name) return boundary;
  }
  return std::nullopt;
}

Result<void> Backend::configure(const BackendOptions& options) {
  if (options.empty()) return {};
  return fail("the backend " + std::string(name()) + " has no options; remove \"" + options.begin()->first + "\"",
              Fault::usage);
}

std::vector<std::string> Backend::list_active() const { return orphans(); }

Result<std::vector<std::string>> Backend::cleanup() { return remove_orphans(); }

}  // namespace bottle
