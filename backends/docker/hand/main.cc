// bottle-hand: the harness's hand in a container, which may have nothing else in it. It is static, needs no capability
// (but for `network`) and no user of its own. Read this file from the bottom.
#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "backends/docker/hand/attend.h"
#include "backends/docker/hand/errand.h"
#include "backends/docker/hand/hold.h"
#include "backends/docker/hand/incoming.h"
#include "backends/docker/hand/listening.h"
#include "backends/docker/hand/network.h"
#include "backends/namespaces/files.h"
#include "backends/namespaces/program.h"

namespace bottle::hand {
namespace {

constexpr int kUsage = 2, kFailed = 70;

int complain(const std::string& verb, const Error& error) {
  std::fprintf(stderr, "bottle-hand: %s: %s\n", verb.c_str(), error.what.c_str());
  return kFailed;
}

int usage() {
  std::fprintf(
      stderr,
      "bottle-hand is started by bottle-verify: bottle-hand hold | exec [FILE] | network WORD... -- PROGRAM ARG... | "
      "listening TIMEOUT_MS PORT... | attend WORD PORT NAME\n");
  return kUsage;
}

std::vector<std::string> own_environment() {
  std::vector<std::string> lines;
  for (char** line = environ; line != nullptr && *line != nullptr; ++line) lines.emplace_back(*line);
  return lines;
}

int do_hold() {
  const auto held = hold();
  return held ? 0 : complain("hold", held.error());
}

// From a file where the way into the bottle carries no stdin. It has secrets in it, so it goes before anything starts.
Result<void> take_for_stdin(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!file || ::unlink(path.c_str()) != 0 || ::dup2(file.get(), STDIN_FILENO) < 0) return fail_os(path);
  return {};
}

int do_exec(const std::vector<std::string>& arguments) {
  if (arguments.size() == 1) {
    if (const auto taken = take_for_stdin(arguments[0]); !taken) return complain("exec", taken.error());
  }
  const auto errand = receive_errand(STDIN_FILENO);
  if (!errand) return complain("exec", errand.error());
  const std::string line = docker::report_line(errand->end, carry_out(*errand));
  const auto told = warden::write_all(STDERR_FILENO, line);
  return told ? 0 : kFailed;
}

int do_network(const std::vector<std::string>& arguments) {
  std::size_t dashes = 0;
  while (dashes < arguments.size() && arguments[dashes] != "--") ++dashes;
  if (dashes + 1 >= arguments.size()) return usage();
  const auto middle = arguments.begin() + static_cast<std::ptrdiff_t>(dashes);
  const auto words = parse_network_words({arguments.begin(), middle});
  if (!words) return complain("network", words.error());
  if (const auto done = set_up_network(*words); !done) return complain("network", done.error());
  return complain("network", warden::execute({middle + 1, arguments.end()}, own_environment()));
}

std::optional<int> number(const std::string& text) {
  int value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end && value >= 0 ? std::optional(value) : std::nullopt;
}

int do_listening(const std::vector<std::string>& arguments) {
  std::vector<int> numbers;
  for (const auto& argument : arguments) {
    const auto value = number(argument);
    if (!value) return usage();
    numbers.push_back(*value);
  }
  if (numbers.empty()) return usage();
  const auto found = await_listeners({numbers.begin() + 1, numbers.end()}, std::chrono::milliseconds(numbers[0]));
  if (!found) return complain("listening", found.error());
  for (const int port : *found) std::printf("%d\n", port);
  return 0;
}

int do_attend(const std::vector<std::string>& arguments) {
  const auto port = arguments.size() == 3 ? number(arguments[1]) : std::nullopt;
  if (!port) return usage();
  const auto attended = attend(arguments[0], *port, arguments[2]);
  return attended ? 0 : complain("attend", attended.error());
}

int run(const std::vector<std::string>& arguments) {
  if (arguments.empty()) return usage();
  const std::string& verb = arguments[0];
  const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
  if (verb == "hold" && rest.empty()) return do_hold();
  if (verb == "exec" && rest.size() <= 1) return do_exec(rest);
  if (verb == "network") return do_network(rest);
  if (verb == "listening") return do_listening(rest);
  if (verb == "attend") return do_attend(rest);
  return usage();
}

}  // namespace
}  // namespace bottle::hand

int main(int argc, char** argv) {
  // The agent is the same user. It must read neither our memory nor our descriptors: the report's token is there.
  ::prctl(PR_SET_DUMPABLE, 0);
  return bottle::hand::run({argv + 1, argv + argc});
}
