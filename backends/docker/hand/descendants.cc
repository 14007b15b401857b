#include "backends/docker/hand/descendants.h"

#include <dirent.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "backends/namespaces/files.h"

namespace bottle::hand {
namespace {

constexpr int kRounds = 500;
constexpr timespec kBetweenRounds{0, 1'000'000};

struct Status {
  char state = 0;
  pid_t parent = 0;
};

// What follows the name in parentheses, which may hold anything.
Status status_of(const std::string& pid) {
  Status status;
  const auto text = warden::read_text("/proc/" + pid + "/stat");
  const auto end = text ? text->rfind(')') : std::string::npos;
  if (end != std::string::npos) std::sscanf(text->c_str() + end + 1, " %c %d", &status.state, &status.parent);
  return status;
}

struct Descendant {
  pid_t pid = 0;
  bool dead = false;
};

std::vector<Descendant> children() {
  std::vector<Descendant> found;
  const std::unique_ptr<DIR, int (*)(DIR*)> all(::opendir("/proc"), [](DIR* open) { return ::closedir(open); });
  while (const dirent* entry = all ? ::readdir(all.get()) : nullptr) {
    const std::string name = entry->d_name;
    if (name.find_first_not_of("0123456789") != name.npos) continue;
    const Status status = status_of(name);
    if (status.parent == ::getpid()) found.push_back({std::atoi(name.c_str()), status.state == 'Z'});
  }
  return found;
}

}  // namespace

void adopt_descendants() { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }

// What lived under somebody is ours only when he is dead.
void kill_descendants(pid_t waited_for) {
  for (int i = 0; i < kRounds; ++i) {
    bool any = false;
    for (const Descendant& child : children()) {
      if (child.pid == waited_for && child.dead) continue;
      any = true;
      ::kill(child.pid, SIGKILL);
      if (child.pid != waited_for) ::waitpid(child.pid, nullptr, WNOHANG);
    }
    if (!any) return;
    ::nanosleep(&kBetweenRounds, nullptr);
  }
}

}  // namespace bottle::hand
