#include "backends/namespaces/program.h"

#include <unistd.h>

namespace bottle::warden {
namespace {

constexpr char kDefaultPath[] = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin";

std::string path_of(const std::vector<std::string>& environment) {
  for (const auto& line : environment) {
    if (line.starts_with("PATH=")) return line.substr(5);
  }
  return kDefaultPath;
}

}  // namespace

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (const auto& string : strings) result.push_back(const_cast<char*>(string.c_str()));
  result.push_back(nullptr);
  return result;
}

Error execute(const std::vector<std::string>& argv, const std::vector<std::string>& environment) {
  const auto arguments = pointers(argv);
  const auto lines = pointers(environment);
  const std::string& name = argv.front();
  int code = ENOENT;
  if (name.find('/') != std::string::npos) {
    ::execve(name.c_str(), arguments.data(), lines.data());
    code = errno;
  } else {
    std::string path = path_of(environment) + ":";
    for (std::size_t colon = 0; (colon = path.find(':')) != std::string::npos; path.erase(0, colon + 1)) {
      ::execve((path.substr(0, colon) + "/" + name).c_str(), arguments.data(), lines.data());
      if (errno != ENOENT && errno != ENOTDIR) code = errno;
    }
  }
  return {Fault::failed, name + ": " + std::strerror(code), code};
}

}  // namespace bottle::warden
