#include "backends/docker/containers.h"

namespace bottle::docker {
namespace {

void add(Words& words, const Words& more) { words.insert(words.end(), more.begin(), more.end()); }

const Words kNoPrivileges{"--cap-drop", "ALL", "--security-opt", "no-new-privileges"};

Words capabilities(std::initializer_list<const char*> names) {
  Words words{"--cap-drop", "ALL"};
  for (const char* name : names) add(words, {"--cap-add", name});
  return words;
}

// Podman's containers have ping sockets for root's group alone, Docker's for all.
Words ping_for_all(const EngineFacts& facts) {
  return facts.podman ? Words{"--sysctl", "net.ipv4.ping_group_range=0 65534"} : Words();
}

}  // namespace

bool has_own_network_stack(const std::string& runtime) {
  return runtime.find("runsc") != runtime.npos || runtime.find("gvisor") != runtime.npos;
}

Words Containers::inner_network() const {
  Words words{"network", "create", "--subnet", layout.inner(), "--gateway", layout.gateway()};
  add(words, layout.labels());
  if (!host_networks) words.emplace_back("--internal");
  if (!host_networks && !wrongs.engine_network) add(words, facts.without_host());
  if (facts.podman) words.push_back("--disable-dns");
  words.push_back(layout.name("inner"));
  return words;
}

// Its gateway is the lab: the address that the engine keeps free for the bridge is not given to it, and the lab takes
// it. Where a bridge always has its address the network is an internal one, and the keepers set their routes.
Words Containers::outer_network() const {
  Words words{"network", "create", "--subnet", layout.outer(), "--gateway", layout.lab_gateway()};
  add(words, layout.labels());
  if (facts.podman)
    add(words, {"--internal", "--disable-dns"});
  else
    add(words, {"--opt", "com.docker.network.bridge.inhibit_ipv4=true"});
  words.push_back(layout.name("outer"));
  return words;
}

Words Containers::beyond_network() const {
  Words words{"network", "create", "--subnet", host_networks->beyond, "--gateway", host_networks->beyond_gateway};
  add(words, layout.labels());
  words.push_back(layout.name("beyond"));
  return words;
}

Words Containers::volume() const {
  Words words{"volume", "create"};
  add(words, layout.labels());
  words.push_back(layout.name("doors"));
  return words;
}

Words Containers::common(const char* role) const {
  Words words{"--pull", "never", "--interactive", "--name", layout.name(role), "--log-driver", "none"};
  add(words, layout.labels());
  return words;
}

// What a program of the harness's reads there has the path that it has on the host.
Words Containers::run_directory() const { return {"--tmpfs", layout.directory.string() + ":rw,mode=1777,size=16m"}; }

// One that owns a network namespace in which the lab opens doors, and in which nobody forwards anything.
Words Containers::keeper(const char* role) const {
  Words words = common(role);
  add(words, {"--rm", "--volume", layout.name("doors") + ":" + kDoors, "--sysctl", "net.ipv4.ip_forward=0", "--sysctl",
              "net.ipv4.icmp_ratelimit=0"});
  add(words, ping_for_all(facts));
  add(words, run_directory());
  add(words, facts.plain_runtime());
  add(words, capabilities({"NET_ADMIN", "NET_RAW"}));
  return words;
}

Words Containers::run_lab() const {
  Words words{has_beyond() ? "create" : "run"};
  add(words, keeper(kLab));
  add(words, {"--cap-add", "NET_BIND_SERVICE", "--network", layout.name("outer"), "--ip", layout.lab(), "--sysctl",
              "net.ipv4.conf.all.rp_filter=0", "--sysctl", "net.ipv4.conf.default.rp_filter=0", images.harness, kHand,
              "network"});
  if (!facts.podman) add(words, {"address " + layout.lab_gateway() + "/26 via " + layout.lab()});
  // Of the subnets that it is in, too, all addresses are its own but those of who is there.
  if (host_networks) {
    for (const std::string& neighbour : {layout.bundle_outside(), layout.outside()})
      words.push_back("only " + neighbour);
    if (has_beyond()) words.push_back("only " + host_networks->beyond_gateway);
  }
  add(words, {"everywhere", "--", libexec + "/bottle-lab"});
  return words;
}

Words Containers::connect_lab() const {
  if (!has_beyond()) return {};
  return {"network", "connect", "--ip", host_networks->beyond_lab, layout.name("beyond"), layout.name(kLab)};
}

Words Containers::published() const {
  Words words;
  if (!host_networks || host_networks->published_at.empty()) return words;
  const auto publish = [&](int port, const char* protocol) {
    const std::string number = std::to_string(port);
    add(words, {"--publish", host_networks->published_at + ":" + number + ":" + number + "/" + protocol});
  };
  for (const int door : host_networks->doors) publish(door, "tcp");
  publish(host_networks->echo_port, "tcp");
  publish(host_networks->echo_port, "udp");
  return words;
}

Words Containers::create_bundle_net() const {
  Words words{"create"};
  add(words, keeper(kBundleNet));
  add(words, published());
  add(words, {"--network", layout.name("outer"), "--ip", layout.bundle_outside(), "--dns", kResolver, images.harness,
              kHand, "network"});
  if (facts.podman || host_networks) words.push_back("road 0.0.0.0/0 via " + layout.lab());
  add(words, {"--", libexec + "/bottle-lab", "--doors", std::string(kDoors) + "/bundle"});
  return words;
}

Words Containers::connect_bundle_net() const {
  return {"network", "connect", "--ip", layout.bundle(), layout.name("inner"), layout.name(kBundleNet)};
}

// The agent's only route is to its bundle: whatever else is on the bridge, it finds no way there.
Words Containers::run_agent_net() const {
  Words words{wrongs.roads.empty() ? "run" : "create"};
  add(words, keeper(kAgentNet));
  if (wrongs.no_network)
    add(words, {"--network", "none"});
  else
    add(words, {"--network", layout.name("inner"), "--ip", layout.agent()});
  if (!wrongs.engine_resolver && !wrongs.no_network) add(words, {"--dns", layout.bundle()});
  add(words, {images.harness, kHand, "network"});
  if (!wrongs.engine_network && !wrongs.no_network) words.push_back("only " + layout.bundle());
  if (!wrongs.engine_resolver && !wrongs.no_network)
    add(words, {"resolver " + layout.bundle(), std::string("refuse ") + kEngineResolver});
  for (const warden::Road& road : wrongs.roads) {
    std::string word = "road " + road.network + "/" + std::to_string(road.bits) + " via " + layout.lab();
    if (!road.protocol.empty()) word += " " + road.protocol;
    if (road.port != 0) word += " " + std::to_string(road.port);
    words.push_back(std::move(word));
  }
  add(words, {"--", libexec + "/bottle-lab", "--doors", std::string(kDoors) + "/agent"});
  return words;
}

Words Containers::connect_agent_net() const {
  if (wrongs.roads.empty()) return {};
  return {"network", "connect", "--ip", layout.agent_outside(), layout.name("outer"), layout.name(kAgentNet)};
}

bool Containers::own_network_stack() const {
  return has_own_network_stack(runtime.empty() ? facts.default_runtime : runtime);
}

Words Containers::run_outside() const {
  Words words{"run", "--rm"};
  add(words, common(kOutside));
  add(words, ping_for_all(facts));
  add(words, run_directory());
  add(words, facts.plain_runtime());
  add(words, {"--network", layout.name("outer"), "--ip", layout.outside(), "--dns", kResolver});
  add(words, facts.podman ? capabilities({"NET_ADMIN"}) : kNoPrivileges);
  add(words, {images.harness, kHand});
  if (facts.podman) add(words, {"network", "road 0.0.0.0/0 via " + layout.lab(), "--", kHand});
  words.push_back("hold");
  return words;
}

Words Containers::run_agent() const {
  Words words{"run", "--rm"};
  add(words, common(kAgent));
  add(words, kNoPrivileges);
  if (!runtime.empty()) add(words, {"--runtime", runtime});
  add(words,
      {"--network", "container:" + layout.name(kAgentNet), "--user", kAgentUser, "--read-only", "--tmpfs",
       "/tmp:rw,exec,nosuid,nodev,mode=1777,size=256m", "--tmpfs", "/run/bottle:rw,exec,nosuid,nodev,mode=755,size=64m",
       "--pids-limit", "1024", "--memory", "2g", "--entrypoint", kHand});
  // There the harness's own programs run in the agent's container, and an agent that fills its disk fills not theirs.
  if (own_network_stack()) add(words, {"--tmpfs", layout.directory.string() + ":rw,nosuid,nodev,mode=755,size=16m"});
  if (wrongs.mount_canary) add(words, {"--volume", canary_directory.string() + ":" + canary_directory.string()});
  add(words, {images.agent, "hold"});
  return words;
}

Words Containers::start(const char* role) const { return {"start", "--attach", "--interactive", layout.name(role)}; }

std::vector<Words> Containers::making_networks() const {
  std::vector<Words> all{inner_network(), outer_network(), volume()};
  if (has_beyond()) all.push_back(beyond_network());
  return all;
}

std::vector<Words> Containers::making_surroundings() const {
  std::vector<Words> all{run_lab()};
  if (const Words connect = connect_lab(); !connect.empty()) all.insert(all.end(), {connect, start(kLab)});
  all.insert(all.end(), {create_bundle_net(), connect_bundle_net(), start(kBundleNet), run_outside()});
  return all;
}

// A service, no administrator: what the reference needs; an image of the user's has what the engine gives it.
Words Containers::create_bundle(const Command& command, bool own_image) const {
  Words words{"create"};
  add(words, common(kBundle));
  if (own_image) {
    add(words, facts.plain_runtime());
    add(words, capabilities({"CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "NET_RAW",
                             "NET_BIND_SERVICE"}));
  }
  add(words, {"--network", "container:" + layout.name(kBundleNet)});
  for (const auto& [name, value] : command.environment) add(words, {"--env", name + "=" + value});
  if (!command.directory.empty()) add(words, {"--workdir", command.directory});
  words.push_back(images.bundle);
  add(words, command.argv);
  return words;
}

}  // namespace bottle::docker
