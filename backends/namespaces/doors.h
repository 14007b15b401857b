// Listening sockets in the agent's network at addresses that are the host's: where a hole's forwarder takes over.
#pragma once

#include <string>
#include <vector>

#include "backends/namespaces/places.h"

namespace bottle::warden {

// `where`: "127.0.0.1:4711". An address that the agent's network does not have becomes one of its own.
Result<std::vector<Fd>> open_doors(const NetworkNamespaces& networks, const std::vector<std::string>& where);

}  // namespace bottle::warden
