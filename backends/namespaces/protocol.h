// What the driver (namespaces.cc) and the warden say to each other, over one SOCK_SEQPACKET socket and one pipe a
// request.
//
// A request is one datagram: a JSON value in CBOR (argv and environments are bytes, not UTF-8) with descriptors beside
// it (SCM_RIGHTS). The first descriptor is the request's reply pipe: answers are lines of JSON there, and its end of
// file without a last answer means that the warden is dead. So requests need no order and no lock.
//
//   {"op":"launch", "base4","base6","neighbour4","host", "wrongs":[word], "keep":[dir], "let_in":dir, "resolver",
//    "rootfs", "alone":bool, "paths":[], "modes":[], "sandbox_host":{"as_root","keep":[path],"canary","canary_at"}};
//    with the last, the agent's place is a host with a road into the lab's internet, for sandboxes that make walls of
//    their own; alone: there is nothing around it. Descriptors: reply, then the content of one file of the agent's for
//    each path
//        -> {"phase":NAME,"from":ns,"took":ns} ... then {"done":true}; the network is up after the phase "links"
//   {"op":"spawn", "id", "place", "argv":[], "environment":[], "numbers":[], "directory", "networks":{PLACE:number}}
//        descriptors: reply, then one for each of `numbers`, where the child gets it (0, 1 and 2 must be among them)
//        -> {"ended":wait status}; before it {"failed":..} when the program could not be started
//   {"op":"kill", "id", "signal"}   the whole process group; in the agent's place all of the agent's processes
//   {"op":"put_file", "path", "mode"}   descriptors: reply, the content
//        -> {"done":true,"device","inode"}: of the file that was written
//   {"op":"doors", "where":["address:port"]}   descriptors: reply, a SOCK_SEQPACKET socket on which come as
//        many that listen there in the agent's network  -> {"done":true}
//   {"op":"canaries", "wanted":["NAME=address"]}   the same for canaries (canaries.h)  -> {"where":["address:port"]}
//   {"op":"keep_echo", "id", "keeper", "device", "inode", "port", "abstract", "timeout_ms"}   waits until a process of
//   the agent's
//        place executes that file and opens the echo's doors in its network; a program with the number `keeper`
//        -> {"kept":true}; {"kept":false} at the time limit, or when the program `id` has ended
//   {"op":"listening", "id", "ports":[], "timeout_ms"}  -> {"listening":[ports]} when all do, at the time limit, or
//   when
//        the program `id` has ended
// Any request can be answered by {"failed":"what", "errno":N} instead. End of file on the socket ends everything.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/fd.h"
#include "harness/result.h"

namespace bottle::warden {

inline constexpr int kControl = 3;  // the socket's number in the warden

using Message = nlohmann::json;

struct Request {
  Message body = {};
  std::vector<Fd> fds = {};
};

Result<void> send_request(int socket, const Message& body, const std::vector<int>& fds);
// Nothing: the other side has gone.
Result<std::optional<Request>> receive_request(int socket);

// Errors are ignored: a driver that no longer listens has gone or has given up on this answer.
void answer(int reply, const Message& body);
void answer_failure(int reply, const Error& error);

std::int64_t now_ns();  // CLOCK_MONOTONIC

}  // namespace bottle::warden
