// The program itself: static, and at home in a bottle that has nothing.
#include <elf.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "tests/probes/support/prober.h"
#include "tests/probes/support/servers.h"

namespace bottle::testing {
namespace {

TEST(Binary, NeedsNoInterpreter) {
  std::ifstream file(kProber, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  ASSERT_GT(bytes.size(), sizeof(Elf64_Ehdr));
  Elf64_Ehdr header;
  std::memcpy(&header, bytes.data(), sizeof header);
  ASSERT_EQ(std::memcmp(header.e_ident, ELFMAG, SELFMAG), 0);
  ASSERT_GT(header.e_phnum, 0);
  for (int i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    std::memcpy(&segment, bytes.data() + header.e_phoff + static_cast<std::size_t>(i) * header.e_phentsize,
                sizeof segment);
    EXPECT_NE(segment.p_type, static_cast<Elf64_Word>(PT_INTERP));
    EXPECT_NE(segment.p_type, static_cast<Elf64_Word>(PT_DYNAMIC));
  }
}

TEST(Binary, TellsItsVersionAndItsUse) {
  EXPECT_EQ(run_with_input({kProber, "--version"}, "").out, "bottle-prober 1\n");
  EXPECT_EQ(run_with_input({kProber, "--help"}, "").exit, 0);
  EXPECT_EQ(run_with_input({kProber, "--nonsense"}, "").exit, 2);
}

// A root with nothing but the prober: no /proc, no /tmp, no /etc, no /dev.
TEST(Binary, RunsInAnEmptyReadOnlyRoot) {
  if (run_with_input({"unshare", "-rm", "true"}, "").exit != 0) GTEST_SKIP() << "user namespaces are not allowed here";
  const TempDirectory root;
  std::filesystem::copy_file(kProber, root / "prober");
  ::chmod((root / "prober").c_str(), 0755);
  const RefusingPort refusing;
  const Json actions = {
      {{"nonce", "bvTCP"}, {"action", "tcp"}, {"address", "127.0.0.1"}, {"port", refusing.port()}},
      {{"nonce", "bvDNS"}, {"action", "dns"}, {"transport", "udp"}, {"server", "default"}, {"message", base64("x")}},
      {{"nonce", "bvCLIENT"}, {"action", "client"}, {"steps", {{"true"}}}},
      {{"nonce", "bvTLS"}, {"action", "http"}, {"address", "127.0.0.1"}, {"port", refusing.port()}, {"request", ""}},
      {{"nonce", "bvWRITE"}, {"action", "file"}, {"op", "write"}, {"path", "/new"}, {"send", base64("x")}},
  };
  const ProberRun run = run_batch(
      actions, {.argv = {"unshare", "-rm", "sh", "-ec",
                         "mount --bind \"$0\" \"$0\"; mount -o remount,bind,ro \"$0\"; exec chroot \"$0\" /prober",
                         root.path()}});
  EXPECT_EQ(run.line("bvTCP")["error"], "ECONNREFUSED");
  EXPECT_EQ(run.line("bvDNS")["error"], "ENOENT");
  EXPECT_EQ(run.line("bvCLIENT")["error"], "ENOENT");
  EXPECT_EQ(run.line("bvTLS")["error"], "ECONNREFUSED");
  EXPECT_EQ(run.line("bvWRITE")["error"], "EROFS");
}

TEST(Binary, EndsWhenNobodyReads) {
  const Json action = {{"nonce", "bv"}, {"action", "client"}, {"steps", {{"sleep", "30"}}}, {"timeout_ms", 30000}};
  const Json batch = {{"batch", "b"}, {"deadline_ms", 30000}, {"workers", 2}, {"actions", {action, 5}}};
  // The reader is gone before the prober writes its first line.
  const ProberRun run =
      run_with_input({"bash", "-c", "set -o pipefail; (sleep 0.2; exec \"$0\") | true", kProber}, batch.dump());
  EXPECT_EQ(run.exit, 1);
  EXPECT_LT(run.wall, std::chrono::seconds(5));
}

TEST(Binary, WorksWhereNoThreadMayBeStarted) {
  const RefusingPort refusing;
  Json actions = Json::array();
  for (int i = 0; i < 5; ++i) {
    actions.push_back(
        {{"nonce", "bv" + std::to_string(i)}, {"action", "tcp"}, {"address", "127.0.0.1"}, {"port", refusing.port()}});
  }
  // An ordinary user's processes are counted; root's are not, so a user namespace of another user is needed.
  if (run_with_input({"setpriv", "--reuid=64000", "--clear-groups", "true"}, "").exit != 0) GTEST_SKIP() << "not root";
  const TempDirectory directory;
  ::chmod(directory.path().c_str(), 0755);
  std::filesystem::copy_file(kProber, directory / "prober");
  const ProberRun run = run_batch(actions, {.argv = {"setpriv", "--reuid=64000", "--clear-groups", "--no-new-privs",
                                                     "prlimit", "--nproc=1", directory / "prober"}});
  for (const Json& line : run.lines) EXPECT_EQ(line["error"], "ECONNREFUSED");
}

}  // namespace
}  // namespace bottle::testing
