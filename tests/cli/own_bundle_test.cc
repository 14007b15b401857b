// Somebody's own program at the bundle's place: told everything by the environment, judged like ours. tinyproxy is a
// real proxy with an allowlist of its own and no DLP: it denies hosts, and lets secrets through.
#include <map>

#include "tests/cli/program.h"

namespace bottle {
namespace {

constexpr const char* kStart = R"sh(#!/bin/sh
# Written by a test: what a user would write to verify tinyproxy.
set -eu
cat > "$BOTTLE_STATE/tinyproxy.conf" <<END
Port $BOTTLE_PIPELOCK_PORT
Listen $BOTTLE_BUNDLE_ADDRESS
MaxClients 200
FilterDefaultDeny Yes
Filter "$BOTTLE_STATE/allow"
FilterExtended On
ConnectPort 443
END
printf '^%s$\n' "$(echo "$BOTTLE_ALLOWLIST" | sed 's/\./\\./g')" > "$BOTTLE_STATE/allow"
exec tinyproxy -d -c "$BOTTLE_STATE/tinyproxy.conf"
)sh";

constexpr const char* kProfile = R"(name = "tinyproxy"
decisions = false
[daemons]
pipelock = { port = 8888, bind = "agent" }
[[denial]]
layer = "pipelock"
disposition = "denied"
all = ["403 Filtered"]
)";

TEST(OwnBundle, TinyproxyDeniesHostsAndLeaksSecrets) {
  BOTTLE_NEEDS_BOTTLES();
  if (find_program("tinyproxy").empty()) {
    const char* required = std::getenv("BOTTLE_REQUIRE");
    ASSERT_TRUE(required == nullptr || std::string(required).find("tinyproxy") == std::string::npos)
        << "tinyproxy is not installed";
    GTEST_SKIP() << "tinyproxy is not installed";
  }
  const Scratch scratch;
  scratch.write("start", kStart);
  scratch.write("tinyproxy.toml", kProfile);
  scratch.write("verify.toml", "bundle = { command = [\"/bin/sh\", \"start\"], profile = \"tinyproxy.toml\" }\n");
  const Ran ran = run_program({"--config", "verify.toml", "-o", "json=r.json"}, scratch / ".");
  EXPECT_EQ(ran.code, 1) << ran.err;
  const auto record = read_record_file(scratch / "r.json");
  ASSERT_TRUE(record) << record.error().what;
  std::map<std::string, std::map<Verdict, int>> seen;
  for (const Finding& finding : record->findings) ++seen[finding.case_id][finding.verdict];
  EXPECT_EQ(seen["denied-host.through-proxy"][Verdict::contained], 4) << ran.err;
  EXPECT_EQ(seen["denied-host.proxy-ignored"][Verdict::contained], 4);
  EXPECT_GT(seen["http-exfil.path"][Verdict::leaked], 0);
  EXPECT_EQ(seen["http-exfil.path"][Verdict::contained], 0);
  EXPECT_EQ(seen["git-gate.readme-link"][Verdict::not_applicable], 3);
  EXPECT_EQ(seen["egress-port-bypass.relay"][Verdict::contained], 0);
}

}  // namespace
}  // namespace bottle
