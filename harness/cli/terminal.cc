#include "harness/cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace bottle {
namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

bool wants_colour(bool is_terminal, const std::string& choice) {
  if (choice != "auto") return choice == "always";
  if (!variable("NO_COLOR").empty()) return false;
  if (const auto force = variable("CLICOLOR_FORCE"); !force.empty() && force != "0") return true;
  return is_terminal && variable("CLICOLOR") != "0" && variable("TERM") != "dumb";
}

}  // namespace

Terminal Terminal::of(int fd, const std::string& choice) {
  Terminal terminal;
  const bool is_terminal = ::isatty(fd) == 1;
  terminal.colour = wants_colour(is_terminal, choice);
  terminal.interactive = is_terminal && variable("CI").empty() && variable("TERM") != "dumb";
  winsize size{};
  if (is_terminal && ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    terminal.width = std::clamp<int>(size.ws_col, 60, 160);
  }
  return terminal;
}

}  // namespace bottle
