// Both ends of a switchboard, and an end that is not what it should be.
#include "backends/attach/switchboard.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <optional>
#include <thread>

#include "harness/platform/no_broken_pipe.h"
#include "harness/streams.h"

namespace bottle::attach {
namespace {

using Caller = Switchboard::Caller;

std::pair<Fd, Fd> pair_of(int type) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()), 0);
  return {Fd(ends[0]), Fd(ends[1])};
}

std::string read_some(const Fd& fd) {
  std::array<char, 65536> bytes{};
  pollfd watched{fd.get(), POLLIN, 0};
  if (::poll(&watched, 1, 5000) <= 0) return "(nothing)";
  const ssize_t got = ::recv(fd.get(), bytes.data(), bytes.size(), 0);
  return {bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
}

// One whose callers come in here, and one in a thread that connects them.
class Switchboards : public testing::Test {
 protected:
  ~Switchboards() override {
    near_.reset();
    up_->write.reset();
    down_->read.reset();
    if (far_.joinable()) far_.join();
  }
  void connect_with(Switchboard::Connect connect) {
    near_.emplace(down_->read.get(), up_->write.get(), Switchboard::Connect());
    far_ = std::thread([this, connect = std::move(connect)] {
      const NoBrokenPipeSignal quiet;
      Switchboard board(up_->read.get(), down_->write.get(), connect);
      std::vector<pollfd> nobody;
      while (board.go_on(nobody)) {
      }
      down_->write.reset();
    });
  }
  // Until `fd` has something to read.
  void go_on_until(const Fd& fd) {
    std::vector<pollfd> other = {{fd.get(), POLLIN, 0}};
    while (near_->go_on(other) && other.front().revents == 0) {
    }
  }
  std::optional<Pipe> up_ = *Pipe::make(), down_ = *Pipe::make();
  std::optional<Switchboard> near_;
  std::thread far_;
};

TEST_F(Switchboards, CarryAStreamBothWaysAndItsEnd) {
  auto [echo, echos_end] = pair_of(SOCK_STREAM);
  connect_with([end = &echos_end](Caller) { return std::move(*end); });
  auto [caller, ours] = pair_of(SOCK_STREAM);
  near_->let_in(Caller::stream, std::move(ours));
  ASSERT_EQ(::send(caller.get(), "to the echo", 11, 0), 11);
  go_on_until(echo);
  EXPECT_EQ(read_some(echo), "to the echo");
  ASSERT_EQ(::send(echo.get(), "and back", 8, 0), 8);
  go_on_until(caller);
  EXPECT_EQ(read_some(caller), "and back");
  ::shutdown(caller.get(), SHUT_WR);
  go_on_until(echo);
  EXPECT_EQ(read_some(echo), "");
}

TEST_F(Switchboards, KeepDatagramsApart) {
  auto [echo, echos_end] = pair_of(SOCK_DGRAM);
  connect_with([end = &echos_end](Caller) { return std::move(*end); });
  auto [caller, ours] = pair_of(SOCK_DGRAM);
  near_->let_in(Caller::datagram, std::move(ours), "first");
  ASSERT_EQ(::send(caller.get(), "second", 6, 0), 6);
  go_on_until(echo);
  EXPECT_EQ(read_some(echo), "first");
  go_on_until(echo);
  EXPECT_EQ(read_some(echo), "second");
}

TEST_F(Switchboards, TellACallerWhoReachesNobody) {
  connect_with([](Caller) { return Fd(); });
  auto [caller, ours] = pair_of(SOCK_STREAM);
  near_->let_in(Caller::stream, std::move(ours));
  go_on_until(caller);
  EXPECT_EQ(read_some(caller), "");
}

// `bytes` from an end that may be anybody's; how many were connected, and whether it went on.
std::pair<int, bool> heard(const std::string& bytes, bool connects = true) {
  auto from = *Pipe::make();
  auto to = *Pipe::make();
  EXPECT_EQ(::write(from.write.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  int connected = 0;
  const auto connect = [&](Caller) {
    ++connected;
    return Fd();
  };
  Switchboard board(from.read.get(), to.write.get(), connects ? Switchboard::Connect(connect) : Switchboard::Connect());
  std::vector<pollfd> nobody;
  const bool goes_on = board.go_on(nobody);
  return {connected, goes_on};
}

std::string frame(char kind, char number, std::string_view payload) {
  std::string bytes = {kind, 0, 0, 0, number, 0, 0, 0, static_cast<char>(payload.size())};
  return bytes.append(payload);
}

TEST(Switchboard, TakesWhatIsAFrameAndNothingElse) {
  EXPECT_EQ(heard(frame('s', 1, "") + frame('d', 2, "")), std::pair(2, true));
  EXPECT_EQ(heard(frame('=', 9, "of nobody") + frame('.', 9, "")), std::pair(0, true));
  EXPECT_EQ(heard("a banner of some kind"), std::pair(0, false));
  EXPECT_EQ(heard(std::string("s\0\0\0\1\x7f\xff\xff\xff", 9)), std::pair(0, false)) << "a payload of two gigabytes";
  EXPECT_EQ(heard(frame('s', 1, ""), false), std::pair(0, false)) << "nobody comes in from there";
  EXPECT_EQ(heard("s\0\0"), std::pair(0, true)) << "half of one";
}

TEST(Switchboard, ConnectsSoManyAndNoMore) {
  std::string many;
  for (int i = 0; i < 5000; ++i) many += frame('s', static_cast<char>(i % 100), "");
  auto from = *Pipe::make();
  auto to = *Pipe::make();
  int connected = 0;
  Switchboard board(from.read.get(), to.write.get(), [&](Caller) {
    ++connected;
    return Fd();
  });
  std::thread writer([&] {
    for (std::size_t at = 0; at < many.size(); at += 4096) {
      if (::write(from.write.get(), many.data() + at, std::min<std::size_t>(4096, many.size() - at)) < 0) break;
    }
    from.write.reset();
  });
  std::vector<pollfd> nobody;
  std::array<char, 65536> ignored;
  std::thread reader([&] {
    while (::read(to.read.get(), ignored.data(), ignored.size()) > 0) {
    }
  });
  while (board.go_on(nobody)) {
  }
  writer.join();
  to.write.reset();
  reader.join();
  EXPECT_EQ(connected, 4096);
}

}  // namespace
}  // namespace bottle::attach
