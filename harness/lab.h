// The harness's end of the lab (fixtures/internet): the sinks' log, over the lab's stdin and stdout.
// The wire protocol is in fixtures/internet/README.md.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/fd.h"
#include "harness/result.h"

namespace bottle {

// Every arrival is one of these: the ground truth.
struct Arrival {
  std::uint64_t number = 0;  // counts from 1, no gaps
  std::int64_t at_ns = 0;    // CLOCK_MONOTONIC
  // "connection", "http", "tls", "tcp", "udp", "icmp", "dns", "git", "proxy", "echo", "canary:NAME", "bundle:NAME"
  std::string sink = {};
  std::string transport = {};    // "tcp", "udp", "icmp", "unix"; "file": host_arrivals.h
  std::string source = {};       // "address:port", IPv6 as "[address]:port"
  std::string destination = {};  // the original one, whatever address was dialled
  // "connection" (the number of its `connection` arrival), "sni", "host", "qname", "qtype", "authority", "repository"
  // ...
  std::map<std::string, std::string> detail = {};
  std::string bytes = {};   // what arrived, capped; for dns the query name comes first
  std::uint64_t size = 0;   // of all that arrived
  std::string sha256 = {};  // of all that arrived
};

struct LabConfig {
  std::map<std::string, std::vector<std::string>> names = {};  // name -> literals; every other name gets some address
  std::string proxy_address = {};                              // the open proxy's, for the bare arm
  int proxy_port = 3128;
  int echo_port = 7007;
  int git_port = 9418;
  // Of the host, bound by the backend: "host-loopback=127.0.0.1", "host-abstract=@name" ... Abstract ones only where
  // the echo has an abstract name, too.
  std::vector<std::string> canaries = {};
  std::string echo_socket = {};          // "@name", in the agent's network
  std::string scratch = {};              // a directory of the lab's own
  std::vector<std::string> wrongs = {};  // "dns-dead"
};

// Where the echo's abstract socket stands, and (a wrong) which canaries' names are listened to there, too.
struct AbstractSockets {
  int namespace_fd = -1;  // the agent's network, a number in the lab's process; -1: there are none
  std::vector<std::string> shared = {};
};

// The lab's first command, with its newline. The descriptors are numbers in the lab's process: the network namespace
// where the echo stands (-1: there is no echo), and a listening socket for each canary's name. One in 127.0.0.0/8 has a
// twin beside the echo, sink "bundle:NAME".
std::string open_command(const LabConfig& config, int echo_namespace_fd, const std::map<std::string, int>& canary_fds,
                         const AbstractSockets& abstract = {});

// Whether these times can be: none before `from_ns`, none after `to_ns`, none before the one in front of it. The lab's
// clock is ours (CLOCK_MONOTONIC of one machine): a log that disagrees with it was not written as things came.
Result<void> check_times(const std::vector<Arrival>& arrivals, std::int64_t from_ns, std::int64_t to_ns);

// For one thread at a time.
class Lab {
 public:
  // `input`: the lab's stdin, `output`: its stdout. `canaries`: NAME -> "address:port" as bound.
  Lab(Fd input, Fd output, std::map<std::string, std::string> canaries);

  // Opens the lab and waits until it is ready; once, before anything else.
  Result<void> open(const std::string& open_line, std::chrono::milliseconds limit);
  const std::string& ca_pem() const { return ca_pem_; }
  bool ipv6() const { return ipv6_; }  // whether it hears IPv6
  const std::map<std::string, std::string>& canaries() const { return canaries_; }

  // Waits until nothing has arrived for `quiet`, at most `limit`; false: it was never quiet.
  Result<bool> settle(std::chrono::milliseconds quiet, std::chrono::milliseconds limit);
  // All arrivals so far, in order. Fault::failed when the lab is dead, the numbers have a gap, the times cannot be, or
  // more came than it could hear.
  Result<std::vector<Arrival>> arrivals();

 private:
  using Deadline = std::chrono::steady_clock::time_point;
  Result<void> say(std::string_view line, Deadline deadline);
  Result<std::string> read_line(Deadline deadline);

  Fd input_, output_;
  std::map<std::string, std::string> canaries_;
  std::string ca_pem_;
  bool ipv6_ = false;
  std::int64_t opened_ns_ = 0;
  std::string buffer_;
  std::vector<Arrival> heard_;  // the lab is asked for what is new only
};

}  // namespace bottle
