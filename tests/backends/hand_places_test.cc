// bottle-hand where it stands: as process 1, beside processes that are nobody's, and in network namespaces of its own.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include <fstream>
#include <thread>

#include "tests/backends/hand.h"

namespace bottle::docker {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

const std::vector<std::string> kOwnProcesses{"/usr/bin/unshare", "-Urpf", "--mount-proc"};
const Environment kPath{{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}};

std::string read_line(const Fd& from) {
  std::string line;
  for (char next = 0; ::read(from.get(), &next, 1) == 1 && next != '\n';) line += next;
  return line;
}

// The first of a process's children; 0: it has none.
int child_of(int pid) {
  const std::string path = "/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children";
  int child = 0;
  std::ifstream(path) >> child;
  return child;
}

// A dead one that is not reaped stays the first.
bool reaps_each_killed_child(int pid) {
  int child = 0;
  for (int i = 0; i < 500 && (child = child_of(pid)) > 0; ++i) {
    ::kill(child, SIGKILL);
    std::this_thread::sleep_for(10ms);
  }
  return child == 0;
}

class HandHold : public testing::Test {
 protected:
  Process start(std::vector<std::string> around) {
    around.insert(around.end(), {program_.path(), "hold"});
    auto process = Process::start({std::move(around), kPath, {}}, {});
    if (!process) throw std::runtime_error(process.error().what);
    EXPECT_EQ(read_line(process->output()), "ready");
    return std::move(*process);
  }
  HandProgram program_;
};

std::string ending_of(Process& process) {
  const auto ending = process.wait(10s);
  return ending ? describe(*ending) : "still running";
}

TEST_F(HandHold, EndsWithItsStdin) {
  Process hold = start({});
  EXPECT_FALSE(hold.wait(100ms));
  ASSERT_EQ(::write(hold.input().get(), "ignored", 7), 7);
  EXPECT_FALSE(hold.wait(100ms));
  hold.input().reset();
  EXPECT_EQ(ending_of(hold), "exit 0");
}

TEST_F(HandHold, EndsOnSigtermAsProcessOne) {
  Process unshare = start(kOwnProcesses);
  const int hold = child_of(unshare.pid());
  ASSERT_GT(hold, 1);
  ASSERT_EQ(::kill(hold, SIGTERM), 0);
  EXPECT_EQ(ending_of(unshare), "exit 0");
}

TEST_F(HandHold, ReapsOrphansAsProcessOne) {
  Process unshare = start(kOwnProcesses);
  const int hold = child_of(unshare.pid());
  ASSERT_GT(hold, 1);
  const Command leave_orphans{
      .argv = {"/usr/bin/nsenter", "-t", std::to_string(hold), "-U", "-p", "--preserve-credentials", "/bin/sh", "-c",
               "(sleep 60 & sleep 60 &) </dev/null >/dev/null 2>&1"},
      .environment = kPath,
      .leaves_processes = true};
  const auto orphans = run_process(leave_orphans, {});
  ASSERT_TRUE(orphans && succeeded(*orphans)) << orphans->err;
  EXPECT_NE(child_of(hold), 0);
  EXPECT_TRUE(reaps_each_killed_child(hold));
  EXPECT_FALSE(unshare.wait(0ms));
}

// In a pid namespace of its own, whose process 1 lists what is left.
std::string left_after_timeout(docker::HandKills kills) {
  const HandProgram program;
  std::vector<std::string> around = kOwnProcesses;
  around.insert(around.end(), {"/bin/sh", "-c", "\"$@\"; cat /proc/[0-9]*/cmdline | tr '\\0' ' '", "sh"});
  const std::string escape = "(setsid sh -c 'sleep 31 & sleep 31' &) ; sleep 30";
  const auto result = run_hand(program, around,
                               {.command = {{"/bin/sh", "-c", escape}, kPath, {}},
                                .limits = {.timeout = 1000ms},
                                .options = {.kills = kills},
                                .container = kPath});
  if (!result) return result.error().what;
  return describe(result->ending) + ": " + result->out;
}

TEST(HandTimeout, EndsTheGroupAndWhoeverElseIsMeant) {
  using docker::HandKills;
  for (const HandKills all : {HandKills::everybody, HandKills::descendants})
    EXPECT_THAT(left_after_timeout(all), testing::AllOf(HasSubstr("timed out: "), Not(HasSubstr("sleep 3"))));
  EXPECT_THAT(left_after_timeout(HandKills::group), testing::AllOf(HasSubstr("sleep 31"), Not(HasSubstr("sleep 30"))));
}

// A socket at a port of the loopback that is ours until the end of the test; nobody ever connects to it.
struct Bound {
  Fd socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  int port = 0;
  Bound() {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(where);
    EXPECT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&where), size), 0);
    EXPECT_EQ(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&where), &size), 0);
    port = ntohs(where.sin_port);
  }
  void listen() const { EXPECT_EQ(::listen(socket.get(), 1), 0); }
  std::string text() const { return std::to_string(port); }
};

Process start_listening(const HandProgram& program, const std::string& timeout_ms, const Bound& one,
                        const Bound& other) {
  auto process = Process::start({{program.path(), "listening", timeout_ms, one.text(), other.text()}, kPath, {}}, {});
  if (!process) throw std::runtime_error(process.error().what);
  return std::move(*process);
}

TEST(HandListening, EndsWhenSomebodyListensAtAllPorts) {
  const HandProgram program;
  const Bound one, other;
  one.listen();
  Process waiting = start_listening(program, "60000", one, other);
  EXPECT_FALSE(waiting.wait(100ms));
  other.listen();
  EXPECT_EQ(ending_of(waiting), "exit 0");
  EXPECT_EQ(read_line(waiting.output()), one.text());
  EXPECT_EQ(read_line(waiting.output()), other.text());
  EXPECT_EQ(read_line(waiting.output()), "");
}

TEST(HandListening, TellsAtTheTimeLimitWhereSomebodyDoes) {
  const HandProgram program;
  const Bound one, other;
  other.listen();
  Process waiting = start_listening(program, "200", one, other);
  EXPECT_EQ(ending_of(waiting), "exit 0");
  EXPECT_EQ(read_line(waiting.output()), other.text());
  EXPECT_EQ(read_line(waiting.output()), "");
}

TEST(HandListening, EndsWithItsStdin) {
  const HandProgram program;
  const Bound one, other;
  Process waiting = start_listening(program, "60000", one, other);
  EXPECT_FALSE(waiting.wait(100ms));
  waiting.input().reset();
  EXPECT_EQ(ending_of(waiting), "exit 0");
}

TEST(HandUsage, WrongArgumentsAreToldInOneLine) {
  const HandProgram program;
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{},
                                                    {"dance"},
                                                    {"hold", "on"},
                                                    {"listening"},
                                                    {"listening", "soon", "80"},
                                                    {"network"},
                                                    {"network", "everywhere"},
                                                    {"network", "everywhere", "--"}}) {
    Command command{{program.path()}, kPath, {}};
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    const auto result = run_process(command, {});
    ASSERT_TRUE(result);
    EXPECT_EQ(describe(result->ending), "exit 2");
    EXPECT_THAT(result->err, HasSubstr("bottle-hand hold"));
  }
}

}  // namespace
}  // namespace bottle::docker
