// What somebody may have meant by a name that does not exist.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bottle {

// `; did you mean "title"?` when one of `known` is near enough, else `; known: "a", "b"`, else nothing.
std::string suggestion(std::string_view written, const std::vector<std::string>& known);

}  // namespace bottle
