// The words of a hole that make roads past the bundle.
#include "backends/namespaces/roads.h"

#include <gmock/gmock.h>

#include "backends/namespaces/wrongs.h"

namespace bottle::warden {
namespace {

using testing::HasSubstr;

const std::map<std::string, std::string> kNames = {{"{network}", "10.0.0.0/24"}, {"{host}", ""}};

void expect_unsupported(const std::string& word, const std::string& why) {
  const auto road = parse_road(word, kNames);
  ASSERT_FALSE(road) << word;
  EXPECT_EQ(road.error().fault, Fault::unsupported);
  EXPECT_THAT(road.error().what, HasSubstr(why)) << word;
  EXPECT_EQ(road.error().what.find('\n'), std::string::npos);
}

TEST(Roads, HaveAPrefixAndPerhapsAProtocolAndAPort) {
  const auto all = parse_road("route 0.0.0.0/0", kNames);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->network, "0.0.0.0");
  EXPECT_EQ(all->bits, 0);
  EXPECT_EQ(all->protocol, "");
  const auto dns = parse_road("route ::/0 udp 53", kNames);
  ASSERT_TRUE(dns);
  EXPECT_TRUE(dns->ipv6());
  EXPECT_EQ(dns->protocol, "udp");
  EXPECT_EQ(dns->port, 53);
  EXPECT_EQ(parse_road("route 8.8.8.8", kNames)->bits, 32);
  EXPECT_EQ(parse_road("route 2001:db8::1 icmp", kNames)->bits, 128);
  EXPECT_EQ(parse_road("route {network} tcp", kNames)->bits, 24);
}

TEST(Roads, ThatAreNotUnderstoodAreUnsupportedInOneLine) {
  expect_unsupported("route", "PREFIX");
  expect_unsupported("route 1.2.3.4 tcp 53 54", "PREFIX");
  expect_unsupported("route {moon}", "it knows {network}");
  expect_unsupported("route {host}", "it knows {network}");  // this host has no address
  expect_unsupported("route 1.2.3/8", "no prefix");
  expect_unsupported("route 1.2.3.4/33", "no prefix");
  expect_unsupported("route 1.2.3.4/", "no prefix");
  expect_unsupported("route 1.2.3.4 sctp", "protocol");
  expect_unsupported("route 1.2.3.4 tcp 0", "port");
  expect_unsupported("route 1.2.3.4 tcp 65536", "port");
  expect_unsupported("route 1.2.3.4 icmp 8", "port");
}

TEST(Wrongs, AreRoadsForwardsAndNoNetwork) {
  const NetworkPlan network{.base4 = "10.0.0.", .neighbour4 = "10.0.1."};
  const auto wrongs = parse_wrongs({"no-network", "route {neighbour}", "forward host-alias"}, network);
  ASSERT_TRUE(wrongs) << wrongs.error().what;
  EXPECT_TRUE(wrongs->no_network);
  ASSERT_EQ(wrongs->roads.size(), 1u);
  EXPECT_EQ(wrongs->roads[0].network, "10.0.1.1");
  EXPECT_EQ(wrongs->forwards, std::vector<std::string>{"host-alias"});
  EXPECT_EQ(steps_of(*wrongs).size(), 3u);
  for (const char* word : {"no-walls", "forward moon", "forward", "nothing"}) {
    const auto unknown = parse_wrongs({word}, network);
    ASSERT_FALSE(unknown) << word;
    EXPECT_EQ(unknown.error().fault, Fault::unsupported);
  }
}

}  // namespace
}  // namespace bottle::warden
