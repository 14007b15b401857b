// `attach` as users run it: bottles that others started, some that hold, some that share what they should not, and ways
// in that are none.
#include <signal.h>

#include <array>
#include <thread>

#include "tests/cli/program.h"

namespace bottle {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

const std::vector<std::string> kProvable = {"-f", "localhost-reach.*", "-f", "!*via=proxy*"};

// A process in namespaces of its own, with a /tmp of its own, as long as this lives.
class Attach : public testing::Test {
 protected:
  void SetUp() override { BOTTLE_NEEDS_BOTTLES(); }

  // `script` runs first, in the bottle. `network`: whether it has one of its own.
  void start(const std::string& script = "mount -t tmpfs tmpfs /tmp", bool network = true) {
    std::vector<std::string> argv = {"unshare", "--user", "--map-root-user", "--mount"};
    if (network) argv.emplace_back("--net");
    const std::string up = network ? "ip link set lo up && " : "";
    for (const std::string& word :
         {std::string("sh"), std::string("-c"), up + script + " && echo up && exec sleep 300"})
      argv.push_back(word);
    auto process = Process::start({argv, test_environment(), {}}, {});
    ASSERT_TRUE(process) << process.error().what;
    bottle_.emplace(std::move(*process));
    std::array<char, 3> up_line{};
    ASSERT_EQ(::read(bottle_->output().get(), up_line.data(), up_line.size()), 3) << "unshare or ip does not work here";
    way_ = "nsenter -t " + std::to_string(bottle_->pid()) + " -U -m --preserve-credentials" + (network ? " -n" : "");
  }
  Ran attach(std::vector<std::string> more, const std::string& way) const {
    more.insert(more.begin(), {"attach", "--exec", way, "-o", "json=" + (scratch_ / "r.json")});
    return run_program(more, scratch_ / ".", 120s);
  }
  Ran attach(const std::vector<std::string>& more = kProvable) const { return attach(more, way_); }
  std::vector<Finding> findings() const {
    const auto record = read_record_file(scratch_ / "r.json");
    EXPECT_TRUE(record.has_value());
    return record ? record->findings : std::vector<Finding>();
  }
  std::string inside(const std::string& script) const {
    const Ran ran = run_command_line({"sh", "-c", way_ + " sh -c \"$1\"", "sh", script}, {}, 20s);
    return ran.out + ran.err;
  }
  std::string script(const std::string& name, const std::string& body) const {
    const std::string path = scratch_.write(name, "#!/bin/sh\n" + body + "\n");
    fs::permissions(path, fs::perms::owner_all);
    return path;
  }
  void expect_nothing_left() const { EXPECT_EQ(inside("ls -A /tmp; ls -A /dev/shm | grep bottle-verify || true"), ""); }

  Scratch scratch_;
  std::optional<Process> bottle_;
  std::string way_;
};

TEST_F(Attach, WhatDoesNotReachTheHostIsContainedOnTheAgentsWord) {
  start();
  const Ran ran = attach();
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.err.find("the best exit code of a whole run is 3"), std::string::npos) << ran.err;
  int contained = 0;
  for (const Finding& finding : findings()) {
    if (finding.verdict == Verdict::not_applicable) continue;  // no curl, or a host without an address
    ++contained;
    EXPECT_EQ(finding.verdict, Verdict::contained) << finding.variant << finding.reason;
    EXPECT_EQ(finding.strength, Strength::agent);
  }
  EXPECT_GE(contained, 2);
  expect_nothing_left();
}

TEST_F(Attach, WhatSharesTheHostsNetworkLeaks) {
  start("mount -t tmpfs tmpfs /tmp", false);
  EXPECT_EQ(attach().code, 1);
  for (const Finding& finding : findings()) {
    if (finding.verdict != Verdict::not_applicable) {
      EXPECT_EQ(finding.verdict, Verdict::leaked) << finding.reason;
    }
  }
  expect_nothing_left();
}

TEST_F(Attach, OfAllElseNothingIsContainedAndItIsSaidWhy) {
  start();
  EXPECT_EQ(attach({"--profile", "full"}).code, 3);
  for (const Finding& finding : findings()) {
    const bool provable = finding.category == "localhost-reach" || finding.case_id == "host-reach.abstract-socket";
    if (provable) continue;
    EXPECT_EQ(finding.verdict, Verdict::inconclusive) << finding.case_id << finding.variant;
    EXPECT_FALSE(finding.conditions.tried.met && finding.conditions.could_have.met &&
                 finding.conditions.would_show.met);
    if (finding.case_id == "denied-ip.raw") {
      EXPECT_NE(finding.reason.find("nothing of ours stands where it would arrive"), std::string::npos)
          << finding.reason;
    }
    if (finding.category == "http-exfil") {
      EXPECT_NE(finding.reason.find("no proxy was named"), std::string::npos) << finding.reason;
    }
    if (finding.case_id == "host-reach.read-file") {
      EXPECT_NE(finding.reason.find("mounted elsewhere would not show"), std::string::npos) << finding.reason;
    }
  }
  expect_nothing_left();
}

// The canaries of a machine that the bottle is not on tell nothing. From a network of its own the harness cannot even
// tell that they are on the machine's loopback.
TEST_F(Attach, AHarnessThatIsNotInTheMachinesNetworkProvesNothing) {
  start();
  if (::geteuid() != 0) GTEST_SKIP() << "only root enters the bottle from there";
  const Ran ran =
      run_command_line({"unshare", "--net", "sh", "-c", "ip link set lo up; exec \"$@\"", "sh", program_path(),
                        "attach", "--exec", way_, "-f", "localhost-reach.raw", "-o", "json=" + (scratch_ / "r.json")},
                       scratch_ / ".", 60s);
  EXPECT_EQ(ran.code, 3) << ran.err;
  for (const Finding& finding : findings()) {
    if (finding.verdict == Verdict::not_applicable) continue;
    EXPECT_EQ(finding.verdict, Verdict::inconclusive);
    EXPECT_NE(finding.reason.find("in a network of its own"), std::string::npos) << finding.reason;
  }
}

TEST_F(Attach, NoiseBeforeTheBottlesOwnWordsIsNoReport) {
  start();
  const std::string banner =
      script("banner", "echo 'Welcome to the bottle!'\necho mind the step >&2\nexec " + way_ + " \"$@\"");
  EXPECT_EQ(attach(kProvable, banner).code, 0);
  expect_nothing_left();
}

TEST_F(Attach, ABottleWithoutAPlaceSaysSo) {
  start(
      "mount -t tmpfs -o noexec tmpfs /tmp && mount -t tmpfs -o ro tmpfs /dev/shm && mount -t tmpfs -o ro tmpfs "
      "/var/tmp "
      "&& mount -t tmpfs -o ro tmpfs /run && mount -t tmpfs -o ro tmpfs /root");
  const Ran ran = attach({}, "env -u TMPDIR HOME=/root " + way_);
  EXPECT_EQ(ran.code, 5) << ran.err;
  EXPECT_NE(ran.err.find("nowhere in the bottle can a file be written and executed"), std::string::npos) << ran.err;
  expect_nothing_left();
}

TEST_F(Attach, ABottleWithoutAShellSaysSo) {
  start();
  const std::string bare =
      script("bare", "[ \"$1\" = sh ] && { echo no sh here >&2; exit 127; }\nexec " + way_ + " \"$@\"");
  const Ran ran = attach({}, bare);
  EXPECT_EQ(ran.code, 5);
  EXPECT_NE(ran.err.find("shell: "), std::string::npos) << ran.err;
  EXPECT_NE(ran.err.find("no sh here"), std::string::npos) << ran.err;
}

TEST_F(Attach, AWayInThatHangsOrLeadsNowhereIsUnavailable) {
  const std::string hangs = script("hangs", "exec sleep 100");
  const Ran hung = attach({}, hangs);
  EXPECT_EQ(hung.code, 5) << hung.err;
  EXPECT_NE(hung.err.find("way in: " + hangs + " sh: timed out"), std::string::npos) << hung.err;
  const Ran nowhere = attach({}, "no-such-program");
  EXPECT_EQ(nowhere.code, 5);
  EXPECT_NE(nowhere.err.find("no-such-program"), std::string::npos) << nowhere.err;
}

TEST_F(Attach, AWayInThatTakesNoStdinSaysWhatIsMissing) {
  start();
  const std::string deaf = script("deaf", "exec " + way_ + " \"$@\" < /dev/null");
  const Ran ran = attach({}, deaf);
  EXPECT_EQ(ran.code, 5);
  EXPECT_NE(ran.err.find("docker exec needs -i"), std::string::npos) << ran.err;
  expect_nothing_left();
}

// Its files and the first control are there; then nobody answers any more.
TEST_F(Attach, ABottleThatDiesInTheMiddleIsNoPass) {
  start();
  const std::string count = scratch_ / "count";
  const std::string mortal =
      script("mortal", "if [ \"$2\" = exec ]; then echo once >> " + count + "; [ $(wc -l < " + count +
                           ") -lt 4 ] || { echo gone >&2; exit 1; }; fi\nexec " + way_ + " \"$@\"");
  const Ran ran = attach(kProvable, mortal);
  EXPECT_EQ(ran.code, 3) << ran.err;
  EXPECT_NE(ran.err.find("gone"), std::string::npos) << ran.err;
  EXPECT_FALSE(findings().empty());
  for (const Finding& finding : findings()) EXPECT_NE(finding.verdict, Verdict::contained) << finding.reason;
  expect_nothing_left();
}

TEST_F(Attach, KilledAtAnyMomentItLeavesNothingInTheBottle) {
  start();
  for (int i = 0; i < 12; ++i) {
    auto run = Process::start({{program_path(), "attach", "--exec", way_, "-q"}, test_environment(), {}}, {});
    ASSERT_TRUE(run);
    std::this_thread::sleep_for(std::chrono::milliseconds(20 + 45 * i));
    ::kill(run->pid(), SIGKILL);
    run->wait(5s);
  }
  std::string left;
  for (int tries = 0; tries < 300; ++tries) {  // the execs in hand end at their own deadlines
    left = inside("ls -A /tmp");
    if (left.empty()) break;
    std::this_thread::sleep_for(50ms);
  }
  EXPECT_EQ(left, "");
  EXPECT_EQ(run_program({"cleanup"}).code, 0);
}

TEST_F(Attach, CtrlCRemovesWhatWasPlanted) {
  start();
  auto run = Process::start({{program_path(), "attach", "--exec", way_, "-q"}, test_environment(), {}}, {});
  ASSERT_TRUE(run);
  for (int tries = 0; tries < 200 && inside("ls -A /tmp").empty(); ++tries) std::this_thread::sleep_for(10ms);
  ::kill(run->pid(), SIGINT);
  EXPECT_TRUE(run->wait(30s).has_value());
  expect_nothing_left();
}

TEST(AttachInput, WhatIsWrongIsToldBeforeAnythingStarts) {
  const Scratch scratch;
  const auto run = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "attach");
    return run_program(words, scratch / ".");
  };
  EXPECT_EQ(run({}).code, 2);
  EXPECT_NE(run({}).err.find("which bottle?"), std::string::npos);
  EXPECT_EQ(run({"--exec", "docker exec 'box"}).code, 2);
  EXPECT_EQ(run({"--exec", "env", "--allowed", "https://x.example.org/"}).code, 2);
  EXPECT_EQ(run({"--exec", "env", "--proxy", "http://proxy:3128"}).code, 2);
  EXPECT_EQ(run({"--exec", "env", "--secret-env", "NAME=value"}).code, 2);
  EXPECT_EQ(run({"--exec", "env", "--backend", "docker"}).code, 2);
  EXPECT_EQ(run({"--exec", "env", "--option", "exex=1"}).code, 2);
  EXPECT_EQ(run({"--exec", "env", "--hole", "dlp-off"}).code, 2);
  EXPECT_EQ(run_program({"--exec", "env"}, scratch / ".").code, 2) << "an option of attach alone";
}

}  // namespace
}  // namespace bottle
