// What a lab is told when it is opened (fixtures/internet/README.md, `open`).
#pragma once

#include <map>
#include <string>
#include <vector>

namespace bottle {

struct LabConfig {
  std::map<std::string, std::vector<std::string>> names = {};  // name -> literals; every other name gets some address
  std::vector<std::string> allowed_besides = {};  // literals that stand for allowed.test, too, and in no answer of DNS
  std::string proxy_address = {};                 // the open proxy's, for the bare arm
  int proxy_port = 3128;
  int echo_port = 7007;
  // Of the host, bound by the backend: "host-loopback=127.0.0.1", "host-abstract=@name" ... Abstract ones only where
  // the echo has an abstract name, too.
  std::vector<std::string> canaries = {};
  std::string echo_socket = {};          // "@name", in the agent's network
  std::vector<std::string> wrongs = {};  // "dns-dead"
};

// The same without abstract Unix sockets, for an agent who can have none of the host's: with a kernel of its own.
LabConfig without_abstract_sockets(LabConfig config);

// A network namespace that is not the lab's own: behind a descriptor, by its number in the lab's process, or behind the
// socket of a door keeper (`bottle-lab --doors PATH`) that stands there. Neither: there is none.
struct LabNetwork {
  int namespace_fd = -1;
  std::string doors = {};

  bool is_given() const { return namespace_fd >= 0 || !doors.empty(); }
};

// Addresses of the internet that a host has on its own loopback, and the sockets that stand at them there: numbers in
// the lab's process. They hear more than these addresses, and the lab takes nothing else.
struct LabLoopback {
  std::vector<std::string> addresses = {};
  std::vector<int> fds = {};
};

// What one lab's process is to hear, beside the internet of its own network namespace.
struct LabPart {
  bool internet = true;                        // false: there is none, and no privilege is needed
  LabNetwork echo = {};                        // where the echo stands
  LabNetwork agent = {};                       // where the echo's abstract socket stands
  std::vector<int> echo_fds = {};              // sockets of the echo, like the canaries': where nobody can open doors
  LabLoopback loopback = {};                   // an internet of a few addresses, without privileges
  std::map<std::string, int> canary_fds = {};  // the canaries that it holds: listening sockets, numbers in its process
  // All that the host has, whoever holds them: NAME -> "address:port" or "@name". One in 127.0.0.0/8 has a twin beside
  // the echo, sink "bundle:NAME".
  std::map<std::string, std::string> canaries = {};
  bool shares_abstract = false;  // a wrong: their abstract names are listened to in the agent's network, too
};

// The lab's first command, with its newline.
std::string open_command(const LabConfig& config, const LabPart& part);

}  // namespace bottle
