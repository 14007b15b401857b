// Batches as a whole: marks, malformed ones, deadlines, many actions.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/fanotify.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "harness/digest.h"
#include "tests/probes/support/prober.h"
#include "tests/probes/support/servers.h"

namespace bottle::testing {
namespace {

std::string nonce(int number) { return "bv" + std::to_string(number); }

TEST(Batch, TheStartMarkHashesTheSecretsAndShowsNone) {
  const ProberRun run = run_batch(Json::array(), {.secrets = {"PROBES_TEST_SECRET", "PROBES_TEST_NONE"},
                                                  .environment = {{"PROBES_TEST_SECRET", "s3cr3t"}}});
  EXPECT_EQ(run.start["secrets"]["PROBES_TEST_SECRET"], sha256_hex("s3cr3t"));
  EXPECT_TRUE(run.start["secrets"]["PROBES_TEST_NONE"].is_null());
  EXPECT_EQ(run.start["prober"], "1");
  EXPECT_EQ(run.start["actions"], 0);
  EXPECT_EQ(run.out.find("s3cr3t"), std::string::npos);
}

TEST(Batch, AMalformedOneIsExitTwoAndOneLine) {
  const Json good = {
      {"background", true}, {"batch", "b"}, {"deadline_ms", 100}, {"workers", 1}, {"actions", Json::array()}};
  std::vector<std::string> texts = {"", "{", "[]", good.dump() + "x"};
  for (const char* key : {"batch", "deadline_ms", "workers", "actions"}) {
    Json bad = good;
    bad.erase(key);
    texts.push_back(bad.dump());
    bad[key] = -5;
    texts.push_back(bad.dump());
  }
  texts.push_back(R"({"background":"yes","batch":"b","deadline_ms":9,"workers":1,"actions":[]})");
  for (const std::string& text : texts) {
    const ProberRun run = run_with_input({kProber}, text);
    EXPECT_EQ(run.exit, 2) << text;
    EXPECT_EQ(run.out, "") << text;
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
  }
  EXPECT_EQ(run_with_input({kProber}, good.dump()).exit, 0);
}

TEST(Batch, AMalformedActionSpoilsNoOther) {
  const RefusingPort refusing;
  const Json good = {{"nonce", "bvGOOD"}, {"action", "tcp"}, {"address", "127.0.0.1"}, {"port", refusing.port()}};
  Json actions = {good, 5, {{"action", "tcp"}}, {{"nonce", "bvNO"}, {"action", "nonsense"}}};
  const std::vector<std::pair<std::string, Json>> wrong = {
      {"address", "localhost"}, {"address", 1},          {"port", 0},     {"port", 70000},
      {"port", "80"},           {"send", "not base64!"}, {"read_ms", -1}, {"timeout_ms", "soon"}};
  for (const auto& [key, value] : wrong) {
    Json bad = good;
    bad["nonce"] = "bvBAD" + std::to_string(actions.size());
    bad[key] = value;
    actions.push_back(bad);
  }
  const ProberRun run = run_batch(actions);
  EXPECT_EQ(run.line("bvGOOD")["error"], "ECONNREFUSED");
  for (std::size_t i = 0; i < wrong.size(); ++i) {
    const Json line = run.line("bvBAD" + std::to_string(i + 4));
    EXPECT_EQ(line["error"], "BADACTION");
    EXPECT_TRUE(line["detail"].get<std::string>().starts_with(wrong[i].first + ": ")) << line;
  }
  EXPECT_EQ(run.line("bvNO")["error"], "BADACTION");
}

TEST(Batch, AtTheDeadlineEveryActionHasItsOneLine) {
  const StreamServer server(stay_silent);
  Json actions = Json::array();
  for (int i = 0; i < 60; ++i) {
    actions.push_back({{"nonce", nonce(i)},
                       {"action", "tcp"},
                       {"address", "127.0.0.1"},
                       {"port", server.port()},
                       {"send", base64("x")},
                       {"read_ms", 30'000},
                       {"timeout_ms", 30'000}});
  }
  const ProberRun run = run_batch(actions, {.deadline_ms = 1500, .workers = 8});
  EXPECT_LT(run.wall, std::chrono::seconds(5));
  int begun = 0;
  for (int i = 0; i < 60; ++i) {
    const Json line = run.line(nonce(i));
    EXPECT_EQ(line["error"], "DEADLINE");
    begun += line["stage"] == "reply" ? 1 : 0;
  }
  EXPECT_EQ(begun, 8) << "the rest never had a worker";
}

// A file that nobody can open: the kernel asks us for leave, and we never answer.
class HangingFile {
 public:
  explicit HangingFile(const std::string& path)
      : fanotify_(::fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY)) {
    works_ = fanotify_ >= 0 && ::fanotify_mark(fanotify_, FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD, path.c_str()) == 0;
  }
  ~HangingFile() { ::close(fanotify_); }
  bool works() const { return works_; }

 private:
  int fanotify_;
  bool works_ = false;
};

TEST(Batch, AWorkerThatHangsInTheKernelIsReportedByTheWatchdog) {
  const TempDirectory directory;
  const std::string path = directory.write("file", "x");
  const HangingFile hanging(path);
  if (!hanging.works()) GTEST_SKIP() << "fanotify's permission events are not allowed here";
  const RefusingPort refusing;
  const Json actions = {
      {{"nonce", "bvHUNG"}, {"action", "file"}, {"op", "read"}, {"path", path}},
      {{"nonce", "bvTCP"}, {"action", "tcp"}, {"address", "127.0.0.1"}, {"port", refusing.port()}},
  };
  const ProberRun run = run_batch(actions, {.deadline_ms = 1500, .workers = 2});
  EXPECT_EQ(run.line("bvHUNG")["error"], "DEADLINE") << run.out;
  EXPECT_EQ(run.line("bvHUNG")["stage"], "connect");
  EXPECT_EQ(run.line("bvHUNG")["detail"], "cut off");
  EXPECT_EQ(run.line("bvTCP")["error"], "ECONNREFUSED");
  EXPECT_LT(run.wall, std::chrono::seconds(5));
}

TEST(Batch, HundredsOfRefusalsAreAllTold) {
  const RefusingPort refusing;
  Json actions = Json::array();
  for (int i = 0; i < 400; ++i) {
    actions.push_back({{"nonce", nonce(i)}, {"action", "tcp"}, {"address", "127.0.0.1"}, {"port", refusing.port()}});
  }
  const ProberRun run = run_batch(actions, {.deadline_ms = 15'000});
  std::set<std::string> seen;
  for (const Json& line : run.lines) seen.insert(line["nonce"]);
  EXPECT_EQ(seen.size(), 400u);
  for (const Json& line : run.lines) EXPECT_EQ(line["error"], "ECONNREFUSED");
}

TEST(Batch, HundredsOfRealExchangesAreAllToldApart) {
  const DatagramServer server([](const std::string& said) { return said; });
  Json actions = Json::array();
  for (int i = 0; i < 300; ++i) {
    actions.push_back({{"nonce", nonce(i)},
                       {"action", "udp"},
                       {"address", "127.0.0.1"},
                       {"port", server.port()},
                       {"send", base64(nonce(i))},
                       {"read_ms", 5000},
                       {"timeout_ms", 5000}});
  }
  const ProberRun run = run_batch(actions, {.deadline_ms = 15'000});
  for (int i = 0; i < 300; ++i) EXPECT_EQ(head_of(run.line(nonce(i))), nonce(i));
}

}  // namespace
}  // namespace bottle::testing
