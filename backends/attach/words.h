// A command that a user wrote in one piece, as words. No shell ever sees it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/result.h"

namespace bottle::attach {

// Blanks part words. 'a b' is taken as it is; in "a b" a backslash takes away the meaning of " and \ alone; elsewhere
// that of any character. Nothing else has a meaning: no variables, no globs, no ~. Fault::usage: a quote without its
// end, a backslash at the end, no word at all, a NUL.
Result<std::vector<std::string>> split_words(std::string_view text);

}  // namespace bottle::attach
