#include "harness/client_hook.h"

namespace bottle {
namespace {

constexpr const char* kHooks = "/run/bottle/hooks";

}  // namespace

AgentFile client_hook(const std::vector<Secret>& secrets) {
  std::string patterns;
  for (const Secret& secret : secrets) patterns += " -e \"$" + secret.name + "\"";
  return {std::string(kHooks) + "/pre-push",
          "#!/bin/sh\n"
          "while read -r local_ref local_id remote_ref remote_id; do\n"
          "  if git log -p \"$local_id\" | grep -q -F" +
              patterns +
              "; then\n"
              "    echo \"client-hook: denied: a secret in $local_ref\" >&2\n"
              "    exit 1\n"
              "  fi\n"
              "done\n",
          0755};
}

void plant_client_hook(const std::vector<Secret>& secrets, LaunchInputs& launch) {
  launch.agent_files.push_back(client_hook(secrets));
  // What `git -c` hands to its children: it stands beside the GIT_CONFIG_COUNT that clients may set for themselves, so
  // that only who means to can pass the hook by.
  launch.agent_environment["GIT_CONFIG_PARAMETERS"] = std::string("'core.hooksPath'='") + kHooks + "'";
}

}  // namespace bottle
