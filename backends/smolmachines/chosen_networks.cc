#include "backends/smolmachines/chosen_networks.h"

#include <sys/socket.h>

#include "backends/namespaces/canaries.h"
#include "harness/digest.h"

namespace bottle::smolmachines {
namespace {

constexpr int kFirstPort = 12'288, kPorts = 4'096;

std::string digest_of(const std::string& text) { return from_hex(sha256_hex(text)).value_or(std::string(2, '\0')); }

int port_for(const std::string& subnet) {
  const std::string digest = digest_of(subnet);
  const int number = 256 * static_cast<unsigned char>(digest[0]) + static_cast<unsigned char>(digest[1]);
  return kFirstPort + number % kPorts;
}

// PRD 0023: 192.168.X.0/24, X from the slug's hash.
Result<docker::Layout> choose_inside(const BottleSpec& spec, const std::vector<std::string>& taken) {
  const auto base = [&](int i) {
    return "192.168." + std::to_string(static_cast<unsigned char>(digest_of(spec.slug + "/" + std::to_string(i))[0])) +
           ".";
  };
  return docker::choose_layout(spec.slug, spec.run_directory, taken, base, "192.168.0.0/16");
}

}  // namespace

Fd claim_subnet(const std::string& subnet) { return warden::bound_at("127.0.0.1", port_for(subnet), SOCK_STREAM); }

Result<ChosenNetworks> choose_networks(const BottleSpec& spec, std::vector<std::string> taken, Road road) {
  ChosenNetworks chosen;
  const auto claim = [&](const std::string& subnet) {
    Fd held = claim_subnet(subnet);
    taken.push_back(subnet);  // by us or by somebody
    if (!held) return false;
    chosen.claims.push_back(std::move(held));
    return true;
  };
  do {
    BOTTLE_TRY(chosen.layout, choose_inside(spec, taken));
  } while (!claim(chosen.layout.address(0) + "/24"));
  if (road == Road::loopback) {
    BOTTLE_TRY(chosen.beyond, beyond_on_loopback());
    return chosen;
  }
  do {
    BOTTLE_TRY(chosen.beyond, choose_beyond(spec.slug, taken));
  } while (!claim(chosen.beyond.subnet()));
  return chosen;
}

}  // namespace bottle::smolmachines
