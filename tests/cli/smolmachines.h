// The smolmachines backend from end to end: both versions of smolvm that are driven, as the stand-in plays them
// (fixtures/smolvm), on a container engine. For an engine that exists for tests: ci/with-engine docker -- ctest ...
#pragma once

#include <gmock/gmock.h>

#include <fstream>
#include <map>
#include <set>

#include "tests/cli/program.h"
#include "tests/stand_ins.h"

namespace bottle {

class Smolmachines : public testing::Test {
 protected:
  void SetUp() override {
    const std::string unwanted = testing_support::stand_in_unwanted();
    if (!unwanted.empty()) GTEST_SKIP() << unwanted;
    ASSERT_EQ(testing_support::bring_registry(), "");
  }
  static Ran docker(std::vector<std::string> words) {
    words.insert(words.begin(), "docker");
    return run_command_line(words, {}, std::chrono::seconds(60));
  }
  // `smolvm`: the directory that is first on PATH.
  // `cache`: of what is packed.
  Ran verify(const std::string& smolvm, std::vector<std::string> words = {},
             const std::string& cache = testing_support::stand_in_cache()) const {
    words.insert(words.begin(), {"--backend", "smolmachines", "--option",
                                 std::string("registry-image=") + testing_support::kStandInRegistry, "-o",
                                 "json=" + (scratch_ / "r.json")});
    return run(smolvm, words, cache);
  }
  Ran run(const std::string& smolvm, std::vector<std::string> words, const std::string& cache = {}) const {
    words.insert(words.begin(), program_path());
    Environment environment = test_environment();
    environment["PATH"] = smolvm + ":" + environment["PATH"];
    environment["XDG_CACHE_HOME"] = cache;
    environment["XDG_DATA_HOME"] = scratch_ / "data";
    environment["TMPDIR"] = scratch_ / "";
    const auto done = run_process({.argv = words, .environment = environment}, {.timeout = std::chrono::seconds(120)});
    if (!done) return {-1, "", done.error().what};
    const auto* exited = std::get_if<Exited>(&done->ending);
    return {exited == nullptr ? -1 : exited->code, done->out, done->err};
  }
  static std::string version(const std::string& number) { return testing_support::stand_in(number); }
  // A smolvm of the test's own: `body` is a shell script in which $real is that version's.
  std::string wrapped(const std::string& number, const std::string& body) const {
    const std::string directory = scratch_ / "bin";
    std::filesystem::create_directories(directory);
    scratch_.write("bin/smolvm", "#!/bin/sh\nreal=" + version(number) + "/smolvm\n" + body + "\n");
    std::filesystem::permissions(directory + "/smolvm", std::filesystem::perms::owner_all);
    return directory;
  }
  std::string faulty(const std::string& number, const std::string& fault) const {
    return wrapped(number, "SMOLVM_STANDIN_FAULT=" + fault + " exec $real \"$@\"");
  }
  static int count_of(const std::string& line, const std::string& file) {
    std::ifstream in(file);
    int count = 0;
    for (std::string each; std::getline(in, each);) count += each == line ? 1 : 0;
    return count;
  }
  // As its installer has it: program and wrapper in one directory, without an agent-rootfs.
  std::string installed(const std::string& number) const {
    const std::string directory =
        wrapped(number, "SMOLVM_STANDIN_VERSION=" + number + " exec ${0%/*}/smolvm-bin \"$@\"");
    const std::string programs = version("bin") + "/smolvm-standin";
    std::filesystem::copy_file(programs, directory + "/smolvm-bin");
    std::filesystem::copy_file(programs + "-agent", directory + "/smolvm-standin-agent");
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
    EXPECT_EQ(run_command_line({"sh", "-c", "grep -l '_boot-v[m]' /proc/[0-9]*/cmdline 2> /dev/null"}, {},
                               std::chrono::seconds(10))
                  .out,
              "");
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(scratch_ / "", none)) {
      if (!entry.path().filename().string().starts_with("bottle-verify-")) continue;
      EXPECT_TRUE(std::filesystem::is_empty(entry.path())) << entry.path();
    }
  }

  // Once smolvm is well again, which a file beside its wrapper says.
  void expect_cleanup_takes_it_away() const {
    scratch_.write("bin/smolvm.well", "");
    const Ran cleaned = run(scratch_ / "bin", {"cleanup"});
    EXPECT_THAT(cleaned.out + cleaned.err, testing::HasSubstr("machine bottle-verify-"));
    expect_nothing_left();
    std::filesystem::remove(scratch_ / "bin/smolvm.well");
  }

  Scratch scratch_;
};

}  // namespace bottle
