// The prober's report is hostile until it is whole.
#include "harness/prober_report.h"

#include <gtest/gtest.h>

#include <limits>

#include "harness/digest.h"

namespace bottle {
namespace {

class Report : public testing::Test {
 protected:
  std::string batch = make_nonce();
  Attempt one{.nonce = make_nonce()}, two{.nonce = make_nonce()};
  std::vector<const Attempt*> attempts{&one, &two};
  std::vector<Secret> secrets = make_secrets();

  std::string start(const std::string& of = {}, int actions = 2) const {
    return R"({"mark":"start","batch":")" + (of.empty() ? batch : of) + R"(","actions":)" + std::to_string(actions) +
           ",\"secrets\":{}}\n";
  }
  std::string line(const std::string& nonce) const {
    return R"({"nonce":")" + nonce +
           R"(","action":"tcp","start_ns":5,"end_ns":9,"stage":"connect","error":"ENETUNREACH","sent":[]})" + "\n";
  }
  std::string end(int reported = 2) const {
    return R"({"mark":"end","batch":")" + batch + R"(","reported":)" + std::to_string(reported) + "}\n";
  }
  ProberReport read(const std::string& out, Ending ending = Exited{0}, bool truncated = false) const {
    return read_prober_report({.ending = ending, .out = out, .truncated = truncated}, batch, attempts, secrets);
  }
};

TEST_F(Report, IsCompleteWhenEverythingIsThereOnce) {
  const auto report = read(start() + line(two.nonce) + line(one.nonce) + end());
  EXPECT_TRUE(report.complete) << report.problem;
  EXPECT_EQ(report.by_nonce.at(one.nonce).report.error, "ENETUNREACH");
  EXPECT_EQ(report.by_nonce.at(one.nonce).report.took_ns, 4);
}

TEST_F(Report, IsNotCompleteWhenAnythingIsWrong) {
  const std::string whole = start() + line(one.nonce) + line(two.nonce) + end();
  const std::string wrong[] = {
      "",
      start(),
      start() + line(one.nonce) + line(two.nonce),
      start() + line(one.nonce) + end(1),
      start() + line(one.nonce) + end(2),
      start() + line(one.nonce) + line(one.nonce) + end(),
      start() + line(one.nonce) + line(two.nonce) + line(make_nonce()) + end(3),
      line(one.nonce) + start() + line(two.nonce) + end(),
      whole + line(one.nonce),
      whole + start(),
      start() + start() + line(one.nonce) + line(two.nonce) + end(),
      start(make_nonce()) + line(one.nonce) + line(two.nonce) + end(),
      start({}, 3) + line(one.nonce) + line(two.nonce) + end(),
      "welcome to the bottle\n" + whole,
      whole.substr(0, whole.size() - 1),
      "[]\n" + whole,
  };
  for (const std::string& out : wrong) EXPECT_FALSE(read(out).complete) << out;
  EXPECT_FALSE(read(whole, Exited{1}).complete);
  EXPECT_FALSE(read(whole, Signalled{9}).complete);
  EXPECT_FALSE(read(whole, TimedOut{}).complete);
  EXPECT_FALSE(read(whole, Exited{0}, true).complete);
  EXPECT_TRUE(read(whole).complete);
}

TEST_F(Report, FieldsOfTheWrongKindDoNoHarm) {
  const auto report =
      read(start() + R"({"nonce":")" + one.nonce +
           R"(","stage":7,"error":[],"sent":{"x":1},"reply":"no","steps":[3]})" + "\n" + line(two.nonce) + end());
  EXPECT_TRUE(report.complete) << report.problem;
  EXPECT_EQ(report.by_nonce.at(one.nonce).report.stage, "");
}

TEST_F(Report, CurlsProseBecomesAnErrnoAndLosesWhatItSent) {
  const std::string err =
      "* Trying\n> GET /secret-path\n* Immediate connect fail for 1.2.3.4: Network is unreachable\ncurl: (7) Failed\n";
  const auto report =
      read(start() + R"({"nonce":")" + one.nonce +
           R"(","action":"client","stage":"client","error":"EXIT","steps":[{"exit":7,"out":"","err":")" +
           to_base64(err) + R"("}]})" + "\n" + line(two.nonce) + end());
  const Told& told = report.by_nonce.at(one.nonce);
  EXPECT_EQ(told.report.error, "ENETUNREACH");
  EXPECT_EQ(told.report.stage, "connect");
  EXPECT_EQ(told.answer.find("secret-path"), std::string::npos);
}

TEST_F(Report, SecretsAndControlCharactersDoNotReachTheRecord) {
  const std::string head = "HTTP/1.1 200 OK\r\n\r\n\x1b[31m" + secrets[0].value;
  const auto report =
      read(start() + R"({"nonce":")" + one.nonce + R"(","stage":"done","error":"","reply":{"from":"origin","head":")" +
           to_base64(head) + R"("}})" + "\n" + line(two.nonce) + end());
  const std::string& reply = report.by_nonce.at(one.nonce).report.reply;
  EXPECT_EQ(reply.find(secrets[0].value), std::string::npos);
  EXPECT_EQ(reply.find('\x1b'), std::string::npos);
  EXPECT_NE(reply.find("TEST_SECRET_ANTHROPIC"), std::string::npos);
}

TEST_F(Report, CurlsProseIsReadForWhatItSays) {
  const auto read_curl = [&](int code, const std::string& prose) {
    const std::string said = R"({"nonce":")" + one.nonce +
                             R"(","action":"client","stage":"client","error":"EXIT","steps":[{"exit":)" +
                             std::to_string(code) + R"(,"out":"","err":")" + to_base64(prose) + "\"}]}\n";
    const auto report = read(start() + said + line(two.nonce) + end());
    const AttemptReport& told = report.by_nonce.at(one.nonce).report;
    return told.stage + " " + told.error;
  };
  EXPECT_EQ(read_curl(28, "*   Trying 203.0.113.9:80...\n* Connection timed out after 4001 ms\n"), "connect ETIMEDOUT");
  // It had connected: what timed out came later, and a dropped packet is not shown by that.
  EXPECT_EQ(read_curl(28, "* Connected to 203.0.113.9 port 443\n* Connection timed out after 4001 ms\n"),
            "client exit 28");
  EXPECT_EQ(read_curl(56, "* CONNECT tunnel failed, response 403\n"), "proxy exit 56");
  EXPECT_EQ(read_curl(56, "* CONNECT tunnel established, response 200\n* Recv failure\n"), "client exit 56");
  EXPECT_EQ(read_curl(56, "* Connected to 192.0.2.2 port 9099\n* Recv failure: Connection reset by peer\n"),
            "reply ECONNRESET");
  EXPECT_EQ(read_curl(56, "* Connected\n< HTTP/1.1 200 OK\n* Recv failure: Connection reset by peer\n"),
            "client exit 56");
}

// A client that is not there makes a variant not applicable; a bottle without a place to write in does not.
TEST_F(Report, OnlyAClientThatIsNotThereIsAMissingTool) {
  const auto missing = [&](const std::string& stage, const std::string& detail) {
    const std::string said = R"({"nonce":")" + one.nonce + R"(","action":"client","stage":")" + stage +
                             R"(","error":"ENOENT","detail":")" + detail + "\"}\n";
    const auto report = read(start() + said + line(two.nonce) + end());
    return report.by_nonce.at(one.nonce).tool_missing;
  };
  EXPECT_TRUE(missing("client", "curl: not in PATH"));
  EXPECT_TRUE(missing("client", "/usr/bin/curl: exec"));
  EXPECT_FALSE(missing("client", "no scratch directory: /tmp/bottle-prober.XXXXXX"));
  EXPECT_FALSE(missing("client", ""));
  EXPECT_FALSE(missing("connect", "curl: not in PATH"));
}

// The exec took 10 ms by the harness's clock.
TEST_F(Report, TimesThatDoNotFitIntoTheExecAreNoticed) {
  const auto problem_of = [&](std::int64_t from, std::int64_t to) {
    const std::string late = R"({"nonce":")" + two.nonce + R"(","start_ns":)" + std::to_string(from) + R"(,"end_ns":)" +
                             std::to_string(to) + R"(,"stage":"done","sent":[]})" + "\n";
    const ExecResult result{
        .ending = Exited{0}, .out = start() + line(one.nonce) + late + end(), .wall = std::chrono::milliseconds(10)};
    return read_prober_report(result, batch, attempts, secrets).problem;
  };
  EXPECT_EQ(problem_of(5, 9'000'000), "");
  EXPECT_EQ(problem_of(9, 5), "an attempt that ended before it began");
  EXPECT_NE(problem_of(5, 20'000'000), "");
  EXPECT_NE(problem_of(3'600'000'000'000, 3'600'000'000'001), "") << "each is short, but they are an hour apart";
  EXPECT_NE(problem_of(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()), "");
}

TEST_F(Report, NumbersThatAreTooLargeAreBounded) {
  std::string sent;
  for (int i = 0; i < 16; ++i)
    sent += std::string(i == 0 ? "" : ",") + R"({"what":"x","sha256":"y","bytes":9223372036854775807})";
  const std::string huge =
      R"({"nonce":")" + two.nonce + R"(","start_ns":0,"end_ns":0,"stage":"done","sent":[)" + sent + "]}\n";
  const auto report = read(start() + line(one.nonce) + huge + end());
  EXPECT_GT(report.by_nonce.at(two.nonce).report.sent_bytes, 0);
}

TEST_F(Report, WhatIsTooMuchIsNotRead) {
  EXPECT_EQ(read(start() + std::string(600'000, '[') + "\n" + end()).problem, "a line longer than a prober writes");
  std::string many = start();
  for (int i = 0; i < 1000; ++i) many += line(make_nonce());
  const auto report = read(many + end(1000));
  EXPECT_FALSE(report.complete);
  EXPECT_LT(report.reported, 50);
  EXPECT_EQ(read(start() + line(one.nonce) + line(two.nonce) + end(), Exited{0}, true).reported, 0);
}

}  // namespace
}  // namespace bottle
