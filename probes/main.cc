// The prober's entry: reads one batch from stdin, runs it, reports on stdout. The contract is README.md.
#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <string>
#include <string_view>

#include "probes/batch.h"
#include "probes/crew.h"
#include "probes/system.h"

namespace bottle::prober {
namespace {

constexpr std::size_t kBatchCap = std::size_t{64} * 1024 * 1024;

constexpr const char* kHelp =
    "usage: bottle-prober < batch.json\n"
    "Reads one batch of actions from stdin, tries them, and writes one line of JSON for each to stdout.\n"
    "  --help     this\n"
    "  --version  the version of the report\n"
    "Exit codes: 0 the batch was run, whatever its actions met; 1 stdout went away; 2 the batch could not be read.\n";

int refuse(const std::string& why) {
  std::fprintf(stderr, "bottle-prober: %s\n", why.c_str());
  return 2;
}

// A descriptor that takes the number of a standard stream would be mistaken for it.
bool hold_standard_streams() {
  for (int fd = 0; fd <= 2; ++fd) {
    if (::fcntl(fd, F_GETFD) < 0 && ::open("/", O_RDONLY) != fd) return false;
  }
  return true;
}

bool read_all(std::string& text) {
  char buffer[64 * 1024];
  while (text.size() <= kBatchCap) {
    const ssize_t got = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (got == 0) return true;
    if (got > 0)
      text.append(buffer, static_cast<std::size_t>(got));
    else if (errno != EINTR)
      return false;
  }
  return false;
}

// With all that it will start, but not so far that a busy machine would starve it. Where the kernel groups processes by
// session, a nice value weighs within its group only, so the group steps back too, if it is our own.
void step_back() {
  ::setpriority(PRIO_PROCESS, 0, 7);
  if (::getsid(0) != ::getpid()) return;
  const int group = ::open("/proc/self/autogroup", O_WRONLY | O_CLOEXEC);
  if (group < 0) return;
  static_cast<void>(!::write(group, "7", 1));
  ::close(group);
}

int run(int argc, char** argv) {
  const std::string_view option = argc > 1 ? argv[1] : "";
  if (option == "--version" || option == "--help") {
    std::fputs(option == "--help" ? kHelp : (std::string("bottle-prober ") + kProberVersion + "\n").c_str(), stdout);
    return 0;
  }
  if (argc > 1) return refuse("no such option; see --help");
  ::signal(SIGPIPE, SIG_IGN);
  if (!hold_standard_streams()) return refuse("the standard streams are closed");
  // The bottle's openssl.cnf is the agent's to write.
  OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
  std::string text;
  if (!read_all(text)) return refuse("the batch could not be read, or is over 64 MiB");
  Batch batch;
  if (const std::string wrong = read_batch(text, batch); !wrong.empty()) return refuse("the batch: " + wrong);
  text = {};
  if (batch.background) step_back();
  adopt_orphans();
  run_batch(batch);
}

}  // namespace
}  // namespace bottle::prober

int main(int argc, char** argv) { return bottle::prober::run(argc, argv); }
