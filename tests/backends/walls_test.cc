// The walls of the namespaces backend, looked at from inside; and that its wrongs make the holes that they name.
#include <gmock/gmock.h>

#include <fstream>

#include "tests/backends/bottles.h"

namespace bottle {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing_support::Options;
using testing_support::Running;

constexpr char kInternet[] = "203.0.113.77";
constexpr char kInternet6[] = "2001:db8:77::1";

class Walls : public testing::Test {
 protected:
  void SetUp() override {
    backend_ = testing_support::find_backend("namespaces");
    const std::string missing = testing_support::missing_here(*backend_);
    if (missing.empty()) return;
    if (testing_support::is_required("namespaces")) FAIL() << "BOTTLE_REQUIRE names it, but: " << missing;
    GTEST_SKIP() << missing;
  }
  void start(const Options& options = {}) {
    auto started = testing_support::start(*backend_, options);
    if (!started) throw std::runtime_error(started.error().what);
    running_.emplace(std::move(*started));
  }
  ExecResult in(Place place, const Command& command) {
    auto result = running_->bottle->exec(place, command, {.timeout = 10s});
    if (!result) throw std::runtime_error(result.error().what);
    return *result;
  }
  ExecResult bash(Place place, const std::string& script) {
    return in(place, {{"/bin/bash", "-c", script}, {{"PATH", "/usr/bin:/bin:/usr/sbin:/sbin"}, {"LC_ALL", "C"}}, {}});
  }
  std::string agent(const std::string& script) {
    const auto result = bash(Place::agent, script);
    return result.out + result.err;
  }
  std::string dial(Place place, const std::string& address, int port) {
    const auto result = bash(place, "echo hello > /dev/tcp/" + address + "/" + std::to_string(port));
    return succeeded(result) ? "reached" : result.err;
  }
  std::string python(const std::string& program) { return agent("python3 -c '" + program + "'"); }

  const Addresses& addresses() const { return running_->plan.addresses; }
  std::unique_ptr<Backend> backend_;
  std::optional<Running> running_;
};

TEST_F(Walls, AgentReachesItsBundleAndNothingElse) {
  start();
  EXPECT_EQ(dial(Place::agent, addresses().bundle, testing_support::kTinyPort), "reached");
  EXPECT_EQ(dial(Place::agent, addresses().bundle, addresses().echo_port), "reached");
  EXPECT_THAT(dial(Place::agent, addresses().bundle, 4444), HasSubstr("Connection refused"));
  EXPECT_THAT(dial(Place::agent, kInternet, 443), HasSubstr("Network is unreachable"));
  EXPECT_THAT(dial(Place::agent, "169.254.169.254", 80), HasSubstr("Network is unreachable"));
  if (addresses().bundle6.empty()) return;
  EXPECT_EQ(dial(Place::agent, addresses().bundle6, addresses().echo_port), "reached");
  EXPECT_THAT(dial(Place::agent, kInternet6, 443), HasSubstr("Network is unreachable"));
}

TEST_F(Walls, OutsideAndBundleReachEveryAddress) {
  start();
  for (const Place place : {Place::outside, Place::bundle}) {
    EXPECT_EQ(dial(place, kInternet, 443), "reached");
    EXPECT_EQ(dial(place, "8.8.8.8", 4711), "reached");  // the lab's: no packet leaves its namespaces
    if (!addresses().bundle6.empty()) {
      EXPECT_EQ(dial(place, kInternet6, 443), "reached");
    }
    EXPECT_THAT(bash(place, "getent ahostsv4 any.test").out, HasSubstr("198.1"));
  }
}

TEST_F(Walls, BundleDoesNotForwardForTheAgent) {
  start();
  EXPECT_EQ(agent("cat /proc/sys/net/ipv4/ip_forward"), "0\n");
  EXPECT_EQ(bash(Place::bundle, "cat /proc/sys/net/ipv4/ip_forward").out, "0\n");
  if (!addresses().bundle6.empty()) {
    EXPECT_EQ(bash(Place::bundle, "cat /proc/sys/net/ipv6/conf/all/forwarding").out, "0\n");
  }
  // The agent cannot give itself the route either.
  EXPECT_THAT(agent("ip route add default via " + addresses().bundle), HasSubstr("not permitted"));
}

TEST_F(Walls, BundlesLoopbackIsNotTheAgents) {
  start();
  EXPECT_EQ(dial(Place::bundle, "127.0.0.1", testing_support::kTinyPort), "reached");
  EXPECT_THAT(dial(Place::agent, "127.0.0.1", testing_support::kTinyPort), HasSubstr("Connection refused"));
}

TEST_F(Walls, PingsAreAllowedSoThatAWallIsWhatStopsThem) {
  start();
  const std::string ping =
      "import socket; s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM,socket.IPPROTO_ICMP); s.settimeout(2); "
      "s.sendto(b\"\\x08\\0\\0\\0\\0\\0\\0\\1x\",(\"%s\",1)); print(len(s.recv(99)))";
  const auto to = [&](const std::string& address) {
    std::string program = ping;
    return python(program.replace(program.find("%s"), 2, address));
  };
  EXPECT_EQ(to(addresses().bundle), "9\n");
  EXPECT_THAT(to(kInternet), HasSubstr("Network is unreachable"));
}

TEST_F(Walls, ARoadForOneProtocolAndPortOpensNothingElse) {
  start({.wrongs = {"route 0.0.0.0/0 tcp 853", "route ::/0 tcp 853", "route 0.0.0.0/0 udp"}});
  EXPECT_EQ(dial(Place::agent, kInternet, 853), "reached");
  EXPECT_THAT(dial(Place::agent, kInternet, 443), HasSubstr("Network is unreachable"));
  EXPECT_EQ(dial(Place::agent, addresses().bundle, testing_support::kTinyPort), "reached");
  EXPECT_THAT(agent("echo hello > /dev/udp/" + std::string(kInternet) + "/4444 && echo sent"), HasSubstr("sent"));
  EXPECT_THAT(dial(Place::agent, addresses().bundle, 853), HasSubstr("refused"));  // still the bundle's to answer
  if (addresses().bundle6.empty()) return;
  EXPECT_EQ(dial(Place::agent, kInternet6, 853), "reached");
  EXPECT_THAT(dial(Place::agent, kInternet6, 443), HasSubstr("Network is unreachable"));
  EXPECT_THAT(agent("echo hello > /dev/udp/" + std::string(kInternet6) + "/4444"), HasSubstr("unreachable"));
}

TEST_F(Walls, ARoadToASubnetLeavesTheBundleWhereItIs) {
  start({.wrongs = {"route {network}"}});
  EXPECT_EQ(dial(Place::agent, addresses().nearby.at("subnet"), 4444), "reached");
  EXPECT_EQ(dial(Place::agent, addresses().nearby.at("gateway"), 4444), "reached");
  EXPECT_THAT(dial(Place::agent, addresses().bundle, 4444), HasSubstr("Connection refused"));
  EXPECT_THAT(dial(Place::agent, kInternet, 443), HasSubstr("Network is unreachable"));
}

TEST_F(Walls, AForwardedCanaryIsTheHosts) {
  start({.wrongs = {"forward host-loopback"}, .canaries = {"host-loopback=127.0.0.1", "host-alias=127.0.0.77"}});
  const auto at = [&](const char* name) { return running_->bottle->lab().canaries().at(name); };
  const auto port = [&](const char* name) { return std::stoi(at(name).substr(at(name).rfind(':') + 1)); };
  EXPECT_EQ(dial(Place::agent, "127.0.0.1", port("host-loopback")), "reached");
  EXPECT_THAT(dial(Place::agent, "127.0.0.77", port("host-alias")), HasSubstr("Connection refused"));
  ASSERT_TRUE(running_->bottle->lab().settle(20ms, 2000ms));
  const auto arrivals = running_->bottle->lab().arrivals();
  ASSERT_TRUE(arrivals);
  const auto heard = std::find_if(arrivals->begin(), arrivals->end(),
                                  [](const Arrival& a) { return a.sink == "canary:host-loopback" && a.size > 0; });
  ASSERT_NE(heard, arrivals->end());
  EXPECT_EQ(heard->bytes, "hello\n");
}

TEST_F(Walls, ADefaultRouteOpensTheRoadToTheInternet) {
  start({.wrongs = {"route 0.0.0.0/0", "route ::/0"}});
  EXPECT_EQ(dial(Place::agent, kInternet, 443), "reached");
  EXPECT_EQ(dial(Place::agent, addresses().bundle, testing_support::kTinyPort), "reached");
  if (!addresses().bundle6.empty()) {
    EXPECT_EQ(dial(Place::agent, kInternet6, 443), "reached");
  }
}

TEST_F(Walls, NoNetworkLeavesTheAgentNothing) {
  start({.wrongs = {"no-network"}});
  EXPECT_THAT(dial(Place::agent, addresses().bundle, testing_support::kTinyPort), HasSubstr("Network is unreachable"));
  EXPECT_THAT(dial(Place::agent, "127.0.0.1", 80), HasSubstr("Network is unreachable"));
  EXPECT_TRUE(running_->bottle->listening(testing_support::kTinyPort));
  EXPECT_EQ(dial(Place::outside, kInternet, 443), "reached");
}

TEST_F(Walls, ResolverIsTheBundles) {
  start();
  EXPECT_THAT(agent("cat /etc/resolv.conf"), HasSubstr("nameserver " + addresses().bundle + "\n"));
  EXPECT_THAT(bash(Place::bundle, "cat /etc/resolv.conf").out,
              HasSubstr("nameserver " + running_->plan.facts.at("resolver")));
}

TEST_F(Walls, NothingIsInherited) {
  start();
  // 3 is the directory that ls reads.
  EXPECT_EQ(in(Place::agent, {{"ls", "/proc/self/fd"}, {}, {}}).out, "0\n1\n2\n3\n");
  EXPECT_EQ(in(Place::outside, {{"ls", "/proc/self/fd"}, {}, {}}).out, "0\n1\n2\n3\n");
  EXPECT_EQ(in(Place::bundle, {{"ls", "/proc/self/fd"}, {}, {}}).out, "0\n1\n2\n3\n");
  EXPECT_THAT(agent("grep -E '^Sig(Blk|Ign)' /proc/self/status"), HasSubstr("SigBlk:\t0000000000000000"));
}

TEST_F(Walls, AgentHasNoPrivileges) {
  start();
  const std::string status = agent("cat /proc/self/status");
  for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
    EXPECT_THAT(status, HasSubstr(std::string(set) + ":\t0000000000000000\n"));
  }
  EXPECT_THAT(status, HasSubstr("NoNewPrivs:\t1\n"));
  EXPECT_THAT(status, HasSubstr("Seccomp:\t2\n"));
  EXPECT_THAT(status, HasSubstr("Uid:\t1000\t1000\t1000\t1000\n"));
  EXPECT_EQ(agent("id -un; hostname; umask; pwd"), "agent\nbottle\n0022\n/home/agent\n");
}

TEST_F(Walls, BundleIsNoAdministratorOfTheBottle) {
  start();
  const std::string status = bash(Place::bundle, "cat /proc/self/status").out;
  std::uint64_t capabilities = 0;
  const auto at = status.find("CapEff:\t");
  ASSERT_NE(at, std::string::npos);
  capabilities = std::stoull(status.substr(at + 8, 16), nullptr, 16);
  EXPECT_EQ(capabilities & (1u << 12 | 1u << 21 | 1u << 19), 0u);  // NET_ADMIN, SYS_ADMIN, SYS_PTRACE
  EXPECT_NE(capabilities & (1u << 10), 0u);                        // NET_BIND_SERVICE
}

TEST_F(Walls, SystemIsReadOnlyAndTheHostsHomesAreNotThere) {
  start();
  for (const char* path : {"/usr/x", "/etc/x", "/x", "/bin/x", "/proc/sys/kernel/x"}) {
    EXPECT_NE(agent("echo x > " + std::string(path)), "") << path;
  }
  if (::geteuid() == 0) {  // else the agent is the same user as who puts files there
    EXPECT_NE(agent("echo x > /run/bottle/x"), "");
  }
  EXPECT_THAT(agent("echo x > /usr/x"), HasSubstr("Read-only file system"));
  EXPECT_THAT(agent("echo 1 > /proc/sys/net/ipv4/ip_forward"),
              testing::AnyOf(HasSubstr("Read-only"), HasSubstr("denied")));
  EXPECT_EQ(agent("ls /home; ls /root; ls -d /var /srv /sys /boot 2>/dev/null"), "agent\n");
  EXPECT_THAT(agent("cat /etc/shadow /etc/machine-id"), HasSubstr("No such file"));
  EXPECT_EQ(agent("ls " + running_->directory.path().string() + " 2>/dev/null"), "");
  EXPECT_EQ(agent("ls /tmp; echo ok > /tmp/x && echo ok > ~/x && cat /tmp/x ~/x"), "ok\nok\n");
}

TEST_F(Walls, AgentSeesOnlyItsOwnProcesses) {
  start();
  const std::string seen = agent("cat /proc/[0-9]*/comm");
  EXPECT_THAT(seen, Not(HasSubstr("bottle-lab")));
  EXPECT_THAT(seen, Not(HasSubstr("tiny-bundle")));
  EXPECT_THAT(agent("kill -9 1; echo alive"), HasSubstr("alive"));
  EXPECT_NE(agent("cat /proc/1/environ /proc/1/maps && echo read"), "read\n");
  EXPECT_THAT(agent("ls -l /proc/1/ns /proc/1/fd"), HasSubstr("ermission denied"));
}

TEST_F(Walls, DangerousCallsAreRefused) {
  start();
  // errno 1: EPERM, 38: ENOSYS. mount, umount2, pivot_root, unshare, setns, ptrace, bpf, keyctl, userfaultfd,
  // io_uring_setup.
  const std::string program =
      "import ctypes,platform;l=ctypes.CDLL(None,use_errno=True)\n"
      "def e(*a):\n ctypes.set_errno(0); r=l.syscall(*a); return ctypes.get_errno() if r<0 else \"ok\"\n"
      "def f(x):\n return ctypes.c_ulong(x)\n"
      "x=platform.machine()==\"x86_64\"\n"
      "n=dict(mount=165,umount2=166,pivot_root=155,unshare=272,setns=308,ptrace=101,bpf=321,keyctl=250,userfaultfd=323,"
      "iouring=425,chroot=161,clone3=435,fsopen=430,personality=135,socket=41,clone=56,getpid=39)\n"
      "assert x\n"
      "for k in "
      "[\"mount\",\"umount2\",\"pivot_root\",\"unshare\",\"setns\",\"ptrace\",\"bpf\",\"keyctl\",\"userfaultfd\","
      "\"iouring\",\"chroot\",\"fsopen\",\"clone3\"]: print(k,e(n[k],0,0,0,0,0))\n"
      "print(\"newuser\",e(n[\"clone\"],f(0x10000011),0,0,0,0))\n"
      "print(\"personality\",e(n[\"personality\"],f(0xffffffff))==\"ok\",e(n[\"personality\"],f(0))==\"ok\","
      "e(n[\"personality\"],f(0x40000)),e(n[\"personality\"],f(0x100040000)),e(n[\"personality\"],f(0xfffffffe)))\n"
      "print(\"socket\",[e(n[\"socket\"],f(d),f(1 if d!=16 else 3),0) for d in (1,2,10,16)]==[\"ok\"]*4,"
      "[e(n[\"socket\"],f(d),f(3),0) for d in (0,17,38,40,44,45,63,64,0x100000011,0x100000002)])\n"
      "print(\"x32\",e(0x40000000+39))\n";
  if (agent("uname -m") != "x86_64\n") GTEST_SKIP() << "the numbers above are x86_64's";
  EXPECT_EQ(
      in(Place::agent, {{"python3", "-c", program}, {}, {}}).out,
      "mount 1\numount2 1\npivot_root 1\nunshare 1\nsetns 1\nptrace 1\nbpf 1\nkeyctl 1\nuserfaultfd 1\niouring 1\n"
      "chroot 1\nfsopen 1\nclone3 38\nnewuser 1\npersonality True True 1 1 1\n"
      "socket True [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\nx32 38\n");
}

TEST_F(Walls, AgentsToolsStillWork) {
  start();
  EXPECT_EQ(python("import threading,subprocess;t=threading.Thread(target=print,args=(1,));t.start();t.join();"
                   "print(subprocess.run([\"echo\",\"2\"],capture_output=True).stdout)"),
            "1\nb'2\\n'\n");
  EXPECT_THAT(agent("echo 3 | tee /dev/null; head -c 4 /dev/urandom | wc -c; echo 5 > /dev/shm/x; cat <(echo 6)"),
              testing::StrEq("3\n4\n6\n"));
  EXPECT_THAT(agent("ls /etc/ssl/certs | wc -l"), Not(testing::StrEq("0\n")));
}

TEST_F(Walls, GivenRootIsTheAgentsInsteadOfTheHosts) {
  const auto made = RunDirectory::make(testing_support::fresh_slug());
  ASSERT_TRUE(made.has_value());
  const auto root = made->path() / "root";
  std::filesystem::create_directories(root / "etc");
  std::ofstream(root / "etc/own-file") << "own\n";
  std::ofstream(root / "etc/resolv.conf") << "nameserver 192.0.2.1\n";
  std::ofstream(root / "top-file") << "top\n";
  for (const char* directory : {"usr", "lib", "lib64", "bin"}) {
    std::error_code missing;
    const auto target = std::filesystem::path("/") / directory;
    if (std::filesystem::is_symlink(target)) std::filesystem::copy_symlink(target, root / directory, missing);
  }
  std::filesystem::create_directories(root / "usr/bin");
  // A static program is all that a root needs.
  std::filesystem::copy_file(BOTTLE_BUILD_DIR "/tests/backends/tiny-bundle", root / "usr/bin/tiny");
  start({.rootfs = root});
  EXPECT_EQ(describe(in(Place::agent, {{"/usr/bin/tiny", "0"}, {}, {}}).ending), "exit 7");
  EXPECT_FALSE(running_->bottle->exec(Place::agent, {{"/usr/bin/env"}, {}, {}}, {}).has_value());
}

}  // namespace
}  // namespace bottle
