// `bottle-hand network` in network namespaces of the test's own, and dials between them: what no route leads to is
// "unreachable" at once, and what leads to the far side is refused there, where every address is local.
#include <gmock/gmock.h>

#include "tests/backends/hand.h"

namespace bottle::docker {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// "$1" is the hand. The far side is made with it; ours is as an engine makes it, with a second link that leads nowhere.
constexpr char kWorld[] = R"(
coproc FAR { exec unshare -n bash -c 'echo made; read; exec "$0" network "address 10.9.0.1/24" \
  "address fd00:9::1/64" "only 10.9.0.5" "only fd00:9::5" everywhere -- bash -c "echo ready; exec cat"' "$1"; }
read <&"${FAR[0]}"
set -e
ip link set lo up
ip link add eth0 type veth peer name far0 netns "$FAR_PID"
ip link add eth1 type bridge
nsenter -t "$FAR_PID" -n ip link set far0 up
ip link set eth0 up
ip link set eth1 up
echo >&"${FAR[1]}"
read <&"${FAR[0]}"
[ "$REPLY" = ready ]
ip address add 10.9.0.5/24 dev eth0
ip address add 10.8.0.5/24 dev eth1
ip route add default via 10.9.0.1
ip -6 address add fd00:9::5/64 dev eth0 nodad
ip -6 route add default via fd00:9::1
set +e
eval "$2"
shift 2
"$@"
code=$?
kill "$FAR_PID"
exit "$code"
)";

// dial ADDRESS PORT; a link that has just come up may lose the first packets.
constexpr char kDial[] =
    R"(dial() { (timeout 5 bash -c 'echo > "/dev/tcp/$0/$1"' "$@") 2>&1 | sed -n '$s/.*: //p'; }; )";
constexpr char kRefused[] = "Connection refused\n", kUnreachable[] = "Network is unreachable\n";

class HandNetwork : public testing::Test {
 protected:
  // `before`: a script in the namespace, before the hand. `ask`: one after it.
  ExecResult attempt(const std::vector<std::string>& words, const std::string& ask, const std::string& before = "") {
    const std::string hand = program_.path();
    Command command{{"/usr/bin/unshare", "-Urn", "/bin/bash", "-c", kWorld, "world", hand, before, hand, "network"},
                    {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}, {"TOLD", "yes"}},
                    {}};
    command.argv.insert(command.argv.end(), words.begin(), words.end());
    command.argv.insert(command.argv.end(), {"--", "/bin/bash", "-c", kDial + ask});
    auto result = run_process(command, {.timeout = std::chrono::seconds(60)});
    if (!result) throw std::runtime_error(result.error().what);
    return *result;
  }
  std::string ask(const std::vector<std::string>& words, const std::string& question, const std::string& before = "") {
    const auto result = attempt(words, question, before);
    EXPECT_TRUE(succeeded(result)) << describe(result.ending) << ": " << result.err;
    return result.out;
  }
  std::string dial(const std::vector<std::string>& words, const std::string& where) {
    return ask(words, "dial " + where);
  }
  std::string complaint(const std::vector<std::string>& words) {
    const auto result = attempt(words, "true");
    EXPECT_EQ(describe(result.ending), "exit 70");
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    return result.err;
  }
  HandProgram program_;
};

TEST_F(HandNetwork, EverywhereAnswersAtEveryAddress) {
  EXPECT_EQ(dial({}, "198.51.100.7 9"), kRefused);
  EXPECT_EQ(dial({}, "2001:db8::7 9"), kRefused);
  EXPECT_EQ(dial({}, "10.9.0.77 9"), kRefused);  // of its own subnet too, as no route leads there
}

TEST_F(HandNetwork, EverywhereReplacesTheDefaultRoute) {
  const std::string routes = ask({"everywhere"}, "ip route; ip -6 route");
  EXPECT_THAT(routes, HasSubstr("local default dev lo"));
  EXPECT_THAT(routes, testing::Not(HasSubstr("default via")));
  EXPECT_THAT(routes, HasSubstr("10.9.0.0/24 dev eth0"));
}

TEST_F(HandNetwork, EverywhereIsIpv4AloneWhereThereIsNoIpv6) {
  const std::string disable = "for f in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 1 > $f; done";
  EXPECT_EQ(ask({"everywhere"}, "dial 198.51.100.7 9; ip -6 route", disable), kRefused);
}

TEST_F(HandNetwork, OnlyLeavesOneNeighbourAndNobodyElse) {
  const std::vector<std::string> words{"only 10.9.0.1"};
  EXPECT_EQ(ask(words, "ip route; ip -6 route", "ip -6 route add fe80::/64 dev eth0"),
            "10.9.0.1 dev eth0 proto static scope link \n");
  EXPECT_EQ(ask(words, "dial 10.9.0.1 9; dial 10.9.0.2 9; dial 198.51.100.7 9; dial 10.8.0.1 9; dial fd00:9::1 9"),
            std::string(kRefused) + kUnreachable + kUnreachable + kUnreachable + kUnreachable);
}

TEST_F(HandNetwork, OnlyMayNameSeveral) {
  const std::vector<std::string> words{"only 10.9.0.1", "only 10.8.0.9", "only fd00:9::1"};
  EXPECT_EQ(ask(words, "ip route"),
            "10.8.0.9 dev eth1 proto static scope link \n10.9.0.1 dev eth0 proto static scope link \n");
  EXPECT_EQ(ask(words, "dial fd00:9::1 9; dial fd00:9::2 9; dial 10.9.0.2 9"),
            std::string(kRefused) + kUnreachable + kUnreachable);
}

TEST_F(HandNetwork, RoadLeadsPastTheWallAndOnlyWhereItLeads) {
  const std::vector<std::string> words{"road 198.51.100.0/24 via 10.9.0.1", "only 10.9.0.1"};
  EXPECT_EQ(ask(words, "dial 198.51.100.7 9; dial 203.0.113.7 9"), std::string(kRefused) + kUnreachable);
}

TEST_F(HandNetwork, RoadOfAProtocolIsForThatAlone) {
  const std::vector<std::string> words{"only 10.9.0.1", "only fd00:9::1", "road 0.0.0.0/0 via 10.9.0.1 tcp 25",
                                       "road 0.0.0.0/0 via 10.9.0.1 udp", "road ::/0 via fd00:9::1 tcp 26"};
  EXPECT_EQ(ask(words, "dial 198.51.100.7 25; dial 198.51.100.7 26; dial 2001:db8::7 25; dial 2001:db8::7 26"),
            std::string(kRefused) + kUnreachable + kUnreachable + kRefused);
  EXPECT_THAT(ask(words, "ip route get 198.51.100.7 ipproto udp dport 53"), StartsWith("198.51.100.7 via 10.9.0.1"));
  EXPECT_EQ(ask(words, "ip route get 198.51.100.7 ipproto icmp 2>&1 || true"),
            "RTNETLINK answers: Network is unreachable\n");
}

TEST_F(HandNetwork, AddressGoesToTheLinkOfItsNeighbour) {
  EXPECT_THAT(ask({"address 10.7.0.5/24 via 10.8.0.1"}, "ip -o address show to 10.7.0.5"), HasSubstr("eth1"));
  EXPECT_EQ(ask({"address 10.9.0.77/32 via 10.9.0.1"}, "ip -o route get 10.9.0.77 | cut -d ' ' -f 1-3"),
            "local 10.9.0.77 dev\n");
  EXPECT_THAT(complaint({"address 10.7.0.5/24"}), HasSubstr("several links"));
  EXPECT_THAT(complaint({"address 10.7.0.5/24 via 10.6.0.1"}), HasSubstr("10.6.0.1"));
}

TEST_F(HandNetwork, ProgramHasTheEnvironmentAndIsLookedUp) {
  EXPECT_EQ(ask({}, "echo $TOLD"), "yes\n");
  EXPECT_EQ(describe(attempt({}, "exit 7").ending), "exit 7");
  EXPECT_THAT(attempt({"--", "no-such-program"}, "").err, HasSubstr("no-such-program: No such file"));
}

TEST_F(HandNetwork, WordsThatAreNotUnderstoodMakeNothing) {
  EXPECT_THAT(complaint({"dance"}), HasSubstr("\"dance\""));
  EXPECT_THAT(complaint({"only"}), HasSubstr("\"only\""));
  EXPECT_THAT(complaint({"only 192.0.2.1"}), HasSubstr("192.0.2.1"));
  EXPECT_THAT(complaint({"only moon"}), HasSubstr("'moon' is no address"));
  EXPECT_THAT(complaint({"address moon"}), HasSubstr("address A/N"));
  EXPECT_THAT(complaint({"address 10.7.0.5/24 by 10.8.0.1"}), HasSubstr("address A/N"));
  EXPECT_THAT(complaint({"road 0.0.0.0/0 over 10.9.0.1"}), HasSubstr("road PREFIX via"));
  EXPECT_THAT(complaint({"road 0.0.0.0/0 via 10.9.0.1 sctp"}), HasSubstr("protocol"));
}

TEST_F(HandNetwork, WithoutTheRightItSaysSo) {
  const auto result = run_process({{"/usr/bin/unshare", "-Urn", "/usr/bin/setpriv", "--bounding-set=-all",
                                    program_.path(), "network", "everywhere", "--", "/bin/true"},
                                   {},
                                   {}},
                                  {});
  ASSERT_TRUE(result);
  EXPECT_EQ(describe(result->ending), "exit 70");
  EXPECT_EQ(result->err, "bottle-hand: network: link up: Operation not permitted\n");
}

}  // namespace
}  // namespace bottle::docker
