#include "harness/git_answer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace bottle {
namespace {

std::string packet(const std::string& content) { return fmt::format("{:04x}", content.size() + 4) + content; }

TEST(GitAnswer, ReadsLikeGitsOwn) {
  const std::string report = packet("unpack ok\n") + packet("ng refs/heads/x pre-receive hook declined\n") + "0000";
  // The words are cut into packets wherever a pipe's reader happened to stop.
  const std::string bytes =
      packet("\x02git-gate: den") + packet("\x02ied by dlp: rule r in blob x\n") + packet("\x01" + report) + "0000";
  EXPECT_EQ(text_of_git_answer(bytes),
            "remote: git-gate: denied by dlp: rule r in blob x\nunpack ok\nng refs/heads/x pre-receive hook "
            "declined\n");
}

TEST(GitAnswer, OfACutOneWhatThereIs) {
  EXPECT_EQ(text_of_git_answer(packet("\x02git-gate: denied by dlp\n") + "00ff\x01"
                                                                         "0010unpack"),
            "remote: git-gate: denied by dlp\nunpack");
}

TEST(GitAnswer, OtherAnswersStayAsTheyAre) {
  for (const char* bytes : {"", "0000", "HTTP/1.1 403 Forbidden\r\n\r\n", "bvaaaaaaaaaaaaaaaaaaaa bottle-verify\n",
                            "0003", "0009hello", "-001", "0x10", "000"})
    EXPECT_FALSE(text_of_git_answer(bytes)) << bytes;
}

}  // namespace
}  // namespace bottle
