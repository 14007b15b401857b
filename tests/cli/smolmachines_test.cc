// The smolmachines backend from end to end: both versions of smolvm that are driven, as the stand-in plays them
// (fixtures/smolvm), on a container engine. For an engine that exists for tests: ci/with-engine docker -- ctest ...
#include <gmock/gmock.h>

#include <map>

#include "backends/smolmachines/alias_pool.h"
#include "tests/cli/program.h"
#include "tests/stand_ins.h"

namespace bottle {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Smolmachines : public testing::Test {
 protected:
  void SetUp() override {
    const std::string unwanted = testing_support::stand_in_unwanted();
    if (!unwanted.empty()) GTEST_SKIP() << unwanted;
    ASSERT_EQ(testing_support::bring_registry(), "");
  }
  static Ran docker(std::vector<std::string> words) {
    words.insert(words.begin(), "docker");
    return run_command_line(words, {}, 60s);
  }
  // `smolvm`: the directory that is first on PATH.
  // `cache`: of what is packed.
  Ran verify(const std::string& smolvm, std::vector<std::string> words = {},
             const std::string& cache = testing_support::stand_in_cache()) const {
    words.insert(words.begin(), {program_path(), "--backend", "smolmachines", "--option",
                                 std::string("registry-image=") + testing_support::kStandInRegistry, "-o",
                                 "json=" + (scratch_ / "r.json")});
    Environment environment = test_environment();
    environment["PATH"] = smolvm + ":" + environment["PATH"];
    environment["XDG_CACHE_HOME"] = cache;
    environment["XDG_DATA_HOME"] = scratch_ / "data";
    environment["TMPDIR"] = scratch_ / "";
    const auto done = run_process({.argv = words, .environment = environment}, {.timeout = 120s});
    if (!done) return {-1, "", done.error().what};
    const auto* exited = std::get_if<Exited>(&done->ending);
    return {exited == nullptr ? -1 : exited->code, done->out, done->err};
  }
  static std::string version(const std::string& number) { return testing_support::stand_in(number); }
  // A smolvm of the test's own: `body` is a shell script in which $real is that version's.
  std::string wrapped(const std::string& number, const std::string& body) const {
    const std::string directory = scratch_ / "bin";
    fs::create_directory(directory);
    scratch_.write("bin/smolvm", "#!/bin/sh\nreal=" + version(number) + "/smolvm\n" + body + "\n");
    fs::permissions(directory + "/smolvm", fs::perms::owner_all);
    return directory;
  }
  // As its installer has it: program and wrapper in one directory, without an agent-rootfs.
  std::string installed(const std::string& number) const {
    const std::string directory =
        wrapped(number, "SMOLVM_STANDIN_VERSION=" + number + " exec ${0%/*}/smolvm-bin \"$@\"");
    const std::string programs = version("bin") + "/smolvm-standin";
    fs::copy_file(programs, directory + "/smolvm-bin");
    fs::copy_file(programs + "-agent", directory + "/smolvm-standin-agent");
    return directory;
  }
  // Verdict -> the cases that have it.
  std::map<Verdict, std::set<std::string>> cases() const {
    std::map<Verdict, std::set<std::string>> found;
    const auto record = read_record_file(scratch_ / "r.json");
    EXPECT_TRUE(record) << record.error().what;
    if (!record) return found;
    for (const Finding& finding : record->findings) found[finding.verdict].insert(finding.case_id);
    return found;
  }
  void expect_nothing_left() const {
    EXPECT_EQ(docker({"ps", "--all", "--quiet"}).out, "");
    EXPECT_EQ(docker({"network", "ls", "--quiet", "--filter", "label=bottle-verify.owner"}).out, "");
    EXPECT_EQ(docker({"volume", "ls", "--quiet"}).out, "");
    EXPECT_EQ(run_command_line({"sh", "-c", "grep -l '_boot-v[m]' /proc/[0-9]*/cmdline 2> /dev/null"}, {}, 10s).out,
              "");
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(scratch_ / "", none)) {
      if (!entry.path().filename().string().starts_with("bottle-verify-")) continue;
      EXPECT_TRUE(fs::is_empty(entry.path())) << entry.path();
    }
  }

  Scratch scratch_;
};

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

TEST_F(Smolmachines, APolicyThatTheDatabaseDoesNotHaveStartsNothing) {
  const Ran ran = verify(version("0.8.0"), {"--option", "policy-patch=no"});
  EXPECT_NE(ran.code, 0);
  EXPECT_THAT(ran.err, HasSubstr("allowed_cidrs: null; the machine was not started"));
  EXPECT_FALSE(fs::exists(scratch_ / "r.json"));
  expect_nothing_left();
}

TEST_F(Smolmachines, APolicyThatIsDroppedBehindOurBackIsSeen) {
  const Ran ran = verify(wrapped("0.8.0", "SMOLVM_STANDIN_FAULT=drop-policy-at-start exec $real \"$@\""));
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

TEST_F(Smolmachines, AnImageThatCannotBePackedLeavesNothing) {
  Ran ran = verify(version("0.8.0"), {"--option", "registry-image=no-such-registry:1"}, scratch_ / "cache");
  EXPECT_EQ(ran.code, 2) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("the image no-such-registry:1 is not on this engine"));
  expect_nothing_left();
  ran = verify(wrapped("1.9.3", "case \"$*\" in pack*) echo 'Error: no room' >&2; exit 1 ;; esac; exec $real \"$@\""),
               {}, scratch_ / "cache");
  EXPECT_EQ(ran.code, 3) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("smolvm pack create: no room"));
  expect_nothing_left();
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
  EXPECT_THAT(ran.out, HasSubstr("smolvm machine create bottle-verify-"));
  EXPECT_THAT(ran.out, HasSubstr("smolvm machine delete bottle-verify-"));
  expect_nothing_left();
}

TEST_F(Smolmachines, ASmolvmThatMisbehavesEndsInOneClearError) {
  struct Wrong {
    const char* body;
    int code;
    const char* said;
  };
  const Wrong wrongs[] = {
      {"echo 'smolvm banana'", 5, "is what is on PATH really smolvm?"},
      {"echo 'smolvm 1.0.0'", 5, "does not enforce an allowlist"},
      {"echo 'smolvm 7.0.0'", 5, "allow-untested-version=yes"},
      {"case \"$*\" in --version) exec $real \"$@\" ;; machine\\ create*) echo 'Error: disk on fire' >&2; exit 1 ;; "
       "esac; "
       "exec $real \"$@\"",
       3, "smolvm machine create: disk on fire"},
      {"case \"$*\" in machine\\ start*) kill -9 $$ ;; esac; exec $real \"$@\"", 3, "smolvm machine start: signal 9"},
      {"case \"$*\" in machine\\ exec*) echo garbage; exit 0 ;; esac; exec $real \"$@\"", 3, "did not report"},
      {"case \"$*\" in machine\\ cp*) echo 'Error: no room' >&2; exit 1 ;; esac; exec $real \"$@\"", 3,
       "smolvm machine cp: no room"},
  };
  for (const Wrong& wrong : wrongs) {
    const Ran ran = verify(wrapped("0.8.0", wrong.body), {"-f", "localhost-reach.*"});
    EXPECT_EQ(ran.code, wrong.code) << wrong.body << ran.err;
    EXPECT_THAT(ran.err, HasSubstr(wrong.said)) << wrong.body;
    EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
    expect_nothing_left();
  }
}

TEST_F(Smolmachines, AProcessThatOutlivesItsMachineIsKilledAndNamed) {
  const Ran ran =
      verify(wrapped("0.8.0", "SMOLVM_STANDIN_FAULT=leave-vm-behind exec $real \"$@\""), {"-f", "localhost-reach.*"});
  EXPECT_THAT(ran.err, HasSubstr("went on; it was killed"));
  expect_nothing_left();
}

TEST_F(Smolmachines, AMachineThatStaysIsNamedAndCleanupTakesItAway) {
  const Ran ran = verify(wrapped("0.8.0",
                                 "[ -e \"$0.well\" ] || case \"$*\" in machine\\ delete*|machine\\ stop*) echo "
                                 "'Error: not now' >&2; exit 1 ;; esac; exec $real \"$@\""),
                         {"-f", "localhost-reach.*"});
  EXPECT_THAT(ran.err, HasSubstr("the machine may still be there"));
  Environment environment = test_environment();
  environment["TMPDIR"] = scratch_ / "";
  environment["COLUMNS"] = "400";
  const auto told = [&](std::vector<std::string> words) {
    words.insert(words.begin(), program_path());
    const auto ended = run_process({.argv = words, .environment = environment}, {.timeout = 60s});
    return ended ? ended->out + ended->err : ended.error().what;
  };
  EXPECT_THAT(told({"doctor", "--backend", "smolmachines"}),
              ContainsRegex("machine bottle-verify-[a-z0-9]+ in [^ ]+: stopped"));
  scratch_.write("bin/smolvm.well", "");
  EXPECT_THAT(told({"cleanup"}), HasSubstr("machine bottle-verify-"));
  expect_nothing_left();
}

}  // namespace
}  // namespace bottle
