#include "harness/agent_wrongs.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace bottle {
namespace {

constexpr std::array<std::string_view, 15> kImpostors = {"prober-silent",
                                                         "prober-cut-short",
                                                         "prober-duplicated",
                                                         "prober-replayed",
                                                         "clock-jumps-agent",
                                                         "forges-everything",
                                                         "forges-direct",
                                                         "provokes-denials",
                                                         "controls-only",
                                                         "floods",
                                                         "noise",
                                                         "never-exits",
                                                         "escapes-group",
                                                         "fills-disk",
                                                         "closes-stdin"};

}  // namespace

Result<AgentWrongs> AgentWrongs::parse(const std::vector<std::string>& words) {
  AgentWrongs wrongs;
  for (const std::string& word : words) {
    if (word == "client-hook")
      wrongs.client_hook = true;
    else if (word == "ca-untrusted")
      wrongs.ca_untrusted = true;
    else if (word == "secret-missing")
      wrongs.secret_missing = true;
    else if (word == "prober-missing")
      wrongs.prober_missing = true;
    else if (std::find(kImpostors.begin(), kImpostors.end(), word) != kImpostors.end())
      wrongs.impostor = word;
    else
      return fail("no switch of the agent's side: \"" + word + "\"", Fault::usage);
  }
  return wrongs;
}

void spoil_agent(const AgentWrongs& wrongs, const std::vector<Secret>& secrets, const std::string& prober,
                 std::string impostor, LaunchInputs& launch) {
  if (wrongs.secret_missing) {
    for (const Secret& secret : secrets) launch.agent_environment.erase(secret.name);
  }
  const auto is_prober = [&](const AgentFile& file) { return file.path == prober; };
  if (wrongs.prober_missing) std::erase_if(launch.agent_files, is_prober);
  if (wrongs.impostor.empty()) return;
  for (AgentFile& file : launch.agent_files) {
    if (is_prober(file)) file.path += ".real";
  }
  launch.agent_files.push_back({prober, std::move(impostor), 0755});
  launch.agent_environment[kImpostorVariable] = wrongs.impostor;
}

}  // namespace bottle
