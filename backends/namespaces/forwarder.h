// A hole: what connects to a door in the agent's network is carried to a service of the host, as pasta, slirp4netns,
// gvproxy and TSI do it. A thread of the driver's, because the warden has no way into the host's network.
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "backends/namespaces/warden_client.h"

namespace bottle::warden {

class Forwarder {
 public:
  // A listening socket in the agent's network, and where its callers go.
  struct Door {
    Fd socket = {};
    std::string where = {};
  };

  // `where`: "address:port" of the host, IPv4. The warden opens a door in the agent's network at each of them.
  static Result<std::unique_ptr<Forwarder>> start(const WardenClient& warden, const std::vector<std::string>& where,
                                                  Deadline limit);
  Forwarder(const Forwarder&) = delete;
  Forwarder& operator=(const Forwarder&) = delete;
  ~Forwarder();  // hangs up on everybody

 private:
  Forwarder(std::vector<Door> doors, Fd stop_read, Fd stop_write);

  Fd stop_;  // its closing ends the thread
  std::thread thread_;
};

}  // namespace bottle::warden
