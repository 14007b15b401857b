// What sockets can do on one system and not on another.
#pragma once

#include <string>

#include "harness/fd.h"

namespace bottle {

// Unix sockets under a name instead of a path ("@name", here with the @). Where there are none, none can be had: errno
// is EAFNOSUPPORT.
bool has_abstract_sockets();
Fd listen_at_abstract(const std::string& name);
Fd dial_abstract(const std::string& name);

// The kernel tells of each datagram where it went and, as far as it counts them, how many were lost.
bool is_heard_whole(int datagram_socket);

// From now on it hears only what comes over the loopback. False: errno says why.
bool keep_to_loopback(int socket);

}  // namespace bottle
