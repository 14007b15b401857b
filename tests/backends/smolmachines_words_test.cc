// The pure parts of the smolmachines backend: what it makes of a version, what it says to smolvm, and what it reads
// from it. No smolvm is needed.
#include <arpa/inet.h>
#include <gmock/gmock.h>

#include <array>
#include <set>

#include "backends/namespaces/interfaces.h"
#include "backends/smolmachines/alias_pool.h"
#include "backends/smolmachines/beyond.h"
#include "backends/smolmachines/bottle_plan.h"
#include "backends/smolmachines/chosen_networks.h"
#include "backends/smolmachines/commands.h"
#include "backends/smolmachines/home.h"
#include "backends/smolmachines/smolfile.h"
#include "backends/smolmachines/wrongs.h"
#include "harness/toml_file.h"
#include "tests/harness/temp_folder.h"

namespace bottle::smolmachines {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAreArray;

const Version kOld{0, 8, 0}, kRecent{1, 9, 3};

MachineSpec spec() {
  return {.name = "bottle-verify-abc", .artifact = "/c/x.smolmachine", .allowed = {"127.0.0.16/32"}};
}

TEST(SmolvmVersion, IsReadFromOneExactLine) {
  const auto version = parse_version("smolvm 1.9.3\n");
  ASSERT_TRUE(version);
  EXPECT_EQ(*version, kRecent);
  EXPECT_EQ(version->text(), "1.9.3");
  for (const char* other : {"", "1.9.3", "smolvm v1.9.3", "smolvm 1.9", "smolvm 1.9.3-rc1", "smolvm 1.9.3.1",
                            "smolvm -1.9.3", "smolvm 1..3", "note: x\nsmolvm 1.9.3"})
    EXPECT_FALSE(parse_version(other)) << other;
}

TEST(SmolvmVersion, ThoseThatEnforceNothingAreRefusedWhateverIsAllowed) {
  for (const Version version : {Version{0, 8, 2}, Version{0, 9, 0}, Version{1, 0, 4}, Version{1, 1, 2}}) {
    const auto refused = check_supported(version, true);
    ASSERT_FALSE(refused) << version.text();
    EXPECT_EQ(refused.error().fault, Fault::unavailable);
    EXPECT_THAT(refused.error().what, HasSubstr("does not enforce"));
  }
}

TEST(SmolvmVersion, ThoseWhoseDnsNobodyHearsAreRefusedWhateverIsAllowed) {
  for (const Version version : {Version{1, 1, 3}, Version{1, 2, 0}, Version{1, 2, 4}}) {
    EXPECT_FALSE(family_of(version).takes_dns);
    const auto refused = check_supported(version, true);
    ASSERT_FALSE(refused) << version.text();
    EXPECT_EQ(refused.error().fault, Fault::unavailable);
    EXPECT_THAT(refused.error().what, HasSubstr("which nobody of ours hears"));
  }
}

TEST(SmolvmVersion, ThoseThatNobodyLookedAtNeedTheUsersWord) {
  for (const Version version : {Version{1, 2, 5}, Version{1, 8, 0}, Version{1, 10, 0}, Version{2, 0, 0}}) {
    ASSERT_FALSE(check_supported(version, false)) << version.text();
    EXPECT_THAT(check_supported(version, false).error().what, HasSubstr("--allow-untested-version"));
    EXPECT_TRUE(check_supported(version, true)) << version.text();
  }
  for (const Version version : {kOld, Version{0, 8, 1}, Version{1, 9, 0}, kRecent})
    EXPECT_TRUE(check_supported(version, false)) << version.text();
}

TEST(SmolvmVersion, EachGateIsWhereItsCommitWasReleased) {
  EXPECT_TRUE(family_of({1, 0, 1}).name_is_positional);
  EXPECT_FALSE(family_of({1, 0, 2}).name_is_positional);
  EXPECT_TRUE(family_of({1, 7, 7}).from_drops_policy);
  EXPECT_FALSE(family_of({1, 8, 0}).from_drops_policy);
  EXPECT_EQ(family_of({1, 1, 2}).wall, Wall::interception);
  EXPECT_EQ(family_of({1, 1, 3}).wall, Wall::gateway);
  EXPECT_FALSE(family_of({1, 2, 4}).takes_dns);
  EXPECT_TRUE(family_of({1, 2, 5}).takes_dns);
  EXPECT_EQ(family_of(kOld).denial, "EACCES");
  EXPECT_EQ(family_of(kRecent).denial, "ECONNREFUSED");
}

TEST(SmolvmWords, TheNameIsWhereTheVersionWantsIt) {
  EXPECT_THAT(create_machine(family_of(kOld), spec()),
              ElementsAre("machine", "create", "bottle-verify-abc", "--from", "/c/x.smolmachine", "--net",
                          "--allow-cidr", "127.0.0.16/32"));
  EXPECT_THAT(create_machine(family_of(kRecent), spec()),
              ElementsAre("machine", "create", "--name", "bottle-verify-abc", "--from", "/c/x.smolmachine", "--net",
                          "--allow-cidr", "127.0.0.16/32"));
  EXPECT_THAT(delete_machine(family_of(kOld), "x"), ElementsAre("machine", "delete", "x", "-f"));
  EXPECT_THAT(delete_machine(family_of(kRecent), "x"), ElementsAre("machine", "delete", "--name", "x", "-f"));
}

TEST(SmolvmWords, NothingThatExcludesTheArtifactStandsBesideIt) {
  MachineSpec all = spec();
  all.dns = "203.0.113.3";
  all.localhost_only = true;
  EXPECT_THAT(create_machine(family_of(kRecent), all), AllOf(Not(Contains("--image")), Not(Contains("--smolfile")),
                                                             Contains("--dns"), Contains("--outbound-localhost-only")));
}

TEST(SmolvmWords, AnExecHasItsLimitAndItsCommandBehindDashes) {
  EXPECT_THAT(
      exec_in_machine("x", {"/bottle-hand", "exec", "--odd"}, std::chrono::milliseconds(1500)),
      ElementsAre("machine", "exec", "--name", "x", "--timeout", "1500ms", "--", "/bottle-hand", "exec", "--odd"));
}

TEST(SmolvmWords, AReasonIsTheErrorsOwnWords) {
  EXPECT_EQ(reason_in("Starting machine 'x'...\nError: vm not found: x\n"), "vm not found: x");
  EXPECT_THAT(reason_in("Error: kvm not available.\nTry: sudo modprobe kvm\n"), HasSubstr("Try: sudo modprobe kvm"));
  EXPECT_EQ(reason_in("warning\nlast words\n"), "last words");
  EXPECT_THAT(reason_in("Error: \x1b[31mred"), Not(HasSubstr("\x1b")));
}

TEST(Smolfile, SaysImageCommandEnvironmentAndOneAddress) {
  const std::string text = rendered({.image = "a/b:c",
                                     .entrypoint = {"/bin/sh"},
                                     .cmd = {"-c", "sleep \"1\""},
                                     .environment = {{"HTTPS_PROXY", "http://127.0.0.16:8888"}},
                                     .allowed = {"127.0.0.16/32"}});
  const auto file = TomlFile::parse(text, "Smolfile");
  ASSERT_TRUE(file) << file.error().what;
  const TomlTable root = file->root();
  EXPECT_EQ(root.text("image"), "a/b:c");
  EXPECT_THAT(root.texts("entrypoint"), ElementsAre("/bin/sh"));
  EXPECT_THAT(root.texts("cmd"), ElementsAre("-c", "sleep \"1\""));
  EXPECT_THAT(root.texts("env"), ElementsAre("HTTPS_PROXY=http://127.0.0.16:8888"));
  EXPECT_THAT(root.table("network")->texts("allow_cidrs"), ElementsAre("127.0.0.16/32"));
  EXPECT_TRUE(file->finish());  // no other key: smolvm denies what it does not know
}

Addresses addresses() {
  return {.host = "10.1.1.1", .host_alias = "127.0.0.77", .nearby = {{"gateway", "192.168.7.1"}}};
}

TEST(SmolmachinesWrongs, AreWhatIsAllowedBesides) {
  const auto allowed = [](const std::vector<std::string>& words) {
    const auto wrongs = parse_wrongs(words, Wall::interception, addresses());
    EXPECT_TRUE(wrongs);
    return wrongs ? allowed_for("127.0.0.16", *wrongs) : Cidrs();
  };
  EXPECT_THAT(allowed({}), ElementsAre("127.0.0.16/32"));
  EXPECT_THAT(allowed({"width 24", "forward host-alias", "allow 127.0.0.0/8"}),
              ElementsAre("127.0.0.16/24", "127.0.0.77/32", "127.0.0.0/8"));
  EXPECT_THAT(allowed({"route {host}", "route {gateway}"}),
              ElementsAre("127.0.0.16/32", "10.1.1.1/32", "192.168.7.1/32"));
  EXPECT_THAT(allowed({"allow {host-loopback}"}), ElementsAre("127.0.0.16/32", "127.0.0.1/32"));
  EXPECT_THAT(allowed({"no-network"}), Not(Contains("127.0.0.16/32")));
}

TEST(SmolmachinesWrongs, WhatCannotBeWrongHereIsUnsupported) {
  const auto fault = [](const std::string& word, Wall wall, const Addresses& where) {
    const auto wrongs = parse_wrongs({word}, wall, where);
    return wrongs ? Fault::failed : wrongs.error().fault;
  };
  EXPECT_EQ(fault("mount canary", Wall::interception, addresses()), Fault::unsupported);
  EXPECT_EQ(fault("width 24", Wall::gateway, addresses()), Fault::unsupported);
  EXPECT_EQ(fault("forward host-loopback", Wall::gateway, addresses()), Fault::unsupported);
  EXPECT_EQ(fault("route {host}", Wall::gateway, {}), Fault::unsupported);
  EXPECT_EQ(fault("route {gateway}", Wall::gateway, {}), Fault::unsupported);  // not this host's
  EXPECT_EQ(fault("width 33", Wall::interception, addresses()), Fault::usage);
}

TEST(SmolmachinesWrongs, WhatOfTheBundleNoMachineReachesIsNoHole) {
  EXPECT_TRUE(check_reach({}, true));
  EXPECT_TRUE(check_reach({"ports"}, false));
  for (const auto& [word, published] : {std::pair("ports", true), {"resolver", false}}) {
    const auto reached = check_reach({word}, published);
    ASSERT_FALSE(reached) << word;
    EXPECT_EQ(reached.error().fault, Fault::unsupported);
  }
}

TEST(SmolmachinesNetworks, ASubnetThatSomebodyHasChosenIsNotChosenAgain) {
  const std::string subnet = "203.0.113.16/28";
  Fd held = claim_subnet(subnet);
  ASSERT_TRUE(held) << "does somebody run bottles here?";
  EXPECT_FALSE(claim_subnet(subnet));
  EXPECT_TRUE(claim_subnet("203.0.113.32/28"));
  held.reset();
  EXPECT_TRUE(claim_subnet(subnet));
}

TEST(Beyond, HasAddressesForDocumentsAndNoneTwice) {
  const auto beyond = choose_beyond("abc", {});
  ASSERT_TRUE(beyond);
  const auto internet = beyond->internet();
  std::set<std::string> all(internet.denied.begin(), internet.denied.end());
  all.insert({internet.allowed, internet.resolver, beyond->host(), beyond->lab()});
  EXPECT_EQ(all.size(), internet.denied.size() + 4);
  EXPECT_EQ(beyond_with(internet.resolver).subnet(), beyond->subnet());
}

TEST(Beyond, LeavesOthersTheirsUntilNoneIsFree) {
  std::vector<std::string> taken;
  for (auto beyond = choose_beyond("abc", taken); beyond; beyond = choose_beyond("abc", taken)) {
    ASSERT_THAT(taken, Not(Contains(beyond->subnet())));
    taken.push_back(beyond->subnet());
  }
  EXPECT_GE(taken.size(), 16u);  // a host may have addresses in one of the ranges, or in two
  const auto none = choose_beyond("abc", taken);
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().what, HasSubstr("docker network prune"));
}

TEST(Beyond, OnTheLoopbackIsAlwaysTheSameAndSaysWhatIsMissing) {
  const Beyond beyond = loopback_beyond();
  const auto internet = beyond.internet();
  std::vector<std::string> all = internet.denied;
  all.insert(all.end(), {internet.allowed, internet.resolver});
  EXPECT_THAT(all, UnorderedElementsAreArray(beyond.dialled().addresses()));
  const auto there = beyond_on_loopback();
  if (there) return;  // somebody has added them here
  EXPECT_EQ(there.error().fault, Fault::unavailable);
  EXPECT_THAT(there.error().what, HasSubstr("does not have 203.0.113.3, 203.0.113.4, "));
  EXPECT_THAT(there.error().what, HasSubstr("for i in $(seq 3 14); do sudo "));
}

TEST(Road, IsTheLoopbackUnlessThisHostIsOnOneOfTheEnginesNetworks) {
  std::vector<std::string> own;  // every network that this host is on
  for (const warden::Interface& entry : warden::interfaces()) {
    if (entry.address.size() != 4 || entry.loopback) continue;
    std::array<char, INET_ADDRSTRLEN> text{};
    ::inet_ntop(AF_INET, entry.address.data(), text.data(), text.size());
    own.push_back(std::string(text.data()) + "/" + std::to_string(entry.bits));
  }
  for (const std::string& subnet : own) EXPECT_EQ(road_to({"198.18.7.0/24", subnet}), Road::bridges) << subnet;
  for (const char* other : {"198.18.7.0/24", "127.0.0.0/8", "0.0.0.0/0", "no subnet", ""})
    EXPECT_EQ(road_to({other}), Road::loopback) << other;
  EXPECT_EQ(road_to({}), Road::loopback);
  EXPECT_FALSE(road_named("sea"));
  for (const Road road : {Road::bridges, Road::loopback}) EXPECT_EQ(road_named(std::string(name_of(road))), road);
}

TEST(BottlePlan, TheBundleIsPublishedUnlessAGuestBehindAGatewayReachesItsBridge) {
  EXPECT_TRUE(is_published(family_of(kOld), Road::bridges));
  EXPECT_TRUE(is_published(family_of(kOld), Road::loopback));
  EXPECT_FALSE(is_published(family_of(kRecent), Road::bridges));
  EXPECT_TRUE(is_published(family_of(kRecent), Road::loopback));
  EXPECT_EQ(pool_for(family_of(kOld)).address(16), "127.0.0.16");
  EXPECT_EQ(pool_for(family_of(kRecent)).address(16), "192.0.2.16");
}

TEST(BottlePlan, OverBridgesTheGatewayIsTheHostAndPingsAreHeard) {
  const BottleSpec spec{.slug = "abc", .run_directory = "/nonexistent"};
  const Ground ground{.version = kRecent, .family = family_of(kRecent)};
  Plan plan{.spec = spec};
  const auto chosen = choose_networks(spec, {}, ground.road);
  ASSERT_TRUE(chosen) << chosen.error().what;
  plan.addresses = addresses_for(ground, *chosen, "");
  EXPECT_TRUE(plan.addresses.nearby.contains("gateway"));
  EXPECT_EQ(plan.addresses.bundle_own, "");
  EXPECT_EQ(plan.addresses.host_loopback, "100.96.0.1");
  describe(ground, {}, plan);
  EXPECT_FALSE(plan.known_gaps.contains("localhost-reach.beside-bundle"));
  EXPECT_TRUE(plan.leaves_by_host);
  EXPECT_TRUE(plan.unheard_transport.empty());
  EXPECT_EQ(road_of(plan), Road::bridges);
  const Ground on_loopback{.version = kRecent, .family = family_of(kRecent), .road = Road::loopback};
  describe(on_loopback, {}, plan);
  EXPECT_TRUE(plan.unheard_transport.contains("icmp"));
  EXPECT_EQ(road_of(plan), Road::loopback);
}

TEST(BottlePlan, SaysWhatIsOpenBesideTheListAndNoRecordShows) {
  const BottleSpec spec{.slug = "abc", .run_directory = "/nonexistent"};
  const Ground ground{.version = kOld, .family = family_of(kOld)};
  const auto chosen = choose_networks(spec, {}, ground.road);
  ASSERT_TRUE(chosen) << chosen.error().what;
  const auto described = [&](const Wrongs& wrongs) {
    Plan plan{.spec = spec, .addresses = addresses_for(ground, *chosen, "127.0.0.16")};
    describe(ground, wrongs, plan);
    return plan;
  };
  const Plan sound = described({});
  EXPECT_TRUE(sound.known_gaps.contains("localhost-reach.beside-bundle"));
  EXPECT_THAT(sound.notes, ElementsAre(HasSubstr("no filter of ports")));
  EXPECT_THAT(described({.besides = {"10.1.1.1/32"}}).notes, Contains(HasSubstr("1.1.1.1 join this list")));
}

TEST(AliasPool, SaysHowToAddWhatThisHostDoesNotHave) {
  const auto none = take_alias({"192.0.2.", 77, 78});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().fault, Fault::unavailable);
  EXPECT_THAT(none.error().what, HasSubstr("none of the loopback aliases 192.0.2.77 to 192.0.2.78"));
  EXPECT_THAT(none.error().what, HasSubstr("for i in $(seq 77 78); do sudo "));
  EXPECT_THAT(none.error().what, HasSubstr("192.0.2.$i"));
}

TEST(AliasPool, SaysWhichOfItIsHereWhenThatIsNotAll) {
  const AliasPool pool{"127.0.0.", 253, 257};  // of which two are no addresses
  std::vector<Alias> taken;
  for (int i = 0; i < 3; ++i) {
    auto alias = take_alias(pool);
    ASSERT_TRUE(alias) << alias.error().what;
    taken.push_back(std::move(*alias));
  }
  const auto none = take_alias(pool);
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().what, AllOf(HasSubstr("this host has 3, and each has a bottle already"),
                                       HasSubstr("add the others: for i in $(seq 253 257); do sudo ")));
}

TEST(AliasPool, GivesSixteenAndThenSaysSo) {
  std::vector<Alias> taken;
  std::set<std::string> addresses;
  const AliasPool pool = loopback_aliases();
  for (std::size_t i = 0; i < pool.addresses().size(); ++i) {
    auto alias = take_alias(pool);
    if (!alias) break;  // somebody on this machine has one of them
    addresses.insert(alias->address);
    taken.push_back(std::move(*alias));
  }
  EXPECT_EQ(addresses.size(), taken.size());
  EXPECT_GE(taken.size(), 14u);
  const auto more = take_alias(pool);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().fault, Fault::unavailable);
  EXPECT_THAT(more.error().what, HasSubstr("has a bottle already"));
  const std::string freed = taken.back().address;
  taken.pop_back();
  const auto again = take_alias(pool);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->address, freed);
}

TEST(SmolmachinesHome, IsShortAndKeepsWhatWouldChangeSmolvmAway) {
  const Home deep = Home::of_run("/var/folders/ab/cdefghijklmnopqrstuvwxyz0123456789/T/bottle-verify-501/vabc", "vabc");
  EXPECT_LE(deep.path.string().size(), 48u);
  EXPECT_EQ(Home::of_run("/tmp/bottle-verify-0/vabc", "vabc").path, "/tmp/bottle-verify-0/vabc/vm");
  ::setenv("SMOLVM_EGRESS_FLOOR", "off", 1);
  ::setenv("HTTPS_PROXY", "http://127.0.0.1:1", 1);
  const Environment environment = deep.environment();
  ::unsetenv("SMOLVM_EGRESS_FLOOR");
  ::unsetenv("HTTPS_PROXY");
  for (const auto& [name, value] : environment) {
    EXPECT_THAT(name, Not(HasSubstr("SMOLVM")));
    EXPECT_THAT(name, Not(HasSubstr("PROXY")));
    EXPECT_THAT(name, Not(HasSubstr("LD_")));
  }
  EXPECT_EQ(environment.at("HOME"), deep.path);
}

TEST(SmolmachinesHome, ANoteIsFoundAgainAndHalfOfOneIsNone) {
  TempFolder folder;
  const std::filesystem::path run = folder.path();
  EXPECT_FALSE(note_of(run));
  ASSERT_TRUE(write_note(run, {"/bin/smolvm", {"/tmp/h", true}, "m"}));
  const auto note = note_of(run);
  ASSERT_TRUE(note);
  EXPECT_EQ(note->machine, "m");
  EXPECT_EQ(note->home.path, "/tmp/h");
  EXPECT_TRUE(note->home.is_users);
  folder.write("kept.json", "{\"program\": \"/bin/smo");
  EXPECT_FALSE(note_of(run));
  forget_note(run);
  EXPECT_FALSE(std::filesystem::exists(run / "kept.json"));
}

}  // namespace
}  // namespace bottle::smolmachines
