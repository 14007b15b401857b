#include "backends/namespaces/wrongs.h"

namespace bottle::warden {

Result<Wrongs> parse_wrongs(const std::vector<std::string>& words) {
  Wrongs wrongs;
  for (const std::string& word : words) {
    if (word == "no-network") {
      wrongs.no_network = true;
    } else if (word == "no-walls") {
      wrongs.no_walls = true;
    } else if (word == "abstract-socket") {
      wrongs.abstract_socket = true;
    } else if (word == "mount canary") {
      wrongs.mount_canary = true;
    } else if (word == "environment") {
      wrongs.environment = true;
    } else if (word == "descriptor") {
      wrongs.descriptor = true;
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
  if (wrongs.abstract_socket) steps.emplace_back("WRONG ON PURPOSE: an abstract socket of the host for the agent");
  if (wrongs.mount_canary)
    steps.emplace_back("WRONG ON PURPOSE: a directory of the host in the agent's root, writable");
  if (wrongs.environment) steps.emplace_back("WRONG ON PURPOSE: a variable of the host's environment for the agent");
  if (wrongs.descriptor) steps.emplace_back("WRONG ON PURPOSE: an open file of the host for the agent");
  return steps;
}

}  // namespace bottle::warden
