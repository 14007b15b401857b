// The pure parts of the docker backend: what it says to an engine, and what it reads from one. No engine is needed.
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

#include "backends/docker/archive.h"
#include "backends/docker/containers.h"
#include "harness/run_directory.h"
#include "tests/backends/bottles.h"

namespace bottle::docker {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

EngineFacts docker_of(const std::string& version) {
  return {.version = version, .default_runtime = "runc", .runtimes = {"runc", "runsc"}};
}

Containers containers() {
  Containers all;
  all.layout = {.slug = "abc", .directory = "/tmp/run", .base = "10.208.7."};
  all.facts = docker_of("20.10.24");
  all.images = {"agent:1", "harness:1", "harness:1"};
  all.libexec = "/x/libexec";
  return all;
}

// The words behind each occurrence of `option`.
Words values_of(const Words& words, const std::string& option) {
  Words values;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] == option) values.push_back(words[i + 1]);
  }
  return values;
}

TEST(DockerWords, TheAgentHasNoPrivilegesNoMountsAndNoNetworkOfItsOwn) {
  const Words words = containers().run_agent();
  EXPECT_THAT(values_of(words, "--cap-drop"), Contains("ALL"));
  EXPECT_THAT(values_of(words, "--cap-add"), IsEmpty());
  EXPECT_THAT(values_of(words, "--volume"), IsEmpty());
  EXPECT_THAT(values_of(words, "--security-opt"), Contains("no-new-privileges"));
  EXPECT_THAT(words, Contains("--read-only"));
  EXPECT_THAT(values_of(words, "--network"), Contains("container:bottle-verify-abc-agent-net"));
  EXPECT_THAT(values_of(words, "--user"), Contains("1000:1000"));
  EXPECT_FALSE(values_of(words, "--pids-limit").empty());
  EXPECT_FALSE(values_of(words, "--memory").empty());
}

TEST(DockerWords, EverythingHasOurLabelsAndNothingIsPublishedOrPulled) {
  const Containers all = containers();
  for (const Words& words :
       {all.inner_network(), all.outer_network(), all.volume(), all.run_lab(), all.create_bundle_net(),
        all.run_agent_net(), all.run_outside(), all.run_agent(), all.create_bundle({.argv = {"/x/bundle"}}, true)}) {
    EXPECT_THAT(values_of(words, "--label"), Contains("bottle-verify.directory=/tmp/run"));
    EXPECT_THAT(words, Not(Contains("--publish")));
    const bool makes_container = words.front() == "run" || words.front() == "create";
    if (makes_container) {
      EXPECT_THAT(values_of(words, "--pull"), Contains("never"));
    }
  }
}

TEST(DockerWords, ALabThatTheHostReachesIsOnANetworkMoreUnlessTheHostHasItsAddresses) {
  Containers all = containers();
  all.host_networks = HostNetworks{.published_at = "127.0.0.16",
                                   .doors = {8888},
                                   .echo_port = 7007,
                                   .beyond = "203.0.113.16/28",
                                   .beyond_gateway = "203.0.113.17",
                                   .beyond_lab = "203.0.113.18"};
  EXPECT_THAT(all.run_lab(), Contains("only 203.0.113.17"));
  EXPECT_EQ(all.run_lab().front(), "create");
  EXPECT_THAT(all.connect_lab(), Contains("203.0.113.18"));
  EXPECT_THAT(values_of(all.create_bundle_net(), "--publish"), Contains("127.0.0.16:8888:8888/tcp"));
  all.host_networks->beyond.clear();
  all.host_networks->on_loopback = {"203.0.113.3"};
  EXPECT_FALSE(all.has_beyond());
  EXPECT_EQ(all.run_lab().front(), "run");
  EXPECT_THAT(all.run_lab(), Not(Contains(HasSubstr("only 203."))));
  EXPECT_THAT(all.run_lab(), Contains("only " + all.layout.outside()));
  EXPECT_THAT(all.connect_lab(), IsEmpty());
}

TEST(DockerWords, TheNetworkWithoutTheHostIsAskedForInTheWordsOfTheEngine) {
  EXPECT_THAT(docker_of("20.10.24+dfsg1").without_host(), Contains(HasSubstr("inhibit_ipv4")));
  EXPECT_THAT(docker_of("28.2.2").without_host(), Contains(HasSubstr("gateway_mode_ipv4=isolated")));
  EXPECT_THAT(docker_of("19.03.1").without_host(), IsEmpty());
  EngineFacts podman = docker_of("4.3.1");
  podman.podman = true;
  EXPECT_THAT(podman.without_host(), IsEmpty());
}

TEST(DockerWords, OnlyAWrongBottleHasTheEnginesOwnNetworkAndRoutes) {
  Containers all = containers();
  EXPECT_THAT(all.inner_network(), Contains(HasSubstr("inhibit_ipv4")));
  EXPECT_THAT(all.run_agent_net(), Contains("only 10.208.7.2"));
  all.wrongs.engine_network = true;
  EXPECT_THAT(all.inner_network(), Not(Contains(HasSubstr("inhibit_ipv4"))));
  EXPECT_THAT(all.run_agent_net(), Not(Contains(HasSubstr("only"))));
}

TEST(DockerWords, TheLabsContainersNeverRunInGvisor) {
  Containers all = containers();
  all.facts.default_runtime = "runsc";
  EXPECT_THAT(values_of(all.run_lab(), "--runtime"), Contains("runc"));
  EXPECT_TRUE(all.own_network_stack());
  all.runtime = "runc";
  EXPECT_FALSE(all.own_network_stack());
}

TEST(DockerWords, AnEnginesReasonIsOneLine) {
  EXPECT_EQ(reason_in("docker: Error response from daemon: Conflict. The name is in use.\nSee 'docker run --help'.\n"),
            "Conflict. The name is in use.");
  EXPECT_EQ(reason_in("Error: no such network\n"), "no such network");
  EXPECT_EQ(reason_in(""), "");
  EXPECT_EQ(reason_in("\x1b[31mred\x1b[0m\n").find('\x1b'), std::string::npos);
  EXPECT_LE(reason_in(std::string(5000, 'x')).size(), 320u);
}

TEST(DockerWords, AnEngineWithoutAServerIsUnavailable) {
  const auto client_only = read_engine_facts(R"({"ClientInfo":{},"ServerErrors":["cannot connect"]})", false);
  ASSERT_FALSE(client_only.has_value());
  EXPECT_EQ(client_only.error().fault, Fault::unavailable);
  EXPECT_FALSE(read_engine_facts("garbage", false).has_value());
  const auto facts = read_engine_facts(
      R"({"ServerVersion":"20.10.24","DefaultRuntime":"runc","Runtimes":{"runc":{},"runsc":{}},"OperatingSystem":"D"})",
      false);
  ASSERT_TRUE(facts.has_value());
  EXPECT_TRUE(facts->runtimes.contains("runsc"));
  EXPECT_TRUE(facts->at_least(20, 10));
  EXPECT_FALSE(facts->at_least(20, 11));
}

class Archive : public testing::Test {
 protected:
  void SetUp() override {
    auto made = RunDirectory::make(testing_support::fresh_slug());
    ASSERT_TRUE(made.has_value()) << made.error().what;
    directory_.emplace(std::move(*made));
  }
  std::filesystem::path write(const std::string& name, const std::string& bytes) {
    const auto path = directory_->path() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  std::optional<RunDirectory> directory_;
};

TEST_F(Archive, AFileComesBackAsItWentIn) {
  std::string bytes(1500, 'x');
  bytes[700] = '\0';
  const auto archive = archive_of({write("one", bytes)});
  ASSERT_TRUE(archive.has_value()) << archive.error().what;
  EXPECT_EQ(archive->size() % 512, 0u);
  const auto back = only_file_in(*archive);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(*back, bytes);
}

TEST_F(Archive, TarReadsItFoldersLongNamesAndAll) {
  const std::string deep = "folder/" + std::string(60, 'a') + "/" + std::string(60, 'b');
  write("folder/short", "1");
  const auto path = write(deep, "22");
  std::filesystem::create_symlink("/etc/passwd", directory_->path() / "folder/link");
  const auto archive = archive_of({directory_->path() / "folder"});
  ASSERT_TRUE(archive.has_value()) << archive.error().what;
  const auto listed = run_process({{"tar", "-tvf", "-"}, {{"PATH", "/usr/bin:/bin"}}, *archive}, {});
  ASSERT_TRUE(listed.has_value() && succeeded(*listed)) << listed->err;
  EXPECT_THAT(listed->out, HasSubstr(path.relative_path().string()));
  EXPECT_THAT(listed->out, HasSubstr("folder/short"));
  EXPECT_THAT(listed->out, Not(HasSubstr("link")));
}

TEST_F(Archive, WhatIsNoPlainFileIsNotRead) {
  EXPECT_FALSE(only_file_in("").has_value());
  EXPECT_FALSE(only_file_in(std::string(2000, 'x')).has_value());
  const auto archive = archive_of({write("one", std::string(1500, 'x'))});
  EXPECT_FALSE(only_file_in(archive->substr(0, 1000)).has_value()) << "it is cut short";
  std::string link = *archive;
  link[156] = '2';  // a symbolic link, says its header
  EXPECT_FALSE(only_file_in(link).has_value());
}

TEST(DockerWords, AnErrorNamesTheCommandAndNotItsArguments) {
  EXPECT_EQ(name_of_call("docker", {"network", "create", "--internal", "x"}), "docker network create");
  EXPECT_EQ(name_of_call("podman", {"exec", "--interactive", "x"}), "podman exec");
}

TEST(DockerLayout, TakesNoSubnetThatTheEngineHasGivenAway) {
  const std::vector<std::string> harmless{"192.168.0.0/16", "fd00::/8", "rubbish", "10.0.0.0/8x", "0.0.0.0/x"};
  const auto usual = choose_layout("abc", "/tmp/run", harmless);
  ASSERT_TRUE(usual) << usual.error().what;
  EXPECT_TRUE(usual->base.starts_with("10.")) << usual->base;
  for (const std::string& taken : {usual->inner(), usual->outer(), usual->base + "0/24", usual->base + "64/29"}) {
    const auto other = choose_layout("abc", "/tmp/run", {taken});
    ASSERT_TRUE(other) << other.error().what;
    EXPECT_NE(other->base, usual->base) << taken;
    EXPECT_TRUE(other->base.starts_with("10.")) << other->base;
  }
  const auto elsewhere = choose_layout("abc", "/tmp/run", {"10.0.0.0/8"});
  ASSERT_TRUE(elsewhere) << elsewhere.error().what;
  EXPECT_TRUE(elsewhere->base.starts_with("172.")) << elsewhere->base;
  const auto nowhere = choose_layout("abc", "/tmp/run", {"10.0.0.0/8", "172.16.0.0/12"});
  ASSERT_FALSE(nowhere);
  EXPECT_THAT(nowhere.error().what, HasSubstr("network prune"));
}

TEST(DockerLayout, OfAPlanIsTheSameAgain) {
  const auto planned = choose_layout("abc", "/tmp/run", {});
  ASSERT_TRUE(planned);
  const auto again = layout_with("abc", "/tmp/run", planned->bundle());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->lab(), planned->lab());
  EXPECT_EQ(again->name("lab"), planned->name("lab"));
  EXPECT_FALSE(layout_with("abc", "/tmp/run", "127.0.0.2"));  // the host's
}

}  // namespace
}  // namespace bottle::docker
