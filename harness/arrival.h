// An arrival: what came to a sink of the lab, the ground truth.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace bottle {

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

}  // namespace bottle
