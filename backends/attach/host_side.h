// What stands on the host for a bottle that runs already: the lab with the host's canaries and the echo, and what our
// own kernel says about where the bottle is.
#pragma once

#include <filesystem>
#include <string>

#include "backends/attach/switchboard.h"
#include "backends/namespaces/host_lab.h"
#include "harness/result.h"

namespace bottle::attach {

// Whether a process of this machine has this word among its arguments.
bool has_process_with(const std::string& word);

// The host's own address on a network that a bottle is on, by the bottle's routes (/proc/net/route there): its gateway,
// or another neighbour. Empty: the host has none there.
std::string own_address_among(const std::string& routes);

struct HostSide {
  warden::HostLab lab;
  Switchboard::Connect connect;  // with the lab's echo
  bool is_the_machines = false;  // the canaries are on its own loopback

  // `gateway`: an address of the host's where canaries stand besides; empty: none.
  static Result<HostSide> start(const std::filesystem::path& lab_program, const LabConfig& config,
                                const std::string& gateway, const std::filesystem::path& log);
};

}  // namespace bottle::attach
