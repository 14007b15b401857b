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

std::string base_of(const std::string& text, bool usual = true) {
  const std::string hash = from_hex(sha256_hex(text)).value_or(std::string(32, '\0'));
  const int second = static_cast<unsigned char>(hash[0]) % 16;
  return (usual ? "10." + std::to_string(208 + second) : "172." + std::to_string(16 + second)) + "." +
         std::to_string(static_cast<unsigned char>(hash[1])) + ".";
}

struct Subnet {
  warden::AddressBytes address = {};  // empty: the text is none
  std::size_t bits = 0;
};

Subnet parse_subnet(const std::string& text) {
  const auto slash = text.find('/');
  if (slash == text.npos) return {};
  Subnet subnet;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + slash + 1, end, subnet.bits);
  if (error == std::errc() && stop == end) subnet.address = warden::parse_address(text.substr(0, slash));
  return subnet;
}

// Whether they have an address in common: one of them is inside the other.
bool overlap(const Subnet& one, const Subnet& other) {
  return warden::same_prefix(one.address, other.address, std::min(one.bits, other.bits));
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

bool is_subnet_free(const std::string& subnet, const std::vector<std::string>& taken) {
  const Subnet wanted = parse_subnet(subnet);
  if (wanted.address.empty()) return false;
  for (const warden::Interface& entry : warden::interfaces()) {
    if (!entry.address.empty() && overlap(wanted, {entry.address, entry.bits})) return false;
  }
  return std::none_of(taken.begin(), taken.end(),
                      [&](const std::string& text) { return overlap(wanted, parse_subnet(text)); });
}

Result<Layout> choose_layout(const std::string& slug, const std::filesystem::path& directory,
                             const std::vector<std::string>& taken, const std::function<std::string(int)>& base_of_try,
                             const std::string& where) {
  Layout layout{.slug = slug, .directory = directory};
  for (int i = 0; i < kTries; ++i) {
    layout.base = base_of_try(i);
    if (is_subnet_free(layout.base + "0/24", taken)) return layout;
  }
  return fail("no subnet is free for a bottle: the " + std::to_string(kTries) + " that were tried in " + where +
              " belong to the engine's networks or to this host; remove networks that nobody uses (docker network "
              "prune)");
}

Result<Layout> choose_layout(const std::string& slug, const std::filesystem::path& directory,
                             const std::vector<std::string>& taken) {
  const auto base = [&](int i) { return base_of(slug + "/" + std::to_string(i), i < kTriesInTheUsual); };
  return choose_layout(slug, directory, taken, base, "10.208.0.0/12 and 172.16.0.0/12");
}

Result<Layout> layout_with(const std::string& slug, const std::filesystem::path& directory, const std::string& bundle) {
  Layout layout{.slug = slug, .directory = directory, .base = bundle.substr(0, bundle.rfind('.') + 1)};
  if (warden::touches_no_address_of_the_host(layout.base)) return layout;
  return fail("the host's addresses have changed since the plan was made");
}

std::string owner() { return std::to_string(::getuid()) + "-" + sha256_hex(machine_id()).substr(0, 12); }

}  // namespace bottle::docker
