#include "tests/probes/support/prober.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

#include "harness/digest.h"

namespace bottle::testing {
namespace {

using File = std::unique_ptr<FILE, int (*)(FILE*)>;

// Files, not pipes: nothing can block on them.
File temporary(const std::string& bytes = {}) {
  File file(std::tmpfile(), std::fclose);
  std::fwrite(bytes.data(), 1, bytes.size(), file.get());
  std::fflush(file.get());
  std::rewind(file.get());
  return file;
}

std::string contents(FILE* file) {
  std::string text;
  char buffer[4096];
  std::rewind(file);
  for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, file)) > 0;) text.append(buffer, got);
  return text;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

int wait_for_exit(pid_t child) {
  int status = 0;
  for (int waited_ms = 0; waited_ms < 60'000; waited_ms += 2) {
    if (::waitpid(child, &status, WNOHANG) == child)
      return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    ::poll(nullptr, 0, 2);
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, &status, 0);
  return -1;
}

void read_lines(ProberRun& run) {
  std::string_view rest = run.out;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    ASSERT_NE(end, std::string_view::npos) << "the last line is cut short";
    Json line = Json::parse(rest.substr(0, end), nullptr, false);
    rest.remove_prefix(end + 1);
    ASSERT_TRUE(line.is_object());
    ASSERT_TRUE(run.end.is_null()) << "a line after the end mark";
    const std::string mark = line.value("mark", "");
    (mark == "start" ? run.start : mark == "end" ? run.end : run.lines.emplace_back()) = std::move(line);
  }
}

}  // namespace

Json ProberRun::line(const std::string& nonce) const {
  Json found;
  for (const Json& one : lines) {
    if (one.value("nonce", "") != nonce) continue;
    EXPECT_TRUE(found.is_null()) << nonce << " is reported twice";
    found = one;
  }
  EXPECT_FALSE(found.is_null()) << nonce << " is not reported";
  return found.is_null() ? Json::object() : found;
}

ProberRun run_with_input(const std::vector<std::string>& argv, const std::string& input,
                         const std::map<std::string, std::string>& environment) {
  const File in = temporary(input), out = temporary(), err = temporary();
  std::vector<std::string> words = argv, variables;
  for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!environment.contains(text.substr(0, text.find('=')))) variables.push_back(text);
  }
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_adddup2(&files, ::fileno(in.get()), 0);
  ::posix_spawn_file_actions_adddup2(&files, ::fileno(out.get()), 1);
  ::posix_spawn_file_actions_adddup2(&files, ::fileno(err.get()), 2);
  const auto began = std::chrono::steady_clock::now();
  pid_t child = -1;
  const int failed = ::posix_spawnp(&child, words[0].c_str(), &files, nullptr, pointers_to(words).data(),
                                    pointers_to(variables).data());
  ::posix_spawn_file_actions_destroy(&files);
  ProberRun run;
  EXPECT_EQ(failed, 0) << words[0];
  if (failed != 0) return run;
  run.exit = wait_for_exit(child);
  run.wall = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
  run.out = contents(out.get());
  run.err = contents(err.get());
  return run;
}

ProberRun run_batch(const Json& actions, const BatchWish& wish) {
  const Json batch = {{"batch", "bvTEST"},
                      {"deadline_ms", wish.deadline_ms},
                      {"workers", wish.workers},
                      {"secrets", wish.secrets},
                      {"actions", actions}};
  ProberRun run = run_with_input(wish.argv, batch.dump(), wish.environment);
  EXPECT_EQ(run.exit, 0) << run.err;
  read_lines(run);
  EXPECT_EQ(run.start.value("batch", ""), "bvTEST");
  EXPECT_EQ(run.end.value("batch", ""), "bvTEST");
  EXPECT_EQ(run.lines.size(), actions.size());
  EXPECT_EQ(run.end.value("reported", 0u), actions.size());
  return run;
}

Json run_action(Json action) {
  action["nonce"] = "bvONE";
  return run_batch(Json::array({std::move(action)})).line("bvONE");
}

std::string base64(const std::string& bytes) { return to_base64(bytes); }

std::string head_of(const Json& line) {
  if (!line.contains("reply")) return {};
  return from_base64(line["reply"].value("head", "")).value_or("");
}

std::string sent_by(const Json& line) {
  std::string names;
  for (const Json& segment : line.value("sent", Json::array())) {
    if (!names.empty()) names += ',';
    names += segment.value("what", "");
  }
  return names;
}

TempDirectory::TempDirectory() : path_("/tmp/probes-test.XXXXXX") {
  if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("mkdtemp");
}

TempDirectory::~TempDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TempDirectory::write(const std::string& name, const std::string& bytes) const {
  std::ofstream(path_ + "/" + name, std::ios::binary) << bytes;
  return path_ + "/" + name;
}

}  // namespace bottle::testing
