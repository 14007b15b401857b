#include "backends/namespaces/wrongs.h"

namespace bottle::warden {

Result<Wrongs> parse_wrongs(const std::vector<std::string>& words) {
  Wrongs wrongs;
  for (const std::string& word : words) {
    if (word == "no-network") {
      wrongs.no_network = true;
    } else if (word == "no-walls") {
      wrongs.no_walls = true;
    } else {
      return fail("the namespaces backend has no switch \"" + word + "\"", Fault::unsupported);
    }
  }
  return wrongs;
}

std::vector<std::string> steps_of(const Wrongs& wrongs) {
  std::vector<std::string> steps;
  if (wrongs.no_walls) steps.emplace_back("WRONG ON PURPOSE: a default route from the agent into the internet");
  if (wrongs.no_network) steps.emplace_back("WRONG ON PURPOSE: no link from the agent to its bundle");
  return steps;
}

}  // namespace bottle::warden
