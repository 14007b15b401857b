#include "backends/docker/engine_facts.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "harness/safe_text.h"

namespace bottle::docker {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds kInfoTime{10};

std::string text_at(const json& object, const char* pointer) {
  const json::json_pointer where(pointer);
  return object.contains(where) && object[where].is_string() ? safe_line(object[where].get<std::string>(), 100) : "";
}

}  // namespace

bool EngineFacts::at_least(int major, int minor) const {
  int own_major = 0, own_minor = 0;
  if (std::sscanf(version.c_str(), "%d.%d", &own_major, &own_minor) < 1) return false;
  return own_major > major || (own_major == major && own_minor >= minor);
}

Words EngineFacts::without_host() const {
  if (podman) return {};
  if (at_least(28, 0)) return {"--opt", "com.docker.network.bridge.gateway_mode_ipv4=isolated"};
  if (at_least(20, 10)) return {"--opt", "com.docker.network.bridge.inhibit_ipv4=true"};
  return {};
}

Words EngineFacts::plain_runtime() const {
  if (default_runtime == "runc" || default_runtime == "crun") return {};
  for (const char* plain : {"runc", "crun"}) {
    if (runtimes.contains(plain)) return {"--runtime", plain};
  }
  return {};
}

Result<EngineFacts> read_engine_facts(const std::string& text, bool podman) {
  const json info = json::parse(text, nullptr, false);
  if (!info.is_object()) return fail("what its `info` says is no JSON object", Fault::unavailable);
  EngineFacts facts{.podman = podman};
  if (podman) {
    facts.version = text_at(info, "/version/Version");
    facts.system = text_at(info, "/host/distribution/distribution") + " " + text_at(info, "/host/distribution/version");
    facts.architecture = text_at(info, "/host/arch");
    facts.default_runtime = text_at(info, "/host/ociRuntime/name");
    facts.runtimes.insert(facts.default_runtime);
  } else {
    facts.version = text_at(info, "/ServerVersion");
    facts.system = text_at(info, "/OperatingSystem");
    facts.architecture = text_at(info, "/Architecture");
    facts.default_runtime = text_at(info, "/DefaultRuntime");
    if (info.contains("Runtimes") && info["Runtimes"].is_object()) {
      for (const auto& [name, runtime] : info["Runtimes"].items()) facts.runtimes.insert(safe_line(name, 100));
    }
  }
  // Without a daemon `docker info` prints what the client knows, and exits with 0 in some versions.
  if (facts.version.empty())
    return fail("the engine did not tell its version: does its daemon run?", Fault::unavailable);
  return facts;
}

Result<EngineFacts> ask_engine(const Engine& engine) {
  const bool podman = engine.is_podman();
  BOTTLE_TRY(const auto text, engine.run({"info", "--format", podman ? "json" : "{{json .}}"}, {}, kInfoTime));
  return read_engine_facts(text, podman);
}

}  // namespace bottle::docker
