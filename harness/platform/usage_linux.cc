#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "harness/platform/processes.h"
#include "harness/platform/usage.h"

namespace bottle {
namespace {

// Field 4 of /proc/PID/stat; what stands before it is in brackets, and may hold anything.
int parent_of(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(file, line);
  const auto name_end = line.rfind(')');
  if (name_end == line.npos) return 0;
  std::istringstream words(line.substr(name_end + 1));
  std::string state;
  int parent = 0;
  words >> state >> parent;
  return parent;
}

// "VmHWM:     1234 kB" of /proc/PID/status; nothing: gone, or a zombie.
std::optional<std::int64_t> bytes_in_status(const std::string& process, const std::string& key) {
  std::ifstream file("/proc/" + process + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(key)) return std::strtoll(line.c_str() + key.size(), nullptr, 10) * 1024;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::vector<int>> descendants() {
  std::multimap<int, int> children;
  for (const RunningProcess& process : all_processes()) children.emplace(parent_of(process.pid), process.pid);
  std::vector<int> found{::getpid()};
  for (std::size_t at = 0; at < found.size(); ++at) {
    const auto [from, to] = children.equal_range(found[at]);
    for (auto child = from; child != to; ++child) found.push_back(child->second);
  }
  found.erase(found.begin());
  return found;
}

std::optional<std::int64_t> peak_bytes_of_descendants() {
  std::int64_t sum = 0;
  const auto all = descendants();
  for (const int pid : *all) sum += bytes_in_status(std::to_string(pid), "VmHWM:").value_or(0);
  if (sum == 0) return std::nullopt;
  return sum;
}

std::optional<OwnUse> own_use() {
  OwnUse use;
  std::error_code error;
  for (std::filesystem::directory_iterator entry("/proc/self/fd", error), end; !error && entry != end;
       entry.increment(error))
    ++use.descriptors;
  const auto resident = bytes_in_status("self", "VmRSS:");
  if (error || !resident) return std::nullopt;
  use.resident_bytes = *resident;
  return use;
}

MachineUse machine_use() {
  MachineUse use;
  std::ifstream pressure("/proc/pressure/cpu");
  std::string line, word;
  constexpr std::string_view kKey = "avg10=";
  if (std::getline(pressure, line); line.starts_with("some ") && line.find(kKey) != line.npos)
    use.pressure = std::strtod(line.c_str() + line.find(kKey) + kKey.size(), nullptr);
  std::ifstream stat("/proc/stat");
  if (stat >> word && word == "cpu") {
    std::int64_t all = 0, ticks = 0;
    for (int field = 0; field < 8 && stat >> ticks; ++field) {  // user nice system idle iowait irq softirq steal
      all += ticks;
      if (field == 7) use.stolen = ticks;
    }
    if (use.stolen) use.all = all;
  }
  std::array<double, 1> load{};
  if (::getloadavg(load.data(), 1) == 1) use.load = load[0];
  return use;
}

}  // namespace bottle
