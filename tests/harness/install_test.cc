// Install: what is whole is found, what is missing is named.
#include "harness/install.h"
#include "harness/platform/own_program.h"

#include <gmock/gmock.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <fstream>

namespace bottle {
namespace {

TEST(Install, NamesTheHelperThatIsMissing) {
  const Install install{"/nowhere/libexec", "/nowhere/share"};
  const auto helper = install.helper("bottle-lab");
  ASSERT_FALSE(helper.has_value());
  EXPECT_EQ(helper.error().fault, Fault::unavailable);
  EXPECT_THAT(helper.error().what, testing::HasSubstr("/nowhere/libexec/bottle-lab"));
}

TEST(Install, OnlyAnExecutableFileIsAHelper) {
  std::string folder = testing::TempDir() + "/bottle-install-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const Install install{folder, folder};
  const std::string program = folder + "/bottle-lab";
  std::ofstream(program) << "#!/bin/sh\n";
  ::chmod(program.c_str(), 0755);
  EXPECT_TRUE(install.helper("bottle-lab").has_value());
  EXPECT_FALSE(install.helper("").has_value());  // the folder itself
  std::filesystem::remove_all(folder);
}

TEST(Install, TakesTheFoldersBesideTheExecutableOrSaysWhereItLooked) {
  const auto folder = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  const auto install = Install::locate();
  if (std::filesystem::exists(folder / "libexec") && std::filesystem::exists(folder / "share")) {
    ASSERT_TRUE(install.has_value());
    EXPECT_EQ(install->libexec, folder / "libexec");
    return;
  }
  ASSERT_FALSE(install.has_value());
  EXPECT_EQ(install.error().fault, Fault::unavailable);
  EXPECT_THAT(install.error().what, testing::HasSubstr((folder / "libexec").string()));
  EXPECT_THAT(install.error().what, testing::HasSubstr("libexec/bottle-verify"));
}

TEST(Install, AMachineIsNamedAlikeByUnameAndByAnEngine) {
  EXPECT_EQ(platform_named("Linux aarch64\n"), "aarch64-linux");
  EXPECT_EQ(platform_named("Linux x86_64"), "x86_64-linux");
  EXPECT_EQ(platform_named("arm64"), "aarch64-linux");
  EXPECT_EQ(platform_named("amd64"), "x86_64-linux");
  EXPECT_EQ(platform_named("Darwin arm64"), "");
  EXPECT_EQ(platform_named("Linux riscv64"), "");
  EXPECT_EQ(platform_named(""), "");
}

TEST(Install, AGuestOfAnotherKindHasAFolderOfItsOwnOrNothing) {
  const std::filesystem::path folder = testing::TempDir() + "install-guest-" + std::to_string(::getpid());
  std::filesystem::create_directories(folder / "s390x-linux");
  const Install install{.libexec = folder, .share = folder};
  EXPECT_EQ(install.for_guest("")->libexec, folder);
  EXPECT_EQ(install.for_guest(own_platform())->libexec, folder);
  EXPECT_TRUE(install.for_guest(own_platform())->guest.empty());
  const auto other = install.for_guest("s390x-linux");
  ASSERT_TRUE(other.has_value());
  EXPECT_EQ(other->libexec, folder / "s390x-linux");
  EXPECT_EQ(other->guest, "s390x-linux");
  EXPECT_FALSE(other->helper("bottle-prober").has_value());
  const auto none = install.for_guest("riscv64-linux");
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().fault, Fault::unavailable);
  EXPECT_THAT(none.error().what, testing::HasSubstr("riscv64-linux"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace bottle
