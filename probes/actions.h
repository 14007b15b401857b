// The table of actions. To add one: a file with `Trouble try_<name>(Attempt&)`, and a line here and in actions.cc.
// Each reads its fields first and returns their trouble (BADACTION) before it touches anything; it says how far it
// comes through the attempt, and returns what stopped it.
#pragma once

#include <string_view>

#include "probes/attempt.h"

namespace bottle::prober {

Trouble try_tcp(Attempt& attempt);
Trouble try_udp(Attempt& attempt);
Trouble try_icmp(Attempt& attempt);
Trouble try_dns(Attempt& attempt);
Trouble try_http(Attempt& attempt);
Trouble try_unix(Attempt& attempt);
Trouble try_file(Attempt& attempt);
Trouble try_environment(Attempt& attempt);
Trouble try_descriptors(Attempt& attempt);
Trouble try_client(Attempt& attempt);

// Tries the attempt's action from its start to its end.
Trouble try_action(Attempt& attempt, Deadline batch_deadline);

}  // namespace bottle::prober
