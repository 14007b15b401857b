// Where everything of one bottle is and what it is called: decided before anything is made.
//
//   BASE.0/26    network "inner", --internal: agent .3, bundle .2; nobody at .1, its gateway, nor at .50
//   BASE.128/26  network "outer": bundle .130, outside .131, lab .132 which is also .129, the gateway of all others
//
// The agent and the bundle have no network of their own: each joins that of a keeper, a container of the harness's,
// which was there before, sets the routes, opens the lab's doors there and stays when they end.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "backends/docker/engine.h"

namespace bottle::docker {

inline constexpr char kOwnerLabel[] = "bottle-verify.owner";          // whose: uid and machine
inline constexpr char kDirectoryLabel[] = "bottle-verify.directory";  // of the run, on that machine

inline constexpr char kNamePrefix[] = "bottle-verify-";  // of everything that is ours

struct Layout {
  std::string slug = {};
  std::filesystem::path directory = {};  // of the run
  std::string base = {};                 // "10.213.64."

  std::string address(int host) const { return base + std::to_string(host); }
  std::string inner() const { return address(0) + "/26"; }
  std::string gateway() const { return address(1); }
  std::string bundle() const { return address(2); }
  std::string agent() const { return address(3); }
  std::string beside() const { return address(50); }
  std::string outer() const { return address(128) + "/26"; }
  std::string lab_gateway() const { return address(129); }
  std::string bundle_outside() const { return address(130); }
  std::string outside() const { return address(131); }
  std::string lab() const { return address(132); }
  std::string agent_outside() const { return address(133); }  // a hole
  std::string neighbour() const;                              // another bottle's bundle, where nobody is

  std::string name(const std::string& role) const { return kNamePrefix + slug + "-" + role; }
  Words labels() const;
};

// A /24 that follows from the slug, of 10.208.0.0/12 or, where much of that is taken, of 172.16.0.0/12. It touches no
// address of the host and none of the subnets `taken` ("10.0.0.0/8"), which are those of the engine's networks.
Result<Layout> choose_layout(const std::string& slug, const std::filesystem::path& directory,
                             const std::vector<std::string>& taken);
// The same for a choice of the caller's: base_of_try(0), base_of_try(1), ... are tried until one is free; `where` is
// what an error calls them.
Result<Layout> choose_layout(const std::string& slug, const std::filesystem::path& directory,
                             const std::vector<std::string>& taken, const std::function<std::string(int)>& base_of_try,
                             const std::string& where);
// Whether a subnet ("192.0.2.16/28") has no address in common with those, nor with the host's.
bool is_subnet_free(const std::string& subnet, const std::vector<std::string>& taken);
// That of a plan made earlier, by its bundle's address. An error: meanwhile it is one of the host's.
Result<Layout> layout_with(const std::string& slug, const std::filesystem::path& directory, const std::string& bundle);

std::string owner();  // of what this user makes on this machine

}  // namespace bottle::docker
