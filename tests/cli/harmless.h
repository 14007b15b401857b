// What a run must be whatever its agent did: small, short, readable by everybody, and over when it is over.
#pragma once

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "harness/safe_text.h"
#include "tests/cli/program.h"
#include "tests/sanitized.h"

namespace bottle {

inline constexpr long kMostMemoryKiB = 64 << 10;
inline constexpr std::chrono::seconds kLongestRun{50};  // three execs at their deadline, and a busy machine

// Before the run: what outlives its parent becomes our child, so that nothing can hide.
inline void adopt_orphans() { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }

inline void expect_nobody_left() {
  for (int tries = 0; tries < 200; ++tries) {
    const pid_t reaped = ::waitpid(-1, nullptr, WNOHANG);
    if (reaped < 0 && errno == ECHILD) return;
    if (reaped == 0) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ADD_FAILURE() << "something of the bottle still runs";
}

// Of the largest child of this process so far, and of what that had waited for.
inline void expect_small() {
  rusage used{};
  ::getrusage(RUSAGE_CHILDREN, &used);
  if (!kSanitized) {
    EXPECT_LT(used.ru_maxrss, kMostMemoryKiB);
  }
}

// Nothing that a terminal obeys.
inline void expect_plain_text(const std::string& text, const std::string& where) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    ASSERT_TRUE((byte >= 0x20 && byte != 0x7f) || c == '\n' || c == '\t') << where << " holds a control character";
  }
  ASSERT_TRUE(safe_text(text, std::string::npos) == text) << where;
}

// Nor a CI runner, which reads what a program prints and takes orders at the beginning of a line.
inline void expect_no_orders(const std::string& printed) {
  expect_plain_text(printed, "the console");
  std::istringstream lines(printed);
  for (std::string line; std::getline(lines, line);) {
    const auto first = line.find_first_not_of(" \t");
    EXPECT_FALSE(first != std::string::npos && line.compare(first, 2, "::") == 0) << line;
    EXPECT_EQ(line.find("##["), std::string::npos) << line;
  }
}

// By validators that are not ours, where this machine has them.
inline void expect_valid_reports(const std::string& folder) {
  if (kSanitized) return;  // they are the same texts: the plain build's tests hold them to their schemas
  const auto done = run_process({.argv = {"/usr/bin/python3", BOTTLE_SOURCE_DIR "/tests/reports/validate.py", "given",
                                          "--folder", folder, "--cache", BOTTLE_BUILD_DIR "/cache/sarif-schema"},
                                 .environment = test_environment()},
                                {.timeout = std::chrono::seconds(60)});
  ASSERT_TRUE(done) << done.error().what;
  const std::string ending = describe(done->ending);
  EXPECT_TRUE(ending == "exit 0" || ending == "exit 77") << done->out << done->err;
}

}  // namespace bottle
