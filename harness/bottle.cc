#include "harness/bottle.h"

#include <array>

namespace bottle {
namespace {

constexpr std::array<std::pair<Boundary, std::string_view>, 4> kBoundaries{{{Boundary::network, "network"},
                                                                            {Boundary::files, "files"},
                                                                            {Boundary::environment, "environment"},
                                                                            {Boundary::descriptors, "descriptors"}}};

}  // namespace

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
  for (const auto& [value, name] : kBoundaries) {
    if (value == boundary) return name;
  }
  return "?";
}

std::optional<Boundary> boundary_named(std::string_view name) {
  for (const auto& [value, known] : kBoundaries) {
    if (known == name) return value;
  }
  return std::nullopt;
}

Result<void> Backend::configure(const BackendOptions& options) {
  if (options.empty()) return {};
  return fail("the backend " + std::string(name()) + " has no options; remove \"" + options.begin()->first + "\"",
              Fault::usage);
}

}  // namespace bottle
