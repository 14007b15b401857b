// What our own kernel says about a bottle that runs already: whether it is here, and where on its network the host is.
#include "backends/attach/echo_stand.h"
#include "backends/attach/host_side.h"

#include <gtest/gtest.h>

#include <thread>

#include "backends/namespaces/addresses.h"
#include "harness/digest.h"
#include "harness/process.h"

namespace bottle::attach {
namespace {

std::string fresh_word() { return random_text(32, "abcdefghijklmnopqrstuvwxyz234567"); }

TEST(AttachHost, AProcessIsKnownByAWordAmongItsArguments) {
  const std::string word = fresh_word();
  EXPECT_FALSE(has_process_with(word));
  const Environment environment = {{"PATH", "/usr/bin:/bin"}};
  {
    auto named = Process::start({{"sh", "-c", "read line", word}, environment, {}}, {});
    ASSERT_TRUE(named) << named.error().what;
    // The kernel lets us go on when the program is loaded, and gives it its arguments a moment later.
    bool seen = false;
    for (int i = 0; i < 1000 && !seen; ++i) {
      seen = has_process_with(word);
      if (!seen) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_TRUE(seen);
  }
  Environment within = environment;
  within["WORD"] = word;
  auto other = Process::start({{"sh", "-c", "read line"}, within, {}}, {});
  ASSERT_TRUE(other);
  EXPECT_FALSE(has_process_with(word)) << "an environment is none of its arguments";
}

TEST(AttachHost, ANameThatNobodyListensAtIsInNoNetwork) {
  EXPECT_FALSE(is_in_the_machines_network("@" + fresh_word()));
}

// As the kernel writes a route: hexadecimal, as it lies in memory.
std::string hexadecimal(const std::string& literal) {
  std::array<unsigned, 4> part{};
  std::sscanf(literal.c_str(), "%u.%u.%u.%u", &part[0], &part[1], &part[2], &part[3]);
  std::array<char, 9> text{};
  std::snprintf(text.data(), text.size(), "%02X%02X%02X%02X", part[3], part[2], part[1], part[0]);
  return text.data();
}

std::string routes(const std::string& destination, const std::string& gateway, const std::string& mask) {
  return "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
         "eth0\t" +
         hexadecimal(destination) + "\t" + hexadecimal(gateway) + "\t0001\t0\t0\t0\t" + hexadecimal(mask) +
         "\t0\t0\t0\n";
}

TEST(AttachHost, TheHostIsFoundAsAGatewayOrAsANeighbour) {
  const std::string own = warden::host_address();
  if (own.empty()) GTEST_SKIP() << "this host has no address but loopback";
  EXPECT_EQ(own_address_among(routes("0.0.0.0", own, "0.0.0.0")), own);
  EXPECT_EQ(own_address_among(routes(own, "0.0.0.0", "255.255.255.255")), own) << "a subnet that it is in";
  EXPECT_EQ(own_address_among(routes("0.0.0.0", "203.0.113.1", "0.0.0.0")), "") << "somebody else's gateway";
  EXPECT_EQ(own_address_among(routes("203.0.113.0", "0.0.0.0", "255.255.255.0")), "") << "somebody else's subnet";
}

TEST(AttachHost, WhatIsNoTableOfRoutesHasNoHostInIt) {
  for (const char* text :
       {"", "\n", "Iface\n", "Iface\nx\n", "Iface\na b c d e f g h\n", "Iface\neth0 zz zz 1 0 0 0 zz\n"})
    EXPECT_EQ(own_address_among(text), "") << text;
}

}  // namespace
}  // namespace bottle::attach
