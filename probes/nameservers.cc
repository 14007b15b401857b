#include "probes/nameservers.h"

#include <fcntl.h>
#include <unistd.h>

#include <string_view>

#include "probes/fd.h"

namespace bottle::prober {
namespace {

constexpr std::size_t kFileCap = std::size_t{64} * 1024, kLengthCap = 64, kCount = 8;
constexpr std::string_view kBlank = " \t\r";

std::string read_file(const char* path) {
  std::string text;
  const Fd file(::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) return text;
  char buffer[4096];
  for (ssize_t got = 0; text.size() < kFileCap && (got = ::read(file.get(), buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(got));
  }
  return text;
}

// The next word of the line, taken off it.
std::string_view next_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(kBlank), line.size()));
  const std::string_view word = line.substr(0, line.find_first_of(kBlank));
  line.remove_prefix(word.size());
  return word;
}

}  // namespace

std::vector<std::string> nameservers() {
  std::vector<std::string> found;
  const std::string text = read_file("/etc/resolv.conf");
  std::string_view rest = text;
  while (!rest.empty() && found.size() < kCount) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (next_word(line) != "nameserver") continue;
    if (const std::string_view word = next_word(line); !word.empty()) found.emplace_back(word.substr(0, kLengthCap));
  }
  return found;
}

}  // namespace bottle::prober
