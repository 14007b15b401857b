// Install: what is whole is found, what is missing is named.
#include "harness/install.h"

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

}  // namespace
}  // namespace bottle
