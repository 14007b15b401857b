// The internet of a few addresses on this host's loopback: what is heard there and what is not, by a real lab.
#include "backends/namespaces/loopback_doors.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <regex>
#include <set>

#include "attacks/registry.h"
#include "backends/namespaces/host_lab.h"
#include "harness/plan.h"
#include "harness/platform/descriptors.h"
#include "tests/harness/temp_folder.h"

namespace bottle::warden {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// Of the loopback, as all of 127.0.0.0/8 is.
constexpr char kOurs[] = "127.66.47.1", kOthers[] = "127.66.47.9";

sockaddr_in endpoint(const std::string& address, int port) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(static_cast<std::uint16_t>(port));
  ::inet_pton(AF_INET, address.c_str(), &where.sin_addr);
  return where;
}

int free_port() {
  const Fd fd = bound_at("127.0.0.1", 0, SOCK_STREAM);
  sockaddr_in where{};
  socklen_t size = sizeof where;
  EXPECT_EQ(::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&where), &size), 0);
  return ntohs(where.sin_port);
}

// What comes back to one who says this there; "reset" or "nothing".
std::string answer(const std::string& address, int port, int type, const std::string& said) {
  const Fd fd = make_socket(AF_INET, type);
  const sockaddr_in where = endpoint(address, port);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0) return "refused";
  if (::send(fd.get(), said.data(), said.size(), MSG_NOSIGNAL) < 0) return "reset";
  pollfd waiting{fd.get(), POLLIN, 0};
  if (::poll(&waiting, 1, 500) != 1) return "nothing";
  std::array<char, 256> bytes{};
  const ssize_t got = ::recv(fd.get(), bytes.data(), bytes.size(), 0);
  return got > 0 ? std::string(bytes.data(), static_cast<std::size_t>(got)) : "reset";
}

class LoopbackDoorsTest : public testing::Test {
 protected:
  void start() {
    HostLab::Sockets sockets;
    auto doors = LoopbackDoors::open({kOurs}, {.streams = {port_}, .datagrams = {port_}});
    ASSERT_TRUE(doors) << doors.error().what;
    sockets.internet = std::move(*doors);
    auto started = HostLab::start(BOTTLE_BUILD_DIR "/libexec/bottle-lab", {}, sockets, folder_.path() / "log");
    ASSERT_TRUE(started) << started.error().what;
    lab_.emplace(std::move(*started));
  }
  // "SINK DESTINATION"
  std::vector<std::string> heard() {
    EXPECT_TRUE(lab_->lab.settle(std::chrono::milliseconds(50), std::chrono::seconds(5)).value_or(false));
    std::vector<std::string> all;
    const auto arrivals = lab_->lab.arrivals();
    EXPECT_TRUE(arrivals);
    if (!arrivals) return all;
    for (const Arrival& one : *arrivals) all.push_back(one.sink + " " + one.destination);
    return all;
  }
  TempFolder folder_;
  std::optional<HostLab> lab_;
  int port_ = free_port();
};

TEST_F(LoopbackDoorsTest, WhatComesToTheirAddressesIsTheInternets) {
  start();
  const std::string where = std::string(kOurs) + ":" + std::to_string(port_);
  EXPECT_EQ(answer(kOurs, port_, SOCK_STREAM, "a stream\n"), "a stream\n");
  EXPECT_EQ(answer(kOurs, port_, SOCK_DGRAM, "a datagram"), "a datagram");  // connected: from where it was sent to
  EXPECT_THAT(heard(), testing::IsSupersetOf({"tcp " + where, "udp " + where}));
}

TEST_F(LoopbackDoorsTest, WhatComesToAnotherAddressIsNobodysBusiness) {
  start();
  EXPECT_EQ(answer(kOthers, port_, SOCK_STREAM, "a stream\n"), "reset");
  EXPECT_EQ(answer(kOthers, port_, SOCK_DGRAM, "a datagram"), "nothing");
  EXPECT_THAT(heard(), IsEmpty());
}

TEST_F(LoopbackDoorsTest, APortThatSomebodyHasIsNamed) {
  const Fd others = bind_at("127.0.0.1", port_, SOCK_STREAM);
  const auto doors = LoopbackDoors::open({kOurs}, {.streams = {port_}, .datagrams = {}});
  ASSERT_FALSE(doors);
  EXPECT_EQ(doors.error().fault, Fault::unavailable);
  EXPECT_THAT(doors.error().what, HasSubstr("TCP port " + std::to_string(port_)));
  EXPECT_THAT(doors.error().what, HasSubstr("has to end first"));
}

// The port of what is dialled at one of the internet's addresses; 0: nothing is.
int port_dialled(const nlohmann::json& action) {
  const std::string text = action.dump();
  std::smatch found;
  if (std::regex_search(text, found, std::regex("(https?)://203\\.0\\.113\\.[0-9]+(:([0-9]+))?"))) {
    if (found[3].matched) return std::stoi(found[3]);
    return found[1] == "https" ? 443 : 80;
  }
  for (const char* key : {"address", "server"}) {
    if (action.value(key, "").starts_with("203.0.113.") && action.value("action", "") != "icmp")
      return action.at("port").get<int>();
  }
  return 0;
}

bool is_datagram(const nlohmann::json& action) {
  return action.value("action", "") == "udp" || action.value("transport", "") == "udp";
}

TEST(LoopbackDoorsPorts, AreAllThatTheCatalogueDialsPastTheBundle) {
  const std::vector<Technique> techniques = all_techniques();
  std::vector<std::string> names;
  for (const Technique& one : techniques) names.emplace_back(one.name);
  const auto cases = read_catalogue(BOTTLE_SOURCE_DIR "/attacks/catalogue", names);
  ASSERT_TRUE(cases);
  const auto variants = select_variants(*cases, techniques, "full", {});
  ASSERT_TRUE(variants);
  const auto secrets = make_secrets();
  PlanInputs inputs{.allowed_host = "allowed.test",
                    .allowed_address = {"203.0.113.4", 0},
                    .denied = {"203.0.113.5", "203.0.113.6"},
                    .guarded_secrets = &secrets,
                    .bare_secrets = &secrets};
  inputs.guarded = {.proxy = {"10.0.0.1", 8888},
                    .echo = {"10.0.0.1", 7007},
                    .resolver = "203.0.113.3",
                    .public_resolver = "203.0.113.3"};
  inputs.bare = inputs.shadow = inputs.guarded;
  std::set<int> streams, datagrams;
  for (const PlannedVariant& planned : make_attempts(*variants, inputs).variants) {
    if (!is_made(planned.guarded) || chosen(planned.variant.choice, "via", "direct") != "direct") continue;
    const int port = port_dialled(planned.guarded.action);
    if (port != 0) (is_datagram(planned.guarded.action) ? datagrams : streams).insert(port);
  }
  const LoopbackDoors::Ports ports;
  EXPECT_THAT(streams, testing::ElementsAreArray(ports.streams));
  EXPECT_THAT(datagrams, testing::ElementsAreArray(ports.datagrams));
}

}  // namespace
}  // namespace bottle::warden
