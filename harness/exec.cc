// How an ending is put into words.
#include "harness/exec.h"

#include <fmt/format.h>

namespace bottle {

std::string describe(const Ending& ending) {
  if (const auto* exited = std::get_if<Exited>(&ending)) return fmt::format("exit {}", exited->code);
  if (const auto* signalled = std::get_if<Signalled>(&ending)) return fmt::format("signal {}", signalled->signal);
  return "timed out";
}

}  // namespace bottle
