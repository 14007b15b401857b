#include "backends/docker/layout.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "backends/namespaces/addresses.h"
#include "harness/digest.h"

namespace bottle::docker {
namespace {

constexpr int kTries = 64;

// 10.208.0.0/12 is seldom used, and wide enough for bottles that are started side by side.
std::string base_of(const std::string& text) {
  const std::string hash = from_hex(sha256_hex(text)).value_or(std::string(32, '\0'));
  const int second = 208 + static_cast<unsigned char>(hash[0]) % 16;
  return "10." + std::to_string(second) + "." + std::to_string(static_cast<unsigned char>(hash[1])) + ".";
}

std::string machine_id() {
  std::string id;
  std::ifstream file("/etc/machine-id");
  if (std::getline(file, id) && !id.empty()) return id;
  char name[256] = {};
  ::gethostname(name, sizeof name - 1);
  return name;
}

}  // namespace

std::string Layout::neighbour() const {
  const std::string other = base_of(slug + "/neighbour");
  return other == base ? std::string() : other + "2";
}

Words Layout::labels() const {
  return {"--label", std::string(kOwnerLabel) + "=" + owner(), "--label",
          std::string(kDirectoryLabel) + "=" + directory.string()};
}

Result<Layout> choose_layout(const std::string& slug, const std::filesystem::path& directory) {
  Layout layout{.slug = slug, .directory = directory};
  for (int i = 0; i < kTries; ++i) {
    layout.base = base_of(slug + "/" + std::to_string(i));
    if (warden::touches_no_address_of_the_host(layout.base)) return layout;
  }
  return fail("every subnet of 10.208.0.0/12 that was tried is one of the host's");
}

std::string owner() { return std::to_string(::getuid()) + "-" + sha256_hex(machine_id()).substr(0, 12); }

}  // namespace bottle::docker
