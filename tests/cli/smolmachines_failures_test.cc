// A smolvm that is not there, fails, dies or lies: one error that names it, in time, and nothing that is left.
#include "tests/cli/smolmachines.h"

namespace bottle {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

// It needs no engine: nothing is asked before this.
TEST(SmolmachinesAbsent, IsTheOneErrorAndNoOtherBackendStandsIn) {
  const Scratch scratch;
  Environment environment = test_environment();
  environment["PATH"] = scratch / "bin";
  const auto ran =
      run_process({.argv = {program_path(), "--backend", "smolmachines", "-o", "json=" + scratch / "r.json"},
                   .environment = environment},
                  {.timeout = 20s});
  ASSERT_TRUE(ran) << ran.error().what;
  EXPECT_EQ(std::get<Exited>(ran->ending).code, 5);
  EXPECT_EQ(
      ran->err,
      "bottle-verify: backend smolmachines is not available: smolvm: smolvm is not on PATH; see smolmachines.com; "
      "its install script puts smolvm into ~/.local/bin\n");
  EXPECT_EQ(ran->out, "");
  EXPECT_FALSE(fs::exists(scratch / "r.json"));
}

TEST_F(Smolmachines, APolicyThatTheDatabaseDoesNotHaveStartsNothing) {
  const Ran ran = verify(version("0.8.0"), {"--option", "policy-patch=no"});
  EXPECT_NE(ran.code, 0);
  EXPECT_THAT(ran.err, HasSubstr("allowed_cidrs: null; the machine was not started"));
  EXPECT_FALSE(fs::exists(scratch_ / "r.json"));
  expect_nothing_left();
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

TEST_F(Smolmachines, ARegistrysImageThatIsMissingIsToldByDoctorWhereItIsNeeded) {
  const std::vector<std::string> words{"doctor", "--backend", "smolmachines", "--option", "registry-image=no-such:1"};
  const Ran needed = run(version("0.8.0"), words), unneeded = run(version("1.9.3"), words);
  EXPECT_THAT(needed.out, HasSubstr("docker pull no-such:1"));
  EXPECT_EQ(needed.code, 0) << needed.out;  // what is packed already runs without
  EXPECT_THAT(unneeded.out, Not(HasSubstr("no-such")));
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
      {"echo 'smolvm 7.0.0'", 5, "--allow-untested-version"},
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

TEST_F(Smolmachines, AVersionThatNobodyLookedAtIsDrivenWhereTheUserSaysSo) {
  const std::string newer =
      wrapped("1.9.3", "case \"$*\" in --version) echo smolvm 7.0.0 ;; *) exec $real \"$@\" ;; esac");
  EXPECT_EQ(verify(newer, {"--dry-run"}).code, 5);
  const Ran ran = verify(newer, {"--dry-run", "--allow-untested-version"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("smolvm machine create --name bottle-verify-"));
}

// What the stand-in gets wrong itself, in both versions, when its machine starts or before.
TEST_F(Smolmachines, AStartThatFailsIsNamedAndLeavesNoMachine) {
  struct Wrong {
    const char* fault;
    int code;
    const char* said;
  };
  const Wrong wrongs[] = {
      {"no-kvm", 5, "smolvm machine start: agent operation failed: start machine: kvm not available"},
      {"die-at-start", 3, "smolvm machine start: signal 9"}};
  for (const std::string number : testing_support::kPlayedVersions) {
    ASSERT_EQ(verify(version(number), {"-f", "localhost-reach.raw"}).code, 0);  // its image is packed
    for (const Wrong& wrong : wrongs) {
      const Ran ran = verify(faulty(number, wrong.fault), {"-f", "localhost-reach.raw"});
      EXPECT_EQ(ran.code, wrong.code) << number << wrong.fault << ran.err;
      EXPECT_THAT(ran.err, HasSubstr(wrong.said)) << number;
      EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
      expect_nothing_left();
    }
  }
}

TEST_F(Smolmachines, AHostThatCannotPackForWantOfKvmIsToldSo) {
  const Ran ran = verify(faulty("0.8.0", "no-kvm"), {"-f", "localhost-reach.raw"}, scratch_ / "cache");
  EXPECT_EQ(ran.code, 5) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("smolvm pack create: agent operation failed: start machine: kvm not available"));
  expect_nothing_left();
}

TEST_F(Smolmachines, AGuestThatAnswersLateIsAskedAgain) {
  const std::string refused = scratch_ / "refused";
  const Ran ran = verify(wrapped("1.9.3",
                                 "SMOLVM_STANDIN_FAULT=slow-agent $real \"$@\"\ncode=$?\n"
                                 "case \"$code $*\" in 1\\ machine\\ exec*) echo >> " +
                                     refused + " ;; esac\nexit $code"),
                         {"-f", "localhost-reach.raw"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_TRUE(fs::exists(refused)) << "it was never asked too early";
  expect_nothing_left();
}

TEST_F(Smolmachines, AProcessThatOutlivesItsMachineIsKilledAndNamed) {
  const Ran ran = verify(faulty("0.8.0", "leave-vm-behind"), {"-f", "localhost-reach.*"});
  EXPECT_THAT(ran.err, HasSubstr("went on; it was killed"));
  expect_nothing_left();
}

TEST_F(Smolmachines, AMachineThatStaysIsNamedAndCleanupTakesItAway) {
  const Ran ran = verify(wrapped("0.8.0",
                                 "[ -e \"$0.well\" ] || case \"$*\" in machine\\ delete*|machine\\ stop*) echo "
                                 "'Error: not now' >&2; exit 1 ;; esac; exec $real \"$@\""),
                         {"-f", "localhost-reach.*"});
  EXPECT_THAT(ran.err, HasSubstr("the machine may still be there"));
  const Ran told = run(scratch_ / "bin", {"doctor", "--backend", "smolmachines"});
  EXPECT_THAT(told.out, ContainsRegex("machine bottle-verify-[a-z0-9]+ in [^ ]+: stopped"));
  expect_cleanup_takes_it_away();
}

// What this smolvm has in its database it does not say: the home stays, until one that does has been asked.
TEST_F(Smolmachines, ADatabaseThatNobodyCanReadIsNamedAndCleanupTakesItAway) {
  for (const std::string number : testing_support::kPlayedVersions) {
    const Ran ran = verify(wrapped(number,
                                   "[ -e \"$0.well\" ] || export SMOLVM_STANDIN_FAULT=newer-schema\n"
                                   "exec $real \"$@\""),
                           {"-f", "localhost-reach.raw"});
    EXPECT_EQ(ran.code, 3) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("smolvm machine create: database error"));
    EXPECT_THAT(ran.err, HasSubstr("the machine may still be there"));
    EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
    expect_cleanup_takes_it_away();
  }
}

// Spoiled in the moment after the machine was made, by a Python that plays whoever else writes there. `db` is its path.
struct Spoiled {
  const char* how;
  const char* python;
  const char* told;
};
const Spoiled kSpoiled[] = {
    {"text", "c = sqlite3.connect(db); c.execute('UPDATE vms SET data = CAST(data AS TEXT)'); c.commit()", "no BLOB"},
    {"no table", "c = sqlite3.connect(db); c.execute('ALTER TABLE vms RENAME TO gone'); c.commit()", "no such table"},
    {"truncated",
     "c = sqlite3.connect(db); c.execute('PRAGMA wal_checkpoint(TRUNCATE)'); c.close(); os.truncate(db, 999)",
     "smolvm's database"},
    {"a link", "os.rename(db, db + '.moved'); os.symlink(db + '.moved', db)", "is no regular file"},
    {"locked",
     "import subprocess\n"
     "hold = 'import sqlite3, sys, time; c = sqlite3.connect(sys.argv[1]); c.execute(\"BEGIN EXCLUSIVE\"); '\n"
     "hold += 'print(1, flush=True); time.sleep(7)'\n"
     "subprocess.Popen([sys.executable, '-c', hold, db], stdout=subprocess.PIPE,"
     " start_new_session=True).stdout.readline()",
     "database is locked"},
};

TEST_F(Smolmachines, ADatabaseThatIsSpoiledStartsNoMachine) {
  const std::string started = scratch_ / "started";
  for (const auto& [how, python, told] : kSpoiled) {
    SCOPED_TRACE(how);
    scratch_.write("spoil.py", std::string("import os, sqlite3, sys, time\ndb = sys.argv[1]\n") + python + "\n");
    const Ran ran =
        verify(wrapped("0.8.0", "case \"$*\" in machine\\ start*) : > " + started +
                                    " ;; machine\\ create*) $real \"$@\"; python3 " + (scratch_ / "spoil.py") +
                                    " \"$XDG_DATA_HOME/smolvm/server/smolvm.db\" < /dev/null > /dev/null "
                                    "2>&1; exit ;; esac\nexec $real \"$@\""),
               {"-f", "localhost-reach.raw"});
    EXPECT_EQ(ran.code, 3) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr(told));
    EXPECT_THAT(ran.err, Not(HasSubstr("HELD")));
    EXPECT_FALSE(fs::exists(started));
    const Ran cleaned = run(scratch_ / "bin", {"cleanup"});
    EXPECT_EQ(cleaned.code, 0) << cleaned.err;
    expect_nothing_left();
  }
}

}  // namespace
}  // namespace bottle
