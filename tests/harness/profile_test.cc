#include "harness/profile.h"

#include <gmock/gmock.h>

#include "temp_folder.h"

namespace bottle {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr const char* kDenial =
    "[[denial]]\nlayer = 'pipelock'\ndisposition = 'denied'\nall = ['HTTP/1.1 403', 'X-Why: dlp']\n";

Result<BundleProfile> read(const std::string& text) {
  const TempFolder folder;
  return BundleProfile::read(folder.write("p.toml", text));
}

std::string error_of(const std::string& text) {
  const auto profile = read(text);
  return profile ? "" : profile.error().what;
}

TEST(Profile, AllThatAreShippedCanBeRead) {
  for (const char* name : {"none", "sandbox-runtime"}) {
    const auto profile = BundleProfile::read(std::string(BOTTLE_SOURCE_DIR "/fixtures/bundles/") + name + ".toml");
    ASSERT_TRUE(profile) << profile.error().what;
    EXPECT_EQ(profile->name, name);
    EXPECT_FALSE(profile->decisions);
  }
}

TEST(Profile, TheReferenceBundlesOwnProfileIsReadable) {
  const auto profile = BundleProfile::read(BOTTLE_SOURCE_DIR "/fixtures/bundles/reference.toml");
  ASSERT_TRUE(profile) << profile.error().what;
  EXPECT_EQ(profile->name, "reference");
  EXPECT_TRUE(profile->decisions);
  ASSERT_THAT(profile->daemons, SizeIs(4));
  EXPECT_EQ(profile->daemons.at("pipelock").port, 8888);
  EXPECT_TRUE(profile->daemons.at("pipelock").agent_facing);
  EXPECT_EQ(profile->daemons.at("egress").port, 9099);
  EXPECT_FALSE(profile->daemons.at("egress").agent_facing);
  const auto denial = profile->denial_in("HTTP/1.1 403 Forbidden\r\nx-bottle-denied: pipelock; rule=dlp.aws\r\n\r\n");
  ASSERT_TRUE(denial);
  EXPECT_EQ(denial->layer, Layer::pipelock);
}

TEST(Profile, ADenialNeedsEveryOneOfItsMarks) {
  const auto profile = read("name = 'p'\n" + std::string(kDenial));
  ASSERT_TRUE(profile) << profile.error().what;
  EXPECT_TRUE(profile->denial_in("http/1.1 403 no\r\nX-WHY: DLP\r\n"));
  EXPECT_FALSE(profile->denial_in("HTTP/1.1 403 no\r\n"));
  EXPECT_FALSE(profile->denial_in("HTTP/1.1 502 no\r\nX-Why: dlp\r\n"));
  EXPECT_FALSE(profile->denial_in(""));
}

TEST(Profile, AMarkThatWouldMatchEverythingIsAnError) {
  for (const char* all : {"[]", "['']", "['403', '']"})
    EXPECT_THAT(error_of("name = 'p'\n[[denial]]\nlayer = 'egress'\ndisposition = 'denied'\nall = " + std::string(all)),
                HasSubstr("must name at least one text"))
        << all;
}

TEST(Profile, ADenialByNothingOrByNobodyIsAnError) {
  EXPECT_THAT(error_of("name = 'p'\n[[denial]]\nlayer = 'none'\ndisposition = 'denied'\nall = ['x']"),
              HasSubstr("p.toml:3: unknown layer \"none\""));
  EXPECT_THAT(error_of("name = 'p'\n[[denial]]\nlayer = 'egress'\ndisposition = 'none'\nall = ['x']"),
              HasSubstr("p.toml:4: unknown disposition \"none\""));
}

TEST(Profile, DaemonsAreTheFourAndSayWhereTheyAre) {
  EXPECT_THAT(error_of("name = 'p'\n[daemons]\npipelok = { port = 1, bind = 'agent' }"),
              HasSubstr("did you mean \"pipelock\"?"));
  EXPECT_THAT(error_of("name = 'p'\n[daemons]\npipelock = { port = 0, bind = 'agent' }"), HasSubstr("from 1 to 65535"));
  EXPECT_THAT(error_of("name = 'p'\n[daemons]\npipelock = { port = 1 }"),
              HasSubstr("missing key \"bind\" in [daemons.pipelock]"));
  EXPECT_THAT(error_of("name = 'p'\n[daemons]\npipelock = { port = 1, bind = 'all' }"),
              HasSubstr("unknown bind \"all\""));
  EXPECT_THAT(
      error_of("name = 'p'\n[daemons]\npipelock = { port = 1, bind = 'agent' }\negress = { port = 1, bind = 'agent' }"),
      HasSubstr("port 1 is already that of pipelock"));
}

TEST(Profile, SaysWhichDaemonStandsInFrontAndHowItsGateIsSpokenTo) {
  const auto profile = read(R"(name = 'p'
proxy = "egress"
start-ms = 20000
[daemons]
egress = { port = 9099, bind = "agent" }
git-gate = { port = 9420, bind = "agent", transport = "http" }
)");
  ASSERT_TRUE(profile) << profile.error().what;
  EXPECT_EQ(profile->proxy, "egress");
  EXPECT_EQ(profile->start, std::chrono::seconds(20));
  EXPECT_TRUE(profile->daemons.at("git-gate").http);
  EXPECT_FALSE(profile->daemons.at("egress").http);
  const auto usual = read("name = 'p'");
  ASSERT_TRUE(usual) << usual.error().what;
  EXPECT_EQ(usual->proxy, "pipelock");
  EXPECT_EQ(usual->start, std::chrono::seconds(3));
}

TEST(Profile, AProxyThatTheAgentCannotReachIsAnError) {
  EXPECT_THAT(error_of("name = 'p'\nproxy = 'supervise'"), HasSubstr("unknown proxy \"supervise\""));
  EXPECT_THAT(error_of("name = 'p'\nproxy = 'egress'"), HasSubstr("the proxy \"egress\" is not in [daemons]"));
  EXPECT_THAT(error_of("name = 'p'\nproxy = 'egress'\n[daemons]\negress = { port = 1, bind = 'loopback' }"),
              HasSubstr("must have bind = \"agent\""));
  EXPECT_THAT(error_of("name = 'p'\n[daemons]\ngit-gate = { port = 1, bind = 'agent', transport = 'htp' }"),
              HasSubstr("did you mean \"http\"?"));
  EXPECT_THAT(error_of("name = 'p'\n[daemons]\negress = { port = 1, bind = 'agent', transport = 'http' }"),
              HasSubstr("unknown key \"transport\""));
  EXPECT_THAT(error_of("name = 'p'\nstart-ms = 0"), HasSubstr("from 1 to 600000"));
}

TEST(Profile, EveryProfileThatComesWithTheToolIsReadable) {
  int profiles = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(BOTTLE_SOURCE_DIR "/fixtures/bundles")) {
    const auto& path = entry.path();
    if (path.extension() != ".toml" || path.filename() == "verify.toml") continue;
    ++profiles;
    const auto profile = BundleProfile::read(path);
    ASSERT_TRUE(profile) << profile.error().what;
    if (profile->daemons.empty()) continue;  // a bottle without a bundle has nothing to be told by
    EXPECT_EQ(profile->daemons.count(profile->proxy), 1u) << path;
    EXPECT_FALSE(profile->denials.empty()) << path;
  }
  EXPECT_GE(profiles, 4);
}

TEST(Profile, AnImagesFilesAndVariablesAreRead) {
  const auto profile = read(R"(name = 'p'
[environment]
UPSTREAM = "http://127.0.0.1:{BOTTLE_PIPELOCK_PORT}"
[[file]]
path = "/etc/p.yaml"
text = "allow: [{BOTTLE_ALLOWLIST}]"
mode = "0600"
)");
  ASSERT_TRUE(profile) << profile.error().what;
  EXPECT_EQ(profile->environment.at("UPSTREAM"), "http://127.0.0.1:{BOTTLE_PIPELOCK_PORT}");
  ASSERT_THAT(profile->files, SizeIs(1));
  EXPECT_EQ(profile->files[0].mode, 0600u);
  EXPECT_THAT(error_of("name = 'p'\n[[file]]\npath = 'etc/p'\ntext = 'x'"), HasSubstr("must be absolute"));
  EXPECT_THAT(error_of("name = 'p'\n[[file]]\npath = '/p'\ntext = 'x'\nmode = 'rw'"), HasSubstr("is no mode"));
}

TEST(Profile, BlanksAreFilledAndAnUnknownOneIsAnError) {
  const TempFolder folder;
  const std::map<std::string, std::string> environment = {{"BOTTLE_ALLOWLIST", "allowed.test"},
                                                          {"BOTTLE_CA_KEY", folder.write("key", "secret\n").string()},
                                                          {"BOTTLE_STATE", "/nowhere/at/all"}};
  const auto filled = [&](const std::string& text) { return fill_blanks(text, environment); };
  EXPECT_EQ(filled("no blanks, {braces} and {}").value(), "no blanks, {braces} and {}");
  EXPECT_EQ(filled("a {BOTTLE_ALLOWLIST} b {BOTTLE_ALLOWLIST}").value(), "a allowed.test b allowed.test");
  EXPECT_EQ(filled("{file BOTTLE_CA_KEY}end").value(), "secret\nend");
  for (const char* wrong : {"{BOTTLE_NO_SUCH}", "{BOTTLE_ALLOWLIST", "{file BOTTLE_STATE}"}) {
    ASSERT_FALSE(filled(wrong).has_value()) << wrong;
    EXPECT_EQ(filled(wrong).error().fault, Fault::usage);
  }
}

}  // namespace
}  // namespace bottle
