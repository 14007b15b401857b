// What the engine at hand is, and what it can do: asked once, before anything is made.
#pragma once

#include <map>
#include <set>
#include <string>

#include "backends/docker/engine.h"

namespace bottle::docker {

struct EngineFacts {
  std::string version = {};  // of the server: "20.10.24+dfsg1"
  std::string system = {};   // "Debian GNU/Linux 12 (bookworm)", "Docker Desktop"
  std::string architecture = {};
  std::string default_runtime = {};
  std::set<std::string> runtimes = {};
  bool podman = false;

  bool at_least(int major, int minor) const;
  // How a network is made that has nobody of the host's on it, in words of `network create`; empty: this engine knows
  // no such network, and its bridges have an address of the host's.
  Words without_host() const;
  // The runtime for the harness's own containers: plain namespaces, whatever the default is.
  Words plain_runtime() const;
};

Result<EngineFacts> ask_engine(const Engine& engine);
Result<EngineFacts> read_engine_facts(const std::string& json, bool podman);

}  // namespace bottle::docker
