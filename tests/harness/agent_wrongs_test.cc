#include "harness/agent_wrongs.h"

#include <gmock/gmock.h>

namespace bottle {
namespace {

const std::string kProber = "/run/bottle/bottle-prober";

class Agent : public testing::Test {
 protected:
  Agent() {
    launch.agent_files = {{kProber, "real", 0755}, {"/run/bottle/ca.pem", "ca", 0644}};
    for (const Secret& secret : secrets) launch.agent_environment[secret.name] = secret.value;
    launch.agent_environment["PATH"] = "/bin";
  }
  void spoil(const std::vector<std::string>& words) {
    const auto wrongs = AgentWrongs::parse(words);
    ASSERT_TRUE(wrongs) << wrongs.error().what;
    spoil_agent(*wrongs, secrets, kProber, "impostor", launch);
  }
  std::string bytes_of(const std::string& path) const {
    for (const AgentFile& file : launch.agent_files) {
      if (file.path == path) return file.bytes;
    }
    return "(not there)";
  }

  std::vector<Secret> secrets = make_secrets();
  LaunchInputs launch;
};

TEST_F(Agent, IsLeftAloneWithoutAWord) {
  spoil({});
  EXPECT_EQ(bytes_of(kProber), "real");
  EXPECT_EQ(launch.agent_environment.size(), secrets.size() + 1);
}

TEST_F(Agent, SecretsAndProberCanBeMissing) {
  spoil({"secret-missing", "prober-missing"});
  EXPECT_EQ(bytes_of(kProber), "(not there)");
  EXPECT_EQ(launch.agent_environment.size(), 1u);
  EXPECT_EQ(launch.agent_files.size(), 1u);
}

TEST_F(Agent, AnImpostorHasTheRealOneBesideIt) {
  spoil({"floods"});
  EXPECT_EQ(bytes_of(kProber), "impostor");
  EXPECT_EQ(bytes_of(kProber + ".real"), "real");
  EXPECT_EQ(launch.agent_environment.at(kImpostorVariable), "floods");
}

TEST(AgentWrongs, AnUnknownWordIsAnError) {
  const auto wrongs = AgentWrongs::parse({"ca-untrusted", "foolds"});
  ASSERT_FALSE(wrongs);
  EXPECT_EQ(wrongs.error().fault, Fault::usage);
  EXPECT_THAT(wrongs.error().what, testing::HasSubstr("foolds"));
}

}  // namespace
}  // namespace bottle
