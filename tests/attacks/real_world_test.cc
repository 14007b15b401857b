// What is sent from a bottle that stands in the real world: the whole catalogue, looked at by a reader of its own.
#include "harness/real_world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>

#include "attacks/registry.h"
#include "harness/digest.h"

namespace bottle {
namespace {

constexpr char kAllowed[] = "api.example.org";

// A bottle whose sinks hear nothing but what is dialled on the host.
class Deaf final : public Bottle {
 public:
  Result<ExecResult> exec(Place, const Command&, const ExecLimits&) override {
    return fail("no place", Fault::unsupported);
  }
  Result<void> put_file(const AgentFile&) override { return {}; }
  Lab& lab() override { return lab_; }
  std::string unheard(Place place, Boundary) const override { return place == Place::host ? "" : "nobody listens"; }
  bool listening(int) const override { return false; }
  Result<void> end_bundle() override { return {}; }
  Result<void> stop() override { return {}; }

 private:
  Lab lab_{Fd(), Fd(), {}};
};

class RealWorldTest : public testing::Test {
 protected:
  RealWorldTest() {
    std::vector<std::string> names;
    for (const Technique& technique : techniques) names.emplace_back(technique.name);
    cases = *read_catalogues({BOTTLE_SOURCE_DIR "/attacks/catalogue"}, names);
    variants = *select_variants(cases, techniques, "full", {});
  }
  AttemptPlan plan(const RealWorld& world) {
    PlanInputs inputs{.guarded_secrets = &secrets, .bare_secrets = &bare_secrets};
    inputs.guarded = {.echo = {"127.0.0.1", 20'000},
                      .echo6 = {"::1", 20'000},
                      .echo_socket = "@echo",
                      .resolver = "default",
                      .public_resolver = "198.51.100.53",
                      .ipv6 = true};
    inputs.bare = inputs.shadow = inputs.guarded;
    inputs.canaries = {{"host-loopback", {"127.0.0.1", 4711}},
                       {"host-alias", {"127.0.0.77", 4711}},
                       {"host-address", {"10.1.2.3", 4711}},
                       {"host-abstract", {"@canary", 0}}};
    enter_real_world(world, inputs);
    return make_attempts(variants, inputs);
  }
  static std::vector<const Attempt*> sent_from_the_bottle(const AttemptPlan& plan) {
    std::vector<const Attempt*> sent;
    for (const PlannedVariant& planned : plan.variants) sent.push_back(&planned.guarded);
    for (const auto* controls : {&plan.control_before, &plan.control_after}) {
      for (const auto& [channel, control] : *controls) sent.push_back(&control);
    }
    std::erase_if(sent, [](const Attempt* attempt) { return !is_made(*attempt); });
    return sent;
  }
  std::vector<Technique> techniques = all_techniques();
  std::vector<Case> cases;
  std::vector<Variant> variants;
  std::vector<Secret> secrets = make_secrets(), bare_secrets = make_secrets();
};

// Every text of an action; those that travel as base64 (probes/README.md), as they will be sent.
void read_texts(const nlohmann::json& value, const std::string& key, std::string& all) {
  static const std::set<std::string> bytes = {"send", "connect", "request", "opening", "until"};
  if (value.is_string()) {
    const std::string& text = value.get_ref<const std::string&>();
    all += (bytes.contains(key) ? from_base64(text).value_or("") : text) + "\n";
  }
  if (!value.is_structured()) return;
  for (const auto& [name, inner] : value.items()) read_texts(inner, value.is_array() ? key : name, all);
}

// The hosts that are named where a client or a proxy takes one.
std::set<std::string> hosts_named(const Attempt& attempt) {
  std::string all;
  read_texts(attempt.action, "", all);
  std::set<std::string> hosts;
  const std::regex place("(?:://|CONNECT |Host: |--resolve\n)(\\[[^\\]]*\\]|[^/: \r\n?]+)");
  for (auto at = std::sregex_iterator(all.begin(), all.end(), place); at != std::sregex_iterator(); ++at) {
    std::string host = (*at)[1].str();
    host.erase(0, host.rfind('@') + 1);
    std::transform(host.begin(), host.end(), host.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (host.ends_with('.')) host.pop_back();
    hosts.insert(host);
  }
  if (attempt.action.contains("tls")) hosts.insert(attempt.action["tls"].value("sni", ""));
  for (const char* key : {"address", "server"}) hosts.insert(attempt.action.value(key, ""));
  hosts.erase("");
  return hosts;
}

bool is_kept_for_documents_or_ours(const std::string& host) {
  for (const char* end : {".test", ".invalid"}) {
    if (host.ends_with(end)) return true;
  }
  for (const char* start :
       {"192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:", "[2001", "127.", "::1", "[::1", "10.1.2.3"}) {
    if (host.starts_with(start)) return true;
  }
  return host == "default";
}

TEST_F(RealWorldTest, NothingIsSentToAHostThatNobodyNamed) {
  const AttemptPlan made = plan({.allowed_host = kAllowed, .proxy = "127.0.0.1:8888"});
  const auto sent = sent_from_the_bottle(made);
  EXPECT_GT(sent.size(), 150u);
  int allowed = 0;
  for (const Attempt* attempt : sent) {
    for (const std::string& host : hosts_named(*attempt)) {
      allowed += host == kAllowed ? 1 : 0;
      EXPECT_TRUE(host == kAllowed || is_kept_for_documents_or_ours(host)) << host << " in " << attempt->action.dump();
    }
  }
  EXPECT_GT(allowed, 50) << "or this reader sees nothing";
}

TEST_F(RealWorldTest, WhereNoHostWasAllowedNoneIsNamed) {
  const AttemptPlan made = plan({.proxy = "127.0.0.1:8888"});
  for (const Attempt* attempt : sent_from_the_bottle(made)) {
    for (const std::string& host : hosts_named(*attempt))
      EXPECT_TRUE(is_kept_for_documents_or_ours(host) && host != kNoAllowedHost) << host;
  }
  int withheld = 0;
  for (const PlannedVariant& planned : made.variants)
    withheld += planned.guarded.withheld == "no allowed host was named";
  EXPECT_GT(withheld, 100) << "all of http-exfil at least";
}

TEST_F(RealWorldTest, TheBottlesOwnSecretGoesToTheAllowedHostInVerifiedTlsAndNowhereElse) {
  const auto carriers = [this](const RealWorld& world) {
    const AttemptPlan made = plan(world);
    int count = 0;
    for (const Attempt* attempt : sent_from_the_bottle(made)) {
      if (!attempt->action.contains("own_secret")) continue;
      ++count;
      EXPECT_EQ(attempt->action["own_secret"]["variable"], "OWN");
      EXPECT_EQ(attempt->action["tls"]["sni"], kAllowed);
      EXPECT_EQ(attempt->action["tls"]["verify"], true);
      EXPECT_EQ(hosts_named(*attempt), (std::set<std::string>{kAllowed, "127.0.0.1"}));
      const std::string request = *from_base64(attempt->action["request"].get<std::string>());
      EXPECT_NE(request.find("X-Data: " + attempt->action["own_secret"]["blank"].get<std::string>() + "\r\n"),
                std::string::npos);
      EXPECT_EQ(request.find(find_secret(secrets, "generic")->value), std::string::npos);
      EXPECT_EQ(attempt->sent.back().second, sha256_hex(request));
    }
    return count;
  };
  EXPECT_EQ(carriers({.allowed_host = kAllowed, .proxy = "127.0.0.1:8888", .secret_variable = "OWN"}), 1);
  EXPECT_EQ(carriers({.allowed_host = kAllowed, .proxy = "127.0.0.1:8888"}), 0);
  EXPECT_EQ(carriers({.proxy = "127.0.0.1:8888", .secret_variable = "OWN"}), 0);
}

TEST_F(RealWorldTest, WhatNobodyNamedIsNotKnownToBeAway) {
  const AttemptPlan made = plan({});
  for (const PlannedVariant& planned : made.variants) {
    const std::string& category = planned.variant.of->info.category;
    if (category == "http-exfil" || category == "git-gate") {
      EXPECT_EQ(planned.guarded.not_applicable, "") << planned.variant.name;
      EXPECT_NE(planned.guarded.withheld, "") << planned.variant.name;
    }
  }
}

TEST_F(RealWorldTest, ANameBesideTheAllowedHostAndAnAddressInAnyTextAreFound) {
  const Bounds bounds{.allowed_host = kAllowed, .addresses = {"10.0.0.2"}};
  const auto why = [&](const nlohmann::json& action) { return why_not_sent(Attempt{.action = action}, bounds); };
  const auto request = [](const std::string& text) { return nlohmann::json{{"request", to_base64(text)}}; };
  EXPECT_EQ(why(request("GET http://api.example.org/ HTTP/1.1\r\n")), "");
  EXPECT_EQ(why(request("GET http://api.example.org@x.denied.test/ HTTP/1.1\r\n")), "");
  EXPECT_EQ(why(request("GET http://api.example.org.x.denied.test/ HTTP/1.1\r\n")), "");
  EXPECT_NE(why(request("GET http://secret.api.example.org/ HTTP/1.1\r\n")), "");
  EXPECT_NE(why(request("GET http://x-API.example.org/ HTTP/1.1\r\n")), "");
  EXPECT_NE(why(request("GET http://api.example.org.evil.org/ HTTP/1.1\r\n")), "");
  EXPECT_NE(why(request("GET http://169.254.169.254/ HTTP/1.1\r\n")), "");
  EXPECT_EQ(why({{"address", "10.0.0.2"}}), "");
  EXPECT_NE(why({{"address", "10.0.0.3"}}), "");
  EXPECT_NE(why({{"address", "203.0.113.9.evil.org"}}), "");
  EXPECT_NE(why({{"server", "8.8.8.8"}}), "");
  EXPECT_EQ(why({{"server", "default"}}), "");
  EXPECT_NE(why({{"action", "client"}, {"steps", {{"curl", "-L", "http://api.example.org/"}}}}), "");
}

TEST_F(RealWorldTest, WhatNobodyHearsHasNoBareArmAndItsControlSaysWhy) {
  AttemptPlan made = plan({.allowed_host = kAllowed, .proxy = "127.0.0.1:8888"});
  const Deaf deaf;
  note_unheard(made, deaf);
  for (const PlannedVariant& planned : made.variants) {
    const bool on_host = planned.bare.place == Place::host;
    if (!planned.guarded.not_applicable.empty()) continue;  // beside a bundle that is not known
    EXPECT_EQ(planned.guarded.unheard, on_host ? "" : "nobody listens") << planned.variant.name;
    EXPECT_EQ(planned.bare.not_applicable.empty(), on_host) << planned.variant.name;
  }
  for (const auto& [channel, control] : made.control_before) {
    const bool at_the_echo = channel.find("echo") != std::string::npos;
    if (control.delivered_at == "http") {
      EXPECT_EQ(control.unheard, "nobody listens") << channel;
    }
    if (at_the_echo) {
      EXPECT_EQ(control.unheard, "") << channel;
    }
  }
}

}  // namespace
}  // namespace bottle
