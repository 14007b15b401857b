// Requests for the echo that wait for their client: its process is looked for, and gets a keeper when it is there.
#pragma once

#include <functional>
#include <set>
#include <vector>

#include "backends/namespaces/echo_keeper.h"
#include "backends/namespaces/protocol.h"
#include "harness/fd.h"

namespace bottle::warden {

class KeeperWaits {
 public:
  void add(const Message& body, Fd reply);  // throws what nlohmann throws
  bool empty() const { return waits_.empty(); }

  using Runs = std::function<bool(int id)>;                             // whether that exec still does
  using Started = std::function<void(pid_t keeper, int id, Fd reply)>;  // a child that its owner has to reap
  void check(const NetworkNamespaces& networks, const Runs& runs, const Started& started);

 private:
  struct Wait {
    int id = 0;      // of the exec that starts the client
    int keeper = 0;  // the driver's number for the keeper
    FileIdentity program = {};
    KeeperSpec spec = {};
    std::int64_t until_ns = 0;
    Fd reply = {};
  };
  bool start(Wait& wait, const NetworkNamespaces& networks, const Started& started);

  std::vector<Wait> waits_;
  std::set<pid_t> kept_;  // the processes for which a keeper was started
};

}  // namespace bottle::warden
