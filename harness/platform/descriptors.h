// Pipes and sockets that are close-on-exec. Where the kernel cannot make them so in one step they are a moment later,
// and launch_program() passes on nothing that it is not told to.
#pragma once

#include <array>

#include "harness/fd.h"
#include "harness/result.h"

namespace bottle {

Result<std::array<Fd, 2>> make_pipe();  // what is read from, what is written to

enum class Blocking { yes, no };
Fd make_socket(int family, int type, Blocking blocking = Blocking::yes);  // none: errno says why

}  // namespace bottle
