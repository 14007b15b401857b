// What a git server answers to a push, in text: the prober brings it as it was on the wire.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bottle {

// As git prints it: "remote: ..." for the server's words, then its report ("unpack ok", "ng refs/heads/x hook
// declined"). Nothing: these bytes are no such answer. The last packet may be cut.
std::optional<std::string> text_of_git_answer(std::string_view bytes);

}  // namespace bottle
