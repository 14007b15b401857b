// The user and password of a proxy that nobody knows before the agent's environment is read.
#pragma once

#include <string>

#include "probes/errno_name.h"

namespace bottle::prober {

// `line`: the header that says what the URL in this variable has before its '@'. "NOLOGIN": there is no such URL.
Trouble read_login(const std::string& variable, std::string& line);

// A request with that header behind its first line. Without a line, the request itself.
std::string with_login(const std::string& request, const std::string& line);

}  // namespace bottle::prober
