// Replaces one member of a JSON object in its text, so that nothing else of it changes.
#pragma once

#include <string>
#include <string_view>

#include "harness/result.h"

namespace bottle::smolmachines {

// `text`: an object. Its member `key` gets this value, in its place or, if there is none, as the first. An error:
// `text` is no JSON object, or it has the key twice.
Result<std::string> with_member(const std::string& text, std::string_view key, std::string_view value);

}  // namespace bottle::smolmachines
