#include "harness/host_facts.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>
#include <vector>

#include "harness/safe_text.h"

namespace bottle {
namespace {

constexpr std::size_t kMostLines = 100'000;  // cpuinfo of the largest machines is far below
constexpr const char* kBlanks = " \t\r";

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::vector<std::string> lines_of(const std::filesystem::path& file) {
  std::vector<std::string> lines;
  std::ifstream stream(file);
  for (std::string line; lines.size() < kMostLines && std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// The value of the first "key: value" or "key=value" line.
std::optional<std::string> value_of(const std::vector<std::string>& lines, const std::string& key, char separator) {
  for (const std::string& line : lines) {
    const std::size_t at = line.find(separator);
    if (at != std::string::npos && trimmed(line.substr(0, at)) == key) return trimmed(line.substr(at + 1));
  }
  return std::nullopt;
}

std::optional<std::string> first_line(const std::filesystem::path& file) {
  const auto lines = lines_of(file);
  if (lines.empty() || trimmed(lines.front()).empty()) return std::nullopt;
  return trimmed(lines.front());
}

std::optional<std::string> cpus_in(const std::vector<std::string>& cpuinfo) {
  const auto count = std::count_if(cpuinfo.begin(), cpuinfo.end(),
                                   [](const std::string& line) { return line.rfind("processor", 0) == 0; });
  if (count == 0) return std::nullopt;
  return std::to_string(count);
}

std::optional<std::string> memory_in(const std::vector<std::string>& meminfo) {
  const auto total = value_of(meminfo, "MemTotal", ':');
  if (!total) return std::nullopt;
  double kibibytes = 0;
  std::istringstream stream(*total);
  if (!(stream >> kibibytes)) return std::nullopt;
  return fmt::format("{:.1f} GiB", kibibytes / (1024.0 * 1024.0));
}

std::optional<std::string> os_in(const std::filesystem::path& root) {
  for (const char* file : {"etc/os-release", "usr/lib/os-release"}) {
    auto name = value_of(lines_of(root / file), "PRETTY_NAME", '=');
    if (!name) continue;
    if (name->size() >= 2 && (name->front() == '"' || name->front() == '\'') && name->back() == name->front())
      name = name->substr(1, name->size() - 2);
    return name;
  }
  return std::nullopt;
}

// Which hierarchies are mounted: "1", "2", or "1 and 2" on machines that mount both.
std::optional<std::string> cgroup_in(const std::vector<std::string>& mounts) {
  bool first = false;
  bool second = false;
  for (const std::string& line : mounts) {
    std::istringstream fields(line);
    std::string device, point, type;
    fields >> device >> point >> type;
    first = first || type == "cgroup";
    second = second || type == "cgroup2";
  }
  if (first && second) return "1 and 2";
  if (first || second) return first ? "1" : "2";
  return std::nullopt;
}

std::optional<std::string> kernel_in(const std::filesystem::path& root) {
  if (auto release = first_line(root / "proc/sys/kernel/osrelease")) return "Linux " + *release;
  utsname names = {};
  if (root != "/" || ::uname(&names) != 0) return std::nullopt;
  return fmt::format("{} {}", names.sysname, names.release);
}

}  // namespace

std::map<std::string, std::string> host_facts(const std::filesystem::path& root) {
  const auto cpuinfo = lines_of(root / "proc/cpuinfo");
  const std::pair<const char*, std::optional<std::string>> found[] = {
      {"kernel", kernel_in(root)},
      {"cpu", value_of(cpuinfo, "model name", ':')},
      {"cpus", cpus_in(cpuinfo)},
      {"memory", memory_in(lines_of(root / "proc/meminfo"))},
      {"os", os_in(root)},
      {"lsm", first_line(root / "sys/kernel/security/lsm")},
      {"cgroup", cgroup_in(lines_of(root / "proc/mounts"))},
  };
  std::map<std::string, std::string> facts;
  for (const auto& [name, value] : found)
    if (value && !value->empty()) facts[name] = safe_line(*value, 200);
  return facts;
}

}  // namespace bottle
