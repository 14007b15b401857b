// The bottle's own nameservers, as /etc/resolv.conf has them.
#pragma once

#include <string>
#include <vector>

namespace bottle::prober {

std::vector<std::string> nameservers();  // at most eight; none when there is no such file

}  // namespace bottle::prober
