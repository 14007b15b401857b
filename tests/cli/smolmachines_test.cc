// What the smolmachines backend says of machines that hold, and of those that do not.
#include "tests/cli/smolmachines.h"
#include "backends/smolmachines/alias_pool.h"

namespace bottle {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(Smolmachines, Version080IsContained) {
  const Ran ran = verify(version("0.8.0"));
  EXPECT_EQ(ran.code, 0) << ran.err;
  const auto found = cases();
  EXPECT_EQ(found.count(Verdict::leaked) + found.count(Verdict::inconclusive) + found.count(Verdict::error), 0u);
  expect_nothing_left();
}

TEST_F(Smolmachines, Version193LeaksDnsAndSaysSo) {
  const Ran ran = verify(version("1.9.3"));
  EXPECT_EQ(ran.code, 1) << ran.err;
  auto found = cases();
  EXPECT_THAT(found[Verdict::leaked], ElementsAre("dns-exfil.default-resolver", "dns-exfil.direct"));
  EXPECT_EQ(found.count(Verdict::inconclusive) + found.count(Verdict::error), 0u) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("note  smolvm 1.9.3 answers DNS whatever its list says"));
  EXPECT_THAT(ran.err, HasSubstr("--allow-host with the"));  // the finding's fix
  expect_nothing_left();
}

TEST_F(Smolmachines, ALiarIsNotBelievedOfWhatGoesThroughTheBundle) {
  const Ran ran = verify(version("0.8.0"), {"--hole", "provokes-denials-unscanned", "-f", "http-exfil.*"});
  EXPECT_EQ(ran.code, 1) << ran.err;
  auto found = cases();
  EXPECT_TRUE(found[Verdict::contained].empty());
  EXPECT_TRUE(found[Verdict::leaked].contains("http-exfil.header"));
  expect_nothing_left();
}

TEST_F(Smolmachines, AGapThatSomebodyAnswersForIsWaivedAndShown) {
  const std::string config = scratch_.write("verify.toml",
                                            "[[waiver]]\ncase = \"dns-exfil.*\"\nbackend = \"smolmachines\"\n"
                                            "owner = \"ada\"\nreason = \"smolvm 1.9\"\nexpires = \"2999-12-31\"\n");
  const Ran ran = verify(version("1.9.3"), {"--config", config, "-f", "dns-exfil.*"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("WAIVED  "));
  EXPECT_THAT(ran.err, HasSubstr("by ada until 2999-12-31: smolvm 1.9"));
}

TEST_F(Smolmachines, WhatItsGuestsBootFromIsFoundInTheUsersDataDirectory) {
  const std::string smolvm = installed("0.8.0"), in_data = scratch_ / "data/smolvm/agent-rootfs";
  const Ran without = verify(smolvm, {"-f", "localhost-reach.raw"});
  EXPECT_EQ(without.code, 5) << without.err;
  EXPECT_THAT(without.err, HasSubstr("looked for at " + smolvm + "/agent-rootfs and " + in_data));
  EXPECT_EQ(std::count(without.err.begin(), without.err.end(), '\n'), 1) << without.err;
  expect_nothing_left();
  fs::create_directories(in_data);
  const Ran ran = verify(smolvm, {"-f", "localhost-reach.raw"}, scratch_ / "cache");
  EXPECT_EQ(ran.code, 0) << ran.err;
  expect_nothing_left();
  EXPECT_THAT(verify(smolvm, {"--dry-run"}).out, HasSubstr("SMOLVM_AGENT_ROOTFS=" + in_data));
}

TEST_F(Smolmachines, APolicyThatIsDroppedBehindOurBackIsSeen) {
  const Ran ran = verify(faulty("0.8.0", "drop-policy-at-start"));
  EXPECT_EQ(ran.code, 1) << ran.err;
  auto found = cases();
  for (const char* id : {"localhost-reach.raw", "localhost-reach.http", "denied-ip.raw", "denied-ip.proxy-ignored"})
    EXPECT_TRUE(found[Verdict::leaked].contains(id)) << id;
  expect_nothing_left();
}

TEST_F(Smolmachines, EveryHoleInItsWallIsSeen) {
  const std::vector<std::pair<std::string, std::size_t>> holes{{"machine-slash-24", 4},
                                                               {"machine-loopback-all", 4},
                                                               {"machine-localhost-only", 4},
                                                               {"host-loopback-forwarded", 2},
                                                               {"host-alias-forwarded", 2}};
  for (const auto& [hole, leaks] : holes) {
    const Ran ran = verify(version("0.8.0"), {"--hole", hole, "-f", "localhost-reach.*"});
    EXPECT_EQ(ran.code, 1) << hole << ran.err;
    const auto record = read_record_file(scratch_ / "r.json");
    ASSERT_TRUE(record);
    EXPECT_EQ(static_cast<std::size_t>(totals_of(*record).leaked), leaks) << hole;
  }
}

TEST_F(Smolmachines, ForTheSeventeenthBottleThereIsNoAlias) {
  std::vector<smolmachines::Alias> held;
  std::set<std::string> addresses;
  for (int i = 0; i < 16; ++i) {
    auto alias = smolmachines::take_alias(smolmachines::loopback_aliases());
    ASSERT_TRUE(alias) << alias.error().what;
    addresses.insert(alias->address);
    held.push_back(std::move(*alias));
  }
  EXPECT_EQ(addresses.size(), 16u);
  const Ran refused = verify(version("0.8.0"));
  EXPECT_EQ(refused.code, 5) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("every loopback alias from 127.0.0.16 to 127.0.0.31 has a bottle already"));
  expect_nothing_left();
  const std::string last = held.back().address;
  held.pop_back();
  const Ran taken = verify(version("0.8.0"), {"--dry-run"});
  EXPECT_EQ(taken.code, 0) << taken.err;
  EXPECT_THAT(taken.out, HasSubstr("allow_cidrs = [ '" + last + "/32' ]"));
}

TEST_F(Smolmachines, ADryRunMakesNothing) {
  const Ran ran = verify(version("0.8.0"), {"--dry-run"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("allow_cidrs = [ '127.0.0.16/32' ]"));
  for (const char* command :
       {"docker network create ", "docker volume create ", "docker run --detach --rm --pull never ",
        "docker push --quiet localhost:PORT/", "smolvm pack create --image localhost:PORT/",
        "smolvm machine create bottle-verify-", "smolvm machine start --name bottle-verify-",
        "smolvm machine cp FILE bottle-verify-", "smolvm machine exec --name bottle-verify-", "docker run --rm ",
        "docker create ", "smolvm machine stop --name bottle-verify-", "smolvm machine delete bottle-verify-"})
    EXPECT_THAT(ran.out, HasSubstr(command));
  expect_nothing_left();
  const Ran recent = verify(version("1.9.3"), {"--dry-run"});
  EXPECT_EQ(recent.code, 0) << recent.err;
  for (const char* command :
       {"docker save --output ", "smolvm machine create --name ", "smolvm pack create --from-vm "})
    EXPECT_THAT(recent.out, HasSubstr(command));
  EXPECT_THAT(recent.out, Not(HasSubstr("localhost:PORT")));
  expect_nothing_left();
}

TEST_F(Smolmachines, AnImageThatDidNotChangeIsPackedOnce) {
  const std::string asked = scratch_ / "asked", cache = scratch_ / "cache";
  const std::string smolvm = wrapped("0.8.0", "echo \"$1 $2\" >> " + asked + "\nexec $real \"$@\"");
  for (int run = 1; run <= 2; ++run) {
    const Ran ran = verify(smolvm, {"-f", "localhost-reach.raw"}, cache);
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(count_of("pack create", asked), 1) << run;
    EXPECT_EQ(count_of("machine create", asked), run);
  }
}

}  // namespace
}  // namespace bottle
