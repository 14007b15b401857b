// Whether this host is heard at the lab: by a lab of its own beside the test, and where there is none.
#include "backends/smolmachines/host_road.h"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include "backends/namespaces/host_lab.h"
#include "harness/bottle.h"
#include "tests/harness/temp_folder.h"

namespace bottle::smolmachines {
namespace {

using testing::HasSubstr;

// Of the loopback, and nobody else's: another test of this suite may run beside this one.
std::string own_address(int last) {
  const int pid = ::getpid();
  return "127." + std::to_string(64 + pid / 250 % 64) + "." + std::to_string(pid % 250) + "." + std::to_string(last);
}
const std::string kLabs = own_address(1), kStrangers = own_address(2), kNobodys = own_address(3);

class HostRoad : public testing::Test {
 protected:
  void SetUp() override {
    warden::HostLab::Sockets sockets;
    sockets.canaries.push_back({"here", kLabs, warden::bind_at(kLabs, kNearbyPort, SOCK_STREAM)});
    ASSERT_TRUE(sockets.canaries.front().socket);
    auto started = warden::HostLab::start(BOTTLE_BUILD_DIR "/libexec/bottle-lab", {}, sockets, folder_.path() / "log");
    ASSERT_TRUE(started) << started.error().what;
    lab_.emplace(std::move(*started));
  }
  TempFolder folder_;
  std::optional<warden::HostLab> lab_;
};

TEST_F(HostRoad, IsThereWhereTheLabHeardTheWord) {
  const auto shown = show_that_host_is_heard(lab_->lab, kLabs);
  EXPECT_TRUE(shown) << shown.error().what;
}

TEST_F(HostRoad, IsNotThereWhereNobodyOrSomebodyElseAnswers) {
  const Fd stranger = warden::bind_at(kStrangers, kNearbyPort, SOCK_STREAM);
  ASSERT_TRUE(stranger);
  for (const auto& [address, why] : {std::pair{kNobodys, "refused"}, {kStrangers, "somebody else"}}) {
    const auto shown = show_that_host_is_heard(lab_->lab, address);
    ASSERT_FALSE(shown) << address;
    EXPECT_EQ(shown.error().fault, Fault::unavailable);
    EXPECT_THAT(shown.error().what, HasSubstr(std::string("this host dialled ") + address + ":4444"));
    EXPECT_THAT(shown.error().what, HasSubstr(why));
  }
}

TEST_F(HostRoad, IsNotBelievedOfALabThatIsGone) {
  lab_->process.kill();
  EXPECT_FALSE(show_that_host_is_heard(lab_->lab, kLabs));
}

}  // namespace
}  // namespace bottle::smolmachines
