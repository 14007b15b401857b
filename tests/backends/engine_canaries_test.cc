// The canaries that stand in for what an engine leads a container to: at addresses of this machine's loopback alone.
#include "backends/docker/engine_canaries.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/harness/temp_folder.h"

namespace bottle::docker {
namespace {

std::size_t canaries_for(const std::string& resolv_conf) {
  TempFolder folder;
  return bind_resolver_canary(folder.write("resolv.conf", resolv_conf)).size();
}

TEST(EngineCanaries, StandInForAResolverOnTheHostsLoopback) {
  if (::geteuid() != 0) GTEST_SKIP() << "port 53 is for root";
  EXPECT_EQ(canaries_for("# whose?\nsearch test\nnameserver 127.66.53.1\nnameserver 192.0.2.1\n"), 2u);
}

TEST(EngineCanaries, DoNotStandInForSomebodyElsesResolver) {
  EXPECT_EQ(canaries_for("nameserver 192.0.2.1\nnameserver 127.66.53.1\n"), 0u);
  EXPECT_EQ(canaries_for(""), 0u);
  TempFolder folder;
  EXPECT_EQ(bind_resolver_canary(folder.path() / "none").size(), 0u);
  const std::string taken = folder.write("resolv.conf", "nameserver 127.66.53.2\n");
  const auto first = bind_resolver_canary(taken);
  EXPECT_TRUE(bind_resolver_canary(taken).empty());
}

TEST(EngineCanaries, AreBothOrNoneAtAGateway) {
  EXPECT_EQ(bind_gateway_canaries("127.66.44.1").size(), 2u);
  EXPECT_TRUE(bind_gateway_canaries("192.0.2.1").empty());
  EXPECT_TRUE(bind_gateway_canaries("no address").empty());
}

}  // namespace
}  // namespace bottle::docker
