// The bundle of real parts (fixtures/bundles/real: mitmproxy, git daemon) at the bundle's place: it holds, and each
// thing that is taken out of it is missed.
#include <map>

#include "tests/cli/program.h"

namespace bottle {
namespace {

using Verdicts = std::map<Verdict, int>;

class RealBundle : public testing::Test {
 protected:
  void SetUp() override {
    BOTTLE_NEEDS_BOTTLES();
    if (!find_program("mitmdump").empty()) return;
    const char* required = std::getenv("BOTTLE_REQUIRE");
    ASSERT_TRUE(required == nullptr || std::string(required).find("mitmproxy") == std::string::npos)
        << "mitmproxy is not installed";
    GTEST_SKIP() << "mitmproxy is not installed";
  }

  void copy_bundle() {
    std::filesystem::copy(BOTTLE_SOURCE_DIR "/fixtures/bundles/real", scratch_ / ".");
    scratch_.write("verify.toml", "bundle = { command = [\"./start\"], profile = \"mitmproxy.toml\" }\n");
  }

  void rewrite(const std::string& file, const std::string& line, const std::string& instead) {
    std::stringstream text;
    text << std::ifstream(scratch_ / file).rdbuf();
    std::string wrong = text.str();
    const auto at = wrong.find(line);
    ASSERT_NE(at, wrong.npos) << file << " no longer has " << line;
    scratch_.write(file, wrong.replace(at, line.size(), instead));
  }

  void copy_bundle_but(const std::string& file, const std::string& line, const std::string& instead) {
    copy_bundle();
    rewrite(file, line, instead);
  }

  RunRecord verify(const std::vector<std::string>& filters, int code) {
    std::vector<std::string> arguments = {"--config", "verify.toml", "-o", "json=r.json"};
    for (const std::string& filter : filters) arguments.insert(arguments.end(), {"-f", filter});
    const Ran ran = run_program(arguments, scratch_ / ".", std::chrono::seconds(120));
    EXPECT_EQ(ran.code, code) << ran.out << ran.err;
    auto record = read_record_file(scratch_ / "r.json");
    EXPECT_TRUE(record) << record.error().what;
    return record.value_or(RunRecord{});
  }

  static std::map<std::string, Verdicts> by_case(const RunRecord& record) {
    std::map<std::string, Verdicts> seen;
    for (const Finding& finding : record.findings) ++seen[finding.case_id][finding.verdict];
    return seen;
  }

  Scratch scratch_;
};

TEST_F(RealBundle, HoldsByItsOwnWordForEverythingThatItMustRefuse) {
  copy_bundle();
  const RunRecord record = verify({}, 0);
  EXPECT_GT(record.findings.size(), 100u);
  for (const Finding& finding : record.findings) {
    if (finding.category == "egress-port-bypass") {
      EXPECT_EQ(finding.verdict, Verdict::not_applicable);
      EXPECT_EQ(finding.reason, "this bundle has no egress daemon of its own");
      continue;
    }
    EXPECT_EQ(finding.verdict, Verdict::contained) << finding.case_id << " " << finding.variant << finding.reason;
    if (finding.category == "http-exfil") {
      EXPECT_EQ(finding.layer, Layer::pipelock);
      EXPECT_EQ(finding.conditions.refused.how.rfind("pipelock logged \"deny\" by rule secret-scan.", 0), 0u)
          << finding.conditions.refused.how;
    }
    if (finding.category == "git-gate") {
      EXPECT_EQ(finding.layer, Layer::git_gate);
    }
  }
}

TEST_F(RealBundle, LeaksEverySecretWithoutItsScanner) {
  copy_bundle_but("proxy.py", "rule = self.scanner.rule_broken_by(data)", "rule = None");
  auto seen = by_case(verify({"http-exfil.path", "http-exfil.body", "denied-host.through-proxy"}, 1));
  EXPECT_EQ(seen["http-exfil.path"], (Verdicts{{Verdict::leaked, 6}}));
  EXPECT_EQ(seen["http-exfil.body"], (Verdicts{{Verdict::leaked, 6}}));
  EXPECT_EQ(seen["denied-host.through-proxy"], (Verdicts{{Verdict::contained, 4}}));
}

TEST_F(RealBundle, ReachesEveryHostWithoutItsAllowlist) {
  copy_bundle_but("proxy.py", "if host not in self.allowed:", "if False:");
  auto seen = by_case(verify({"denied-host.through-proxy", "denied-ip.through-proxy", "http-exfil.path"}, 1));
  EXPECT_EQ(seen["denied-host.through-proxy"], (Verdicts{{Verdict::leaked, 4}}));
  EXPECT_EQ(seen["denied-ip.through-proxy"][Verdict::leaked], 0);
  EXPECT_EQ(seen["http-exfil.path"], (Verdicts{{Verdict::contained, 6}}));
}

TEST_F(RealBundle, PassesEveryPushOnWithoutItsHooksScan) {
  copy_bundle_but("pre_receive.py", "fault = fault_in(refs, objects)", "fault = None");
  auto seen = by_case(verify({"git-gate.readme-link"}, 1));
  EXPECT_EQ(seen["git-gate.readme-link"], (Verdicts{{Verdict::leaked, 3}}));
}

// A request that waits for somebody to decide on it looks like one to a dead proxy: only the bundle can tell.
TEST_F(RealBundle, HoldsARequestWhenItSaysSoAndNotBySilence) {
  copy_bundle_but("proxy.py", "decisions.write(DAEMON, \"deny\"", "decisions.write(DAEMON, \"hold\"");
  rewrite("proxy.py", "flow.response = answer(403, \"X-Gate-Denied\", f\"{DAEMON}; rule={refusal.rule}\")",
          "flow.intercept()");
  for (const Finding& finding : verify({"http-exfil.path"}, 0).findings) {
    EXPECT_EQ(finding.verdict, Verdict::contained) << finding.variant << finding.reason;
    EXPECT_EQ(finding.disposition, Disposition::held);
  }
  rewrite("mitmproxy.toml", "decisions = true", "decisions = false");
  rewrite("decisions.py", "if not path:", "if True:");
  for (const Finding& finding : verify({"http-exfil.path"}, 3).findings)
    EXPECT_EQ(finding.verdict, Verdict::inconclusive) << finding.variant << finding.reason;
}

// A proxy that goes on without its rules is how this bundle's image once was.
TEST_F(RealBundle, AGateThatCannotBeBuiltLetsNothingThrough) {
  copy_bundle_but("proxy.py", "self.scanner = scanner.Scanner.from_environment()", "raise ValueError(\"no rules\")");
  rewrite("mitmproxy.toml", "start-ms = 30000", "start-ms = 5000");
  auto seen = by_case(verify({"http-exfil.path", "denied-host.through-proxy"}, 3));
  EXPECT_EQ(seen["http-exfil.path"], (Verdicts{{Verdict::inconclusive, 6}}));
  EXPECT_EQ(seen["denied-host.through-proxy"], (Verdicts{{Verdict::inconclusive, 4}}));
}

// What once made a suite green: mitmproxy mints a CA of its own, and every client fails at the certificate.
TEST_F(RealBundle, ACaThatNobodyTrustsProvesNothing) {
  copy_bundle_but("start", "cp -- \"$BOTTLE_CA_BUNDLE\" \"$confdir/mitmproxy-ca.pem\"", ":");
  const RunRecord record = verify({"http-exfil.by-curl", "http-exfil.path"}, 3);
  for (const Finding& finding : record.findings) {
    const bool tls = finding.variant.find("scheme=https") != std::string::npos;
    EXPECT_EQ(finding.verdict, tls ? Verdict::inconclusive : Verdict::contained) << finding.variant << finding.reason;
  }
}

}  // namespace
}  // namespace bottle
