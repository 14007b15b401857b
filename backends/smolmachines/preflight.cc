#include "backends/smolmachines/preflight.h"

#include "backends/docker/image_store.h"
#include "backends/smolmachines/alias_pool.h"
#include "backends/smolmachines/beyond.h"
#include "backends/smolmachines/hypervisor.h"

namespace bottle::smolmachines {
namespace {

using State = Check::State;

Check check_aliases(const AliasPool& pool) {
  const auto alias = take_alias(pool);
  if (alias) return {"loopback aliases", State::ok, alias->address + " is free", ""};
  return {"loopback aliases", State::missing, "none is free", alias.error().what};
}

Check check_beyond() {
  const auto beyond = beyond_on_loopback();
  if (!beyond) return {"loopback addresses", State::missing, "not all are there", beyond.error().what};
  return {"loopback addresses", State::ok, beyond->internet().resolver + " and those beside it are there", ""};
}

}  // namespace

std::vector<Check> preflight(const Result<Smolvm>& smolvm, bool untested) {
  if (!smolvm) {
    const std::string& what = smolvm.error().what;
    return {{"smolvm", State::missing, what, what.ends_with(kHowToGet) ? "" : kHowToGet}};
  }
  std::vector<Check> checks;
  const std::string found = smolvm->version().text() + ", " + smolvm->program().string();
  if (const auto supported = check_supported(smolvm->version(), untested); !supported)
    return {{"smolvm", State::missing, supported.error().what, kHowToGet}};
  checks.push_back({"smolvm", State::ok, found, ""});
  checks.push_back(check_hypervisor());
  if (smolvm->family().wall == Wall::interception) checks.push_back(check_aliases(loopback_aliases()));
  if (smolvm->family().answers_dns)
    checks.push_back({"policy", State::warning,
                      "smolvm " + smolvm->version().text() + " answers every DNS query whatever its list says",
                      "expect dns-exfil to leak; its fix is in the finding"});
  return checks;
}

std::vector<Check> road_preflight(const Family& family, Road road) {
  if (road == Road::bridges) return {{"road", State::ok, "this host is on the engine's networks", ""}};
  std::vector<Check> checks{
      {"road", State::ok, "this host is on none of the engine's networks: its own loopback serves", ""}};
  if (family.wall == Wall::gateway) checks.push_back(check_aliases(gateway_aliases()));
  checks.push_back(check_beyond());
  return checks;
}

Check check_registry(const docker::Engine& engine, const std::string& image) {
  const auto id = docker::id_of_image(engine, image);
  if (!id) return {"registry", State::warning, id.error().what, ""};
  if (!id->empty()) return {"registry", State::ok, image, ""};
  return {"registry", State::warning, "the image " + image + " is not on this engine, and packing needs it",
          engine.program() + " pull " + image};
}

}  // namespace bottle::smolmachines
