// A hole: what connects to a door in the agent's network is carried to a service of the host, as pasta, slirp4netns,
// gvproxy and TSI do it. A thread of the driver's, because the warden has no way into the host's network.
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "harness/fd.h"
#include "harness/result.h"

namespace bottle::warden {

class Forwarder {
 public:
  struct Door {
    Fd socket = {};          // listening, in another network
    std::string where = {};  // "address:port" of the host, IPv4
  };

  static Result<std::unique_ptr<Forwarder>> start(std::vector<Door> doors);
  Forwarder(const Forwarder&) = delete;
  Forwarder& operator=(const Forwarder&) = delete;
  ~Forwarder();  // hangs up on everybody

 private:
  Forwarder(std::vector<Door> doors, Fd stop_read, Fd stop_write);

  Fd stop_;  // its closing ends the thread
  std::thread thread_;
};

}  // namespace bottle::warden
