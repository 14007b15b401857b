// One line of CSV as RFC 4180 has it: quoted where it must be, ended by CR LF.
#pragma once

#include <string>
#include <vector>

namespace bottle {

// A text that a spreadsheet would run as a formula ("=1+1") gets an apostrophe in front; a number is left as it is.
std::string csv_line(const std::vector<std::string>& fields);

}  // namespace bottle
