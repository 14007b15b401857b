#include "backends/docker/layout.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>

#include "backends/namespaces/addresses.h"
#include "backends/namespaces/interfaces.h"
#include "harness/digest.h"

namespace bottle::docker {
namespace {

// 10.208.0.0/12 is seldom used, and wide enough for bottles that are started side by side. Who has a network that is
// all of 10.0.0.0/8 needs another.
constexpr int kTries = 64, kTriesInTheUsual = 48;
constexpr std::size_t kSubnetBits = 24;

std::string base_of(const std::string& text, bool usual = true) {
  const std::string hash = from_hex(sha256_hex(text)).value_or(std::string(32, '\0'));
  const int second = static_cast<unsigned char>(hash[0]) % 16;
  return (usual ? "10." + std::to_string(208 + second) : "172." + std::to_string(16 + second)) + "." +
         std::to_string(static_cast<unsigned char>(hash[1])) + ".";
}

// Whether the /24 and a subnet such as "10.0.0.0/8" have an address in common.
bool overlap(const std::string& base, const std::string& subnet) {
  const auto slash = subnet.find('/');
  if (slash == subnet.npos) return false;
  std::size_t bits = 0;
  const char* end = subnet.data() + subnet.size();
  const auto [stop, error] = std::from_chars(subnet.data() + slash + 1, end, bits);
  if (error != std::errc() || stop != end) return false;
  const auto theirs = warden::parse_address(subnet.substr(0, slash));
  return warden::same_prefix(theirs, warden::parse_address(base + "0"), std::min(bits, kSubnetBits));
}

bool is_taken(const std::string& base, const std::vector<std::string>& taken) {
  return std::any_of(taken.begin(), taken.end(), [&](const std::string& subnet) { return overlap(base, subnet); });
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

Result<Layout> choose_layout(const std::string& slug, const std::filesystem::path& directory,
                             const std::vector<std::string>& taken) {
  Layout layout{.slug = slug, .directory = directory};
  for (int i = 0; i < kTries; ++i) {
    layout.base = base_of(slug + "/" + std::to_string(i), i < kTriesInTheUsual);
    if (warden::touches_no_address_of_the_host(layout.base) && !is_taken(layout.base, taken)) return layout;
  }
  return fail(
      "no subnet is free for a bottle: the " + std::to_string(kTries) +
      " that were tried in 10.208.0.0/12 and 172.16.0.0/12 belong to the engine's networks or to this host; remove "
      "networks that nobody uses (docker network prune)");
}

Result<Layout> layout_with(const std::string& slug, const std::filesystem::path& directory, const std::string& bundle) {
  Layout layout{.slug = slug, .directory = directory, .base = bundle.substr(0, bundle.rfind('.') + 1)};
  if (warden::touches_no_address_of_the_host(layout.base)) return layout;
  return fail("the host's addresses have changed since the plan was made");
}

std::string owner() { return std::to_string(::getuid()) + "-" + sha256_hex(machine_id()).substr(0, 12); }

}  // namespace bottle::docker
