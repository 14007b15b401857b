// The file action.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "harness/digest.h"
#include "tests/probes/support/prober.h"

namespace bottle::testing {
namespace {

Json file(const std::string& operation, const std::string& path, const std::string& send = {}) {
  return {{"action", "file"}, {"op", operation}, {"path", path}, {"send", base64(send)}};
}

TEST(File, ReadTellsSizeHashAndHead) {
  const TempDirectory directory;
  const std::string bytes(5000, 'a');
  const Json line = run_action(file("read", directory.write("secret", bytes)));
  EXPECT_EQ(line["stage"], "done");
  EXPECT_EQ(line["reply"]["from"], "file");
  EXPECT_EQ(line["reply"]["bytes"], 5000);
  EXPECT_EQ(line["reply"]["sha256"], sha256_hex(bytes));
  EXPECT_EQ(head_of(line), bytes.substr(0, 2048));
}

TEST(File, ReadStopsAtTheCapAndSaysSo) {
  const TempDirectory directory;
  Json line = run_action(file("read", directory.write("big", std::string(200'000, 'a'))));
  EXPECT_EQ(line["reply"]["bytes"], 64 * 1024);
  EXPECT_EQ(line["detail"], "the first of 200000 bytes");
  line = run_action(file("read", "/dev/zero"));
  EXPECT_EQ(line["reply"]["bytes"], 64 * 1024);
}

TEST(File, WriteReplacesWhatWasThere) {
  const TempDirectory directory;
  const std::string path = directory.write("canary", "something longer");
  const Json line = run_action(file("write", path, "short"));
  EXPECT_EQ(line["stage"], "done");
  EXPECT_EQ(sent_by(line), "data");
  std::ifstream stream(path);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(stream), {}), "short");
}

TEST(File, ListIsSorted) {
  const TempDirectory directory;
  directory.write("b", "");
  directory.write("a", "");
  EXPECT_EQ(head_of(run_action(file("list", directory.path()))), "a\nb\n");
}

TEST(File, RefusalsAreNamed) {
  const TempDirectory directory;
  const Json line = run_action(file("read", directory / "none"));
  EXPECT_EQ(line["stage"], "connect");
  EXPECT_EQ(line["error"], "ENOENT");
  EXPECT_EQ(run_action(file("read", directory.path()))["error"], "EISDIR");
  EXPECT_EQ(run_action(file("list", directory.write("plain", "")))["error"], "ENOTDIR");
  EXPECT_EQ(run_action(file("write", directory / "no/such", "x"))["error"], "ENOENT");
}

TEST(File, AFifoDoesNotHang) {
  const TempDirectory directory;
  const std::string path = directory / "fifo";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(run_action(file("read", path))["reply"]["bytes"], 0);
  EXPECT_EQ(run_action(file("write", path, "x"))["error"], "ENXIO");
}

}  // namespace
}  // namespace bottle::testing
