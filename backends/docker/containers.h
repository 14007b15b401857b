// The command lines of a bottle's networks and containers: pure functions of the layout, so that they can be read,
// tested and shown by --dry-run.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "backends/docker/engine_facts.h"
#include "backends/docker/layout.h"
#include "backends/docker/wrongs.h"
#include "harness/exec.h"

namespace bottle::docker {

inline constexpr char kHand[] = "/bottle-hand";          // in every image
inline constexpr char kDoors[] = "/doors";               // the volume where the lab and the keepers meet
inline constexpr char kResolver[] = "198.51.100.53";     // the lab's; there every address answers
inline constexpr char kEngineResolver[] = "127.0.0.11";  // Docker's own, in every container's network
inline constexpr char kAgentUser[] = "1000:1000";
inline constexpr char kNobody[] = "65534:65534";
inline constexpr char kRoot[] = "0:0";

// The roles of containers: part of their names.
inline constexpr char kLab[] = "lab", kBundleNet[] = "bundle-net", kAgentNet[] = "agent-net", kOutside[] = "outside",
                      kAgent[] = "agent", kBundle[] = "bundle";

struct Images {
  std::string agent = {}, bundle = {}, harness = {};
};

// gVisor brings its own: in the namespace that it was given nobody else has an address any more.
bool has_own_network_stack(const std::string& runtime);

// For an agent that is no container, and whose traffic is the host's own: the host stands on "inner", and on a network
// where the lab answers at a few addresses of its internet; or on none of them, and has these addresses itself.
struct HostNetworks {
  std::string published_at = {};  // of the host, where the bundle's doors are; empty: it dials the bundle itself
  std::vector<int> doors = {};    // of the bundle's, over TCP
  int echo_port = 0;              // over TCP and UDP
  std::string beyond = {}, beyond_gateway = {}, beyond_lab = {};  // a subnet, and the addresses of the host and the lab
  std::vector<std::string> on_loopback = {};                      // instead of it: the host's own
};

struct Containers {
  Layout layout = {};
  EngineFacts facts = {};
  Images images = {};
  std::string libexec = {};  // of the helpers, in the harness's image as on the host
  std::string runtime = {};  // of the agent's container; empty: the engine's default
  Wrongs wrongs = {};
  std::filesystem::path canary_directory = {};  // of the host, for the wrong `mount canary`
  std::optional<HostNetworks> host_networks = {};

  bool own_network_stack() const;
  bool has_beyond() const { return host_networks && !host_networks->beyond.empty(); }

  Words inner_network() const;
  Words outer_network() const;
  Words beyond_network() const;  // has_beyond() only
  Words volume() const;

  Words run_lab() const;
  Words connect_lab() const;        // to "beyond": then it was created, and is started; empty: it is on "outer" alone
  Words create_bundle_net() const;  // on "outer"; then it is connected to "inner", and started
  Words connect_bundle_net() const;
  Words run_agent_net() const;
  Words connect_agent_net() const;  // a hole, while it runs; empty: it is on "inner" alone
  Words run_outside() const;
  Words run_agent() const;
  Words create_bundle(const Command& command, bool own_image) const;
  Words start(const char* role) const;  // one that was created, and attached to

  // For people: the commands before the agent's, in their order.
  std::vector<Words> making_networks() const;
  std::vector<Words> making_surroundings() const;

 private:
  Words common(const char* role) const;
  Words keeper(const char* role) const;
  Words published() const;
  Words run_directory() const;
};

}  // namespace bottle::docker
