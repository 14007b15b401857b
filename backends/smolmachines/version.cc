#include "backends/smolmachines/version.h"

#include <charconv>

namespace bottle::smolmachines {
namespace {

constexpr Version kUnenforcedFrom{0, 8, 2}, kEnforcedAgain{1, 1, 3};
constexpr Version kNamesAreFlags{1, 0, 2}, kDnsFlag{1, 2, 5}, kFromKeepsPolicy{1, 8, 0};

bool is_known(const Version& version) {
  const bool old = version.major == 0 && version.minor == 8;
  const bool recent = version.major == 1 && version.minor == 9;
  return old || recent;
}

}  // namespace

std::string Version::text() const {
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

Result<Version> parse_version(const std::string& said) {
  constexpr std::string_view kProgram = "smolvm ";
  const std::string line = said.substr(0, said.find('\n'));
  Version version;
  const char* at = line.data() + kProgram.size();
  const char* const end = line.data() + line.size();
  bool well = line.starts_with(kProgram);
  for (int* part : {&version.major, &version.minor, &version.patch}) {
    if (!well) break;
    const auto [stop, error] = std::from_chars(at, end, *part);
    const bool last = part == &version.patch;
    well = error == std::errc() && *part >= 0 && (last ? stop == end : stop != end && *stop == '.');
    at = last ? stop : stop + 1;
  }
  if (well) return version;
  return fail("smolvm --version does not say \"smolvm X.Y.Z\"; is what is on PATH really smolvm?", Fault::unavailable);
}

Result<void> check_supported(const Version& version, bool untested) {
  if (version >= kUnenforcedFrom && version < kEnforcedAgain)
    return fail("smolvm " + version.text() +
                    " does not enforce an allowlist (its authors say so at 1.1.3): nothing would be contained; use "
                    "0.8.0, 0.8.1 or 1.9.x",
                Fault::unavailable);
  if (version >= kEnforcedAgain && version < kDnsFlag)
    return fail("smolvm " + version.text() +
                    " answers DNS by a resolver of its own choice (--dns came with 1.2.5), which nobody of ours hears; "
                    "use 1.9.x",
                Fault::unavailable);
  if (is_known(version) || untested) return {};
  return fail("smolvm " + version.text() +
                  " has not been looked at: 0.8.0, 0.8.1 and 1.9.x have; with --allow-untested-version it is "
                  "tried as the nearest of them",
              Fault::unavailable);
}

Family family_of(const Version& version) {
  Family family;
  const bool gateway = version >= kEnforcedAgain;
  family.wall = gateway ? Wall::gateway : Wall::interception;
  family.name_is_positional = version < kNamesAreFlags;
  family.from_drops_policy = version < kFromKeepsPolicy;
  family.loads_archives = version >= Version{1, 9, 0};
  family.takes_dns = version >= kDnsFlag;
  family.answers_dns = gateway;
  family.opens_public_dns = version < kEnforcedAgain;
  family.carries_icmp = gateway;
  family.denial = gateway ? "ECONNREFUSED" : "EACCES";
  return family;
}

}  // namespace bottle::smolmachines
