// How wide UTF-8 text is: a column a character, as most terminals and fonts have it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bottle {

std::size_t columns_of(std::string_view text);
std::size_t bytes_of(std::string_view text, std::size_t columns);  // that its first `columns` characters take
std::string cut_to(std::string_view text, std::size_t columns);    // what was cut off at the end shows as two dots

}  // namespace bottle
