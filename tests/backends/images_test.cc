// The images' keys, and what `pack` makes: unpacked, and entered with chroot in a user namespace of the test's own.
#include "backends/docker/images.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

#include "harness/digest.h"
#include "harness/process.h"
#include "tests/harness/temp_folder.h"
#include "tests/sanitized.h"

namespace bottle::docker {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;

Install install() { return {BOTTLE_BUILD_DIR "/libexec", BOTTLE_BUILD_DIR "/share"}; }

// A list, a `pack` and helpers that a test may change.
class ImageKey : public testing::Test {
 protected:
  ImageContent content(const std::string& list) {
    return {folder_.write("list", list), folder_.write("bottle-hand", "hand"), {folder_.write("helper", "helper")}};
  }
  std::string key(const ImageContent& content) {
    const auto key = image_key(content);
    EXPECT_TRUE(key) << key.error().what;
    return key ? *key : "";
  }
  std::string in_folder(const std::string& name) const { return (folder_.path() / name).string(); }
  void SetUp() override { folder_.write("pack", "#!/bin/bash\n"); }

  TempFolder folder_;
};

TEST_F(ImageKey, IsSixteenDigitsAndTheSameAsLongAsNothingChanges) {
  const auto image = content("sh\n\n# a comment\n?no-such-program\n/etc/passwd");
  EXPECT_THAT(key(image), testing::MatchesRegex("[0-9a-f]{16}"));
  EXPECT_EQ(key(image), key(image));
}

TEST_F(ImageKey, ChangesWithAHelperOrAProgram) {
  folder_.write("program", "one");
  const auto image = content(in_folder("program") + "\n");
  std::string before = key(image);
  const auto has_changed = [&] { return std::exchange(before, key(image)) != before; };
  EXPECT_FALSE(has_changed());
  folder_.write("program", "longer");
  EXPECT_TRUE(has_changed());
  folder_.write("helper", "longer helper");
  EXPECT_TRUE(has_changed());
  folder_.write("bottle-hand", "longer hand");
  EXPECT_TRUE(has_changed());
  const timespec times[2] = {{1, 0}, {1, 5}};  // of the same size, but younger or older
  ASSERT_EQ(::utimensat(AT_FDCWD, in_folder("helper").c_str(), times, 0), 0);
  EXPECT_TRUE(has_changed());
  fs::rename(in_folder("program"), in_folder("real"));
  fs::create_symlink("real", in_folder("program"));
  EXPECT_TRUE(has_changed());
  EXPECT_FALSE(has_changed());
}

TEST_F(ImageKey, ChangesWithTheListOrTheScript) {
  const auto image = content("sh\n");
  const std::string before = key(image);
  folder_.write("list", "sh\n#\n");
  EXPECT_NE(key(image), before);
  folder_.write("list", "sh\n");
  EXPECT_EQ(key(image), before);
  folder_.write("pack", "#!/bin/bash -e\n");
  EXPECT_NE(key(image), before);
}

TEST_F(ImageKey, ChangesWithWhatIsOptionalAndWithAListThatIsNamed) {
  folder_.write("other.list", "?" + in_folder("perhaps") + "\n");
  const auto image = content("sh\n@other.list\n");
  const std::string without = key(image);
  folder_.write("perhaps", "now there");
  const std::string with = key(image);
  EXPECT_NE(with, without);
  folder_.write("other.list", "# nothing\n");
  EXPECT_NE(key(image), with);
}

TEST_F(ImageKey, WithoutAProgramOrAFileIsAnError) {
  const auto missing = image_key(content("sh\nno-such-program\n"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().fault, Fault::unavailable);
  EXPECT_EQ(missing.error().what, "list names 'no-such-program', which this host does not have");
  EXPECT_FALSE(image_key(content("@list\n")));
  EXPECT_FALSE(image_key(content("@nowhere.list\n")));
  const auto image = content("sh\n");
  fs::remove(in_folder("helper"));
  EXPECT_FALSE(image_key(image));
}

ExecResult run(const Command& command) {
  auto result = run_process(command, {.timeout = 60s, .output_bytes = std::size_t{1} << 30});
  if (!result) throw std::runtime_error(result.error().what);
  return *result;
}

ExecResult pack(const ImageContent& content, std::vector<std::string> around = {}, const std::string& scratch = {}) {
  Command command = pack_command(content);
  command.argv.insert(command.argv.begin(), around.begin(), around.end());
  if (!scratch.empty()) command.environment["TMPDIR"] = scratch;
  return run(command);
}

// An image's root, unpacked.
class Root {
 public:
  explicit Root(const ExecResult& packed) {
    EXPECT_TRUE(succeeded(packed)) << describe(packed.ending) << ": " << packed.err;
    const auto unpacked =
        run({{"tar", "--extract", "--no-same-owner", "--preserve-permissions", "-C", folder_.path().string()},
             {},
             packed.out});
    EXPECT_TRUE(succeeded(unpacked)) << unpacked.err;
  }
  // In there, as root of a user namespace, with the host's devices and no network.
  ExecResult shell(const std::string& script, const std::string& input = {}) const {
    const std::string enter = "mount --rbind /dev \"$0/dev\" && exec chroot \"$0\" /bin/bash -c \"$1\"";
    return run({{"/usr/bin/unshare", "-Urnm", "/bin/sh", "-c", enter, folder_.path().string(), script},
                {{"PATH", kImagePath}, {"HOME", "/root"}},
                input});
  }
  fs::path path() const { return folder_.path(); }

 private:
  TempFolder folder_;
};

std::string bytes_of(const fs::path& path) {
  std::string bytes(fs::file_size(path), '\0');
  std::ifstream(path, std::ios::binary).read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return bytes;
}

TEST(AgentImage, HasEverythingThatItsListNamesAndItRuns) {
  const auto content = agent_image(install());
  ASSERT_TRUE(content) << content.error().what;
  EXPECT_TRUE(image_key(*content));
  const Root root(pack(*content));
  const std::string missing = R"(while read -r name; do
      case $name in
        '' | '#'* | '?'*) ;;
        /*) [ -e "$name" ] || echo "$name" ;;
        *) type -P "$name" > /dev/null || echo "$name" ;;
      esac
    done)";
  const auto named = root.shell(missing, bytes_of(content->list));
  EXPECT_EQ(named.out + named.err, "");
  for (const std::string program : {"curl --version", "git --version", "setsid --version", "hostname --version",
                                    "getent passwd agent", "ls --version", "sed --version", "tar --version"}) {
    const auto ran = root.shell(program);
    EXPECT_TRUE(succeeded(ran)) << program << ": " << ran.err;
  }
  EXPECT_THAT(root.shell("getent passwd 1000").out, HasSubstr("agent:x:1000:1000"));
  const std::string commit =
      "mkdir /tmp/r; cd /tmp/r; git init -q; git -c user.name=a -c user.email=b "
      "commit -q --allow-empty -m c && git log --format=%s";
  EXPECT_EQ(root.shell(commit).out, "c\n");
  EXPECT_THAT(root.shell("git ls-remote https://127.0.0.1/x").err, HasSubstr("unable to access"));  // by its helper
  EXPECT_EQ(bytes_of(root.path() / "bottle-hand"), bytes_of(install().libexec / "bottle-hand"));
  EXPECT_THAT(root.shell("/bottle-hand").err, HasSubstr("bottle-hand hold"));
  struct stat temporary {};
  ASSERT_EQ(::stat((root.path() / "tmp").c_str(), &temporary), 0);
  EXPECT_EQ(temporary.st_mode & 07777, 01777u);
  EXPECT_FALSE(fs::exists(root.path() / install().libexec.relative_path()));
}

TEST(HarnessImage, HasTheHelpersWhereTheHostHasThemAndTheyStart) {
  const auto content = harness_image(install());
  ASSERT_TRUE(content) << content.error().what;
  const Root root(pack(*content));
  const std::string libexec = install().libexec.string();
  for (const std::string helper : {"bottle-lab", "bottle-bundle", "bottle-prober", "bottle-hand"}) {
    const std::string path = libexec + "/" + helper;
    EXPECT_TRUE(bytes_of(root.path() / path.substr(1)) == bytes_of(path)) << helper;
  }
  if (kSanitized) GTEST_SKIP() << "what is instrumented does not start without /proc";
  const auto start = [&](const std::string& helper) {
    const auto ran = root.shell(libexec + "/" + helper + " < /dev/null");
    return describe(ran.ending) + " " + ran.err;
  };
  EXPECT_EQ(start("bottle-lab"), "exit 0 ");  // whose stdin has ended
  EXPECT_THAT(start("bottle-bundle"), HasSubstr("BOTTLE_BUNDLE_ADDRESS"));
  EXPECT_THAT(start("bottle-prober"), HasSubstr("the batch"));
}

// This host's programs are of no use there, so nothing may be packed out of them.
TEST_F(ImageKey, OfAnotherKindOfMachineIsThatOfWhatWasPackedThere) {
  Install guest{.libexec = folder_.path() / "s390x-linux", .share = install().share, .guest = "s390x-linux"};
  fs::create_directories(guest.libexec / "images");
  for (const auto& made : {agent_image(guest), harness_image(guest)}) {
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().fault, Fault::unavailable);
  }
  folder_.write("s390x-linux/bottle-hand", "#!/bin/sh\n");
  fs::permissions(guest.libexec / "bottle-hand", fs::perms::owner_all);
  const auto without = agent_image(guest);
  ASSERT_FALSE(without);
  EXPECT_THAT(without.error().what, HasSubstr("agent.tar"));
  EXPECT_THAT(without.error().what, HasSubstr("ci/guest-programs"));
  folder_.write("s390x-linux/images/agent.tar", "one");
  const auto image = agent_image(guest);
  ASSERT_TRUE(image) << image.error().what;
  EXPECT_EQ(image->packed, guest.libexec / "images/agent.tar");
  const std::string before = key(*image);
  EXPECT_EQ(key(*image), before);
  folder_.write("s390x-linux/images/agent.tar", "longer");
  EXPECT_NE(key(*image), before);
}

class Pack : public ImageKey {
 protected:
  Pack() {
    fs::remove(folder_.path() / "pack");
    fs::copy_file(install().share / "images/pack", folder_.path() / "pack");
    ::chmod(folder_.path().c_str(), 0755);
  }
  void SetUp() override {}
};

TEST_F(Pack, IsTheSameForTheSameAndForAnybody) {
  const auto image = content("sh\ncurl\n?no-such-program\n");
  const auto first = pack(image);
  ASSERT_TRUE(succeeded(first)) << first.err;
  EXPECT_EQ(sha256_hex(pack(image).out), sha256_hex(first.out));
  if (::geteuid() != 0) return;
  const auto nobody = pack(image, {"/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"});
  EXPECT_EQ(sha256_hex(nobody.out), sha256_hex(first.out)) << nobody.err;
}

TEST_F(Pack, KeepsLinksAndGivesEverythingToRoot) {
  folder_.write("target file", "text");
  fs::create_symlink("target file", in_folder("link"));
  fs::create_directory(in_folder("odd\n& $name"));
  folder_.write("odd\n& $name/inner", "odd");
  const auto packed = pack(content("sh\n" + in_folder("link") + "\n" + folder_.path().string() + "\n"));
  const auto listed = run({{"tar", "--list", "--verbose", "--numeric-owner"}, {}, packed.out});
  const std::string here = folder_.path().string().substr(1);
  EXPECT_THAT(listed.out, HasSubstr(here + "/link -> target file\n"));
  EXPECT_THAT(listed.out, HasSubstr(here + "/target file\n"));
  EXPECT_THAT(listed.out, HasSubstr(here + "/odd\\n& $name/inner\n"));
  EXPECT_THAT(listed.out, testing::ContainsRegex("-rwxr-xr-x 0/0 +4 .* bottle-hand\n"));
  EXPECT_THAT(listed.out, testing::ContainsRegex("ld-linux|ld-musl|/ld"));
  std::size_t lines = 0, roots = 0;
  for (auto at = listed.out.find('\n'); at != std::string::npos; at = listed.out.find('\n', at + 1)) ++lines;
  for (auto at = listed.out.find(" 0/0 "); at != std::string::npos; at = listed.out.find(" 0/0 ", at + 1)) ++roots;
  EXPECT_EQ(roots, lines);
}

TEST_F(Pack, ThatCannotBeMadeSaysWhyInOneLineAndLeavesNothing) {
  const auto scratch = folder_.path() / "scratch";
  fs::create_directory(scratch);
  const auto complaint = [&](const ImageContent& image) {
    const auto packed = pack(image, {}, scratch.string());
    EXPECT_EQ(describe(packed.ending), "exit 1");
    EXPECT_EQ(packed.out, "");
    EXPECT_TRUE(fs::is_empty(scratch));
    return packed.err;
  };
  EXPECT_EQ(complaint(content("sh\nno-such-program\n")),
            "pack: list names 'no-such-program', which this host does not have\n");
  EXPECT_THAT(complaint(content("@nowhere.list\n")), HasSubstr("no such list"));
  EXPECT_THAT(complaint(content("@list\n")), HasSubstr("named twice"));
  auto image = content("sh\n");
  image.files = {"relative"};
  EXPECT_THAT(complaint(image), HasSubstr("'relative'"));
  image.files = {"/nowhere/helper"};
  EXPECT_THAT(complaint(image), HasSubstr("'/nowhere/helper'"));
  EXPECT_TRUE(succeeded(pack(content("sh\n"), {}, scratch.string())));
  EXPECT_TRUE(fs::is_empty(scratch));
}

TEST(PackScript, LooksForProgramsWhereTheKeyDoes) {
  EXPECT_THAT(bytes_of(install().share / "images/pack"), HasSubstr(std::string("PATH=") + kImagePath + " "));
}

}  // namespace
}  // namespace bottle::docker
