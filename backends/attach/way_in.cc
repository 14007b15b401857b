#include "backends/attach/way_in.h"

#include <sstream>

#include "harness/process.h"
#include "harness/safe_text.h"

namespace bottle::attach {
namespace {

constexpr ExecLimits kFewWords{.timeout = std::chrono::milliseconds(10'000), .output_bytes = 64u << 10};

// What engines, clusters and remote shells need to find their way. No more: some commands would carry everything in.
const std::vector<std::string> kPassedOn{"HOME=",
                                         "PATH=",
                                         "USER=",
                                         "LOGNAME=",
                                         "TMPDIR=",
                                         "LANG=",
                                         "SSH_AUTH_SOCK=",
                                         "CONTAINER",
                                         "DOCKER_",
                                         "PODMAN_",
                                         "NERDCTL_",
                                         "KUBE",
                                         "LXC_",
                                         "LXD_",
                                         "INCUS_",
                                         "XDG_",
                                         "LIMA_",
                                         "COLIMA_",
                                         "REGISTRY_AUTH_FILE="};

}  // namespace

Command WayIn::command(const std::vector<std::string>& inside, std::string input) const {
  Command command{.argv = words, .environment = variables_beginning_with(kPassedOn), .input = std::move(input)};
  command.argv.insert(command.argv.end(), inside.begin(), inside.end());
  return command;
}

Result<ExecResult> WayIn::run(const std::vector<std::string>& inside) const {
  return run_process(command(inside), kFewWords);
}

std::string WayIn::text() const {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return safe_line(text, 200);
}

std::string last_words(const std::string& said) {
  std::istringstream lines(said);
  std::string last;
  for (std::string line; std::getline(lines, line);) {
    if (line.find_first_not_of(" \t\r") != line.npos) last = line;
  }
  return safe_line(last, 300);
}

}  // namespace bottle::attach
