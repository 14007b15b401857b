// A lab on the host itself, beside the harness: it holds the host's canaries where they can be given to no bottle, has
// no internet but what stands on the host's loopback, and needs no privilege.
#pragma once

#include <filesystem>
#include <vector>

#include "backends/namespaces/canaries.h"
#include "backends/namespaces/loopback_doors.h"
#include "harness/lab.h"
#include "harness/process.h"

namespace bottle::warden {

struct HostLab {
  struct Sockets {
    std::vector<Canary> canaries = {};
    std::vector<Fd> echo = {};
    LoopbackDoors internet = {};
  };
  Process process;
  Lab lab;  // open

  static Result<HostLab> start(const std::filesystem::path& program, const LabConfig& config, const Sockets& sockets,
                               const std::filesystem::path& log);
};

}  // namespace bottle::warden
