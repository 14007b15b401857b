#include "backends/namespaces/kept_paths.h"

#include <system_error>

namespace bottle::warden {

Result<std::vector<std::string>> kept_paths(const std::vector<std::filesystem::path>& paths) {
  std::vector<std::string> kept;
  for (const std::filesystem::path& path : paths) {
    std::error_code error;
    if (path.empty() || !std::filesystem::exists(path, error)) continue;
    const auto real = std::filesystem::canonical(path, error);
    if (error) return fail(path.string() + ": " + error.message());
    kept.push_back(real.string());
  }
  return kept;
}

}  // namespace bottle::warden
