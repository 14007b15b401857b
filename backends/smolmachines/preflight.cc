#include "backends/smolmachines/preflight.h"

#include "backends/smolmachines/alias_pool.h"
#include "backends/smolmachines/hypervisor.h"

namespace bottle::smolmachines {
namespace {

using State = Check::State;

Check check_aliases() {
  const auto alias = take_alias();
  if (alias) return {"loopback aliases", State::ok, alias->address + " is free", ""};
  return {"loopback aliases", State::missing, alias.error().what,
          "for i in $(seq 16 31); do sudo ifconfig lo0 alias 127.0.0.$i; done"};
}

}  // namespace

std::vector<Check> preflight(const Result<Smolvm>& smolvm, bool untested) {
  if (!smolvm) return {{"smolvm", State::missing, smolvm.error().what, kHowToGet}};
  std::vector<Check> checks;
  const std::string found = smolvm->version().text() + ", " + smolvm->program().string();
  if (const auto supported = check_supported(smolvm->version(), untested); !supported)
    return {{"smolvm", State::missing, supported.error().what, kHowToGet}};
  checks.push_back({"smolvm", State::ok, found, ""});
  checks.push_back(check_hypervisor());
  if (smolvm->family().wall == Wall::interception) checks.push_back(check_aliases());
  if (smolvm->family().answers_dns)
    checks.push_back({"policy", State::warning,
                      "smolvm " + smolvm->version().text() + " answers every DNS query whatever its list says",
                      "expect dns-exfil to leak; its fix is in the finding"});
  return checks;
}

}  // namespace bottle::smolmachines
