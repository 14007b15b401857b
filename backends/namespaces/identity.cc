#include "backends/namespaces/identity.h"

#include <unistd.h>

#include <initializer_list>
#include <sstream>
#include <string>

#include "backends/namespaces/files.h"

namespace bottle::warden {
namespace {

// Inside another container only some ids exist.
bool is_mapped(unsigned id, const std::string& map_file) {
  const auto text = read_text(map_file);
  if (!text) return false;
  std::istringstream lines(*text);
  unsigned long inside = 0, outside = 0, count = 0;
  while (lines >> inside >> outside >> count) {
    if (id >= inside && id - inside < count) return true;
  }
  return false;
}

Result<void> write_map(pid_t child, const std::string& map) {
  const std::string folder = "/proc/" + std::to_string(child) + "/";
  if (auto written = write_existing(folder + "gid_map", map); !written) return written;
  return write_existing(folder + "uid_map", map);
}

std::string line(unsigned inside, unsigned outside) {
  return std::to_string(inside) + " " + std::to_string(outside) + " 1\n";
}

}  // namespace

Identity choose_identity() {
  if (::geteuid() != 0) return {};
  for (const unsigned id : {2'000'000'001u, 65'533u}) {
    if (is_mapped(id, "/proc/self/uid_map") && is_mapped(id, "/proc/self/gid_map")) return {id, kAgentId};
  }
  return {};
}

Result<void> map_warden(pid_t child, const Identity& identity) {
  if (identity.agent_on_host != 0) {
    return write_map(child, line(0, 0) + line(identity.agent_in_warden, identity.agent_on_host));
  }
  // An ordinary user may map its own group only when the child can no longer leave groups that deny it something.
  const std::string folder = "/proc/" + std::to_string(child) + "/";
  if (auto denied = write_existing(folder + "setgroups", "deny"); !denied) return denied;
  if (auto mapped = write_existing(folder + "gid_map", line(0, ::getegid())); !mapped) return mapped;
  return write_existing(folder + "uid_map", line(0, ::geteuid()));
}

Result<void> map_agent(pid_t child, const Identity& identity) {
  return write_map(child, line(kAgentId, identity.agent_in_warden));
}

}  // namespace bottle::warden
