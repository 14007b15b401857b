#include "harness/scene.h"

#include "harness/client_hook.h"
#include "harness/file.h"
#include "harness/real_world.h"

namespace bottle {
namespace {

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

std::string comma_separated(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

std::string proxy_url(const Scene& scene, int port) {
  return "http://" + to_string(Endpoint{scene.plan.addresses.bundle, port});
}

// What a user's command names: where it starts and each argument (or what stands behind its =) that is there.
std::vector<std::filesystem::path> paths_of_command(const std::vector<std::string>& argv) {
  if (argv.empty()) return {};
  const auto here = std::filesystem::current_path();
  std::vector<std::filesystem::path> paths = {here};
  for (const std::string& argument : argv) {
    const auto value = argument.starts_with('-') ? argument.find('=') + 1 : 0;  // npos + 1 is 0
    const auto path = here / argument.substr(value);
    std::error_code error;
    if (value < argument.size() && std::filesystem::exists(path, error)) paths.push_back(path);
  }
  return paths;
}

}  // namespace

int Scene::port_of(const BundleProfile& profile, const std::string& daemon) const {
  const auto found = profile.daemons.find(daemon);
  return found == profile.daemons.end() ? 0 : found->second.port;
}

Result<Scene> set_scene(const Plan& plan, const RunInputs& inputs) {
  Scene scene{
      .plan = plan, .secrets = make_secrets(), .bare_secrets = make_secrets(), .directory = plan.spec.run_directory};
  scene.bundle_directory = scene.directory / "bundle";
  scene.lab_ca_file = scene.directory / "lab-ca.pem";
  scene.shadow_ca_file = scene.directory / "agent-ca.pem";
  for (const auto& [name, daemon] : inputs.profile.daemons) scene.bundle_ports.push_back(daemon.port);
  BOTTLE_TRY(scene.agent_wrongs, AgentWrongs::parse(inputs.hole.agent));
  BOTTLE_TRY(scene.host, HostCanaries::set_out(scene.directory, plan.canary_directory, plan.agent_directory));
  std::error_code error;
  for (const auto& folder : {scene.bundle_directory, scene.bundle_directory / "state"}) {
    std::filesystem::create_directories(folder, error);
    if (error) return fail("could not make " + folder.string() + ": " + error.message());
  }
  BOTTLE_TRY(const auto authority, CertificateAuthority::make("bottle-verify bundle CA"));
  std::string known;
  for (const Secret& secret : scene.secrets) known += secret.name + "=" + secret.value + "\n";
  const std::pair<const char*, std::string> files[] = {
      {"ca.pem", authority.certificate_pem()},
      {"ca.key", authority.key_pem()},
      {"ca-bundle.pem", authority.key_pem() + authority.certificate_pem()},
      {"secrets", known},
      {"decisions.jsonl", ""}};
  for (const auto& [name, bytes] : files) {
    if (auto written = write_whole(scene.bundle_directory / name, bytes); !written) return fail(written.error());
  }
  return scene;
}

Result<BundleProgram> bundle_program(const Scene& scene, const RunInputs& inputs, const Lab& lab) {
  if (auto written = write_whole(scene.lab_ca_file, lab.ca_pem()); !written) return fail(written.error());
  const auto port = [&](const char* daemon, int usual) {
    const int own = scene.port_of(inputs.profile, daemon);
    return std::to_string(own == 0 ? usual : own);
  };
  const auto file = [&](const char* name) { return (scene.bundle_directory / name).string(); };
  BundleProgram program{.tcp_ports = scene.bundle_ports, .log = scene.directory / "bundle.log"};
  const std::string& own = scene.plan.addresses.bundle_own;
  program.command.environment = {{"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
                                 {"HOME", file("state")},
                                 {"TMPDIR", file("state")},
                                 {"BOTTLE_BUNDLE_ADDRESS", own.empty() ? scene.plan.addresses.bundle : own},
                                 {"BOTTLE_BUNDLE_ADDRESS6", scene.plan.addresses.bundle6},
                                 {"BOTTLE_PIPELOCK_PORT", port("pipelock", 8888)},
                                 {"BOTTLE_EGRESS_PORT", port("egress", 9099)},
                                 {"BOTTLE_GIT_GATE_PORT", port("git-gate", 9418)},
                                 {"BOTTLE_SUPERVISE_PORT", port("supervise", 9100)},
                                 {"BOTTLE_ALLOWLIST", kAllowedHost},
                                 {"BOTTLE_CA_CERTIFICATE", file("ca.pem")},
                                 {"BOTTLE_CA_KEY", file("ca.key")},
                                 {"BOTTLE_CA_BUNDLE", file("ca-bundle.pem")},
                                 {"BOTTLE_UPSTREAM_CA", scene.lab_ca_file.string()},
                                 {"BOTTLE_UPSTREAM_RESOLVER", kLabResolver},
                                 {"BOTTLE_UPSTREAM_GIT", std::string("git://") + kUpstreamGitHost + kGitRepository},
                                 {"BOTTLE_GIT_REPOSITORY", kGitRepository},
                                 {"BOTTLE_SECRETS", file("secrets")},
                                 {"BOTTLE_DECISIONS", file("decisions.jsonl")},
                                 {"BOTTLE_STATE", file("state")}};
  // What a profile's blanks may be besides: a bundle that knows secrets by variables of its own can be told them.
  Environment contract = program.command.environment;
  for (const Secret& secret : scene.secrets) contract["BOTTLE_SECRET_" + upper(secret.kind)] = secret.value;
  for (const auto& [name, value] : inputs.profile.environment) {
    BOTTLE_TRY(program.command.environment[name], fill_blanks(value, contract));
  }
  for (const BundleFile& wanted : inputs.profile.files) {
    BOTTLE_TRY(std::string text, fill_blanks(wanted.text, contract));
    program.own_files.push_back({wanted.path, std::move(text), wanted.mode});
  }
  program.files = {scene.bundle_directory, scene.lab_ca_file};
  program.brought_back = {scene.bundle_directory / "decisions.jsonl"};
  if (inputs.config.bundle.own) return BundleProgram{};
  if (!is_reference(inputs.config.bundle)) {
    program.command.argv = inputs.config.bundle.command;
    program.command.directory = std::filesystem::current_path().string();  // as the user means relative paths
    return program;
  }
  BOTTLE_TRY(const Install guest, inputs.install.for_guest(scene.plan.guest));
  BOTTLE_TRY(const auto helper, guest.helper("bottle-bundle"));
  program.command.argv = {helper.string()};
  program.command.environment["BOTTLE_HOLES"] = comma_separated(inputs.hole.bundle);
  return program;
}

namespace {

// What an agent of ours has in its environment besides. One that was there before us has its own.
Environment made_environment(const Scene& scene, const RunInputs& inputs) {
  Environment environment = {{"PATH", kBottlePath}, {"HOME", "/tmp"}, {"TMPDIR", "/tmp"}, {"LANG", "C.UTF-8"}};
  // Its own proxy a sandbox tells the agent by itself.
  const int port = scene.port_of(inputs.profile, inputs.profile.proxy);
  if (port != 0 && !inputs.config.bundle.own) {
    for (const char* name : {"http_proxy", "https_proxy", "HTTPS_PROXY"}) environment[name] = proxy_url(scene, port);
  }
  for (const char* name :
       {"SSL_CERT_FILE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE"}) {
    environment[name] = kAgentCa;
  }
  return environment;
}

}  // namespace

Result<LaunchInputs> launch_inputs(const Scene& scene, const RunInputs& inputs) {
  LaunchInputs launch;
  BOTTLE_TRY(const Install guest, inputs.install.for_guest(scene.plan.guest));
  BOTTLE_TRY(const auto prober, guest.helper("bottle-prober"));
  BOTTLE_TRY(auto prober_bytes, read_whole(prober));
  launch.agent_files = {{kAgentProber, std::move(prober_bytes), 0755}, scene.host.control_file()};
  launch.agent_environment = scene.host.control_environment();
  for (const Secret& secret : scene.secrets) launch.agent_environment[secret.name] = secret.value;
  if (!scene.plan.real_world) launch.agent_environment.merge(made_environment(scene, inputs));
  launch.host = scene.host.agent;
  launch.bundle_paths = paths_of_command(inputs.config.bundle.command);
  launch.bundle_timeout = inputs.profile.start;
  launch.lab.names = {{kAllowedHost, {kAllowedAddress, kAllowedAddress6}}, {kUpstreamGitHost, {"198.51.100.20"}}};
  if (const auto& internet = scene.plan.addresses.internet) launch.lab.allowed_besides = {internet->allowed};
  launch.lab.proxy_address = kLabProxy;
  launch.lab.echo_port = scene.plan.addresses.echo_port;
  launch.lab.canaries = {"host-loopback=127.0.0.1"};
  const std::string& alias = scene.plan.addresses.host_alias;
  if (!alias.empty()) launch.lab.canaries.push_back("host-alias=" + alias);
  if (!scene.plan.addresses.bundle_own.empty())  // the bundle's address is the host's
    launch.lab.canaries.push_back("host-beside-bundle=" + scene.plan.addresses.bundle);
  if (!scene.plan.addresses.host.empty()) launch.lab.canaries.push_back("host-address=" + scene.plan.addresses.host);
  launch.lab.canaries.push_back("host-abstract=" + scene.host.socket);
  launch.lab.echo_socket = scene.host.echo_socket;
  launch.lab.wrongs = inputs.hole.lab;
  std::string impostor;
  if (!scene.agent_wrongs.impostor.empty()) {
    BOTTLE_TRY(const auto program, guest.helper("bottle-impostor"));
    BOTTLE_TRY(impostor, read_whole(program));
  }
  if (scene.agent_wrongs.client_hook) plant_client_hook(scene.secrets, launch);
  spoil_agent(scene.agent_wrongs, scene.secrets, kAgentProber, std::move(impostor), launch);
  return launch;
}

Result<AgentFile> agent_trust(const Scene& scene, const Lab& lab) {
  BOTTLE_TRY(const auto own, read_whole(scene.bundle_directory / "ca.pem"));
  const std::string trust = own + lab.ca_pem();
  if (auto written = write_whole(scene.shadow_ca_file, trust); !written) return fail(written.error());
  if (!scene.agent_wrongs.ca_untrusted) return AgentFile{kAgentCa, trust, 0644};
  BOTTLE_TRY(const auto stranger, CertificateAuthority::make("a CA that signed nothing here"));
  return AgentFile{kAgentCa, stranger.certificate_pem(), 0644};
}

PlanInputs plan_inputs(const Scene& scene, const RunInputs& inputs,
                       const std::map<std::string, std::string>& canaries) {
  const Addresses& addresses = scene.plan.addresses;
  const auto routes = scene.plan.facts.find("routes");
  const bool lab_owns_all_routes = routes != scene.plan.facts.end() && routes->second == "lab";
  PlanInputs plan{.allowed_host = kAllowedHost,
                  .allowed_address = {kAllowedAddress, 0},
                  .nearby = addresses.nearby,
                  .host_loopback = addresses.host_loopback,
                  .guarded_secrets = &scene.secrets,
                  .patience = scene.plan.patience,
                  .bare_secrets = &scene.bare_secrets};
  for (const auto& [name, where] : canaries) plan.canaries[name] = parse_endpoint(where);
  plan.host = scene.host.by_arm;
  plan.unclaimed = scene.plan.unclaimed;
  plan.no_transport = scene.plan.no_transport;
  plan.unheard_transport = scene.plan.unheard_transport;
  plan.accepts_first = scene.plan.accepts_first;
  if (scene.plan.leaves_by_host) plan.open_road = Place::host;
  plan.bundle_road = scene.plan.bundle_road;
  plan.echo_inside = addresses.echo_inside;
  const auto at_bundle = [&](const std::string& daemon) {
    const int port = scene.port_of(inputs.profile, daemon);
    return port == 0 ? Endpoint{} : Endpoint{addresses.bundle, port};
  };
  plan.guarded.proxy = at_bundle(inputs.profile.proxy);
  if (const auto proxy = inputs.profile.daemons.find(inputs.profile.proxy); proxy != inputs.profile.daemons.end())
    plan.guarded.proxy_login = proxy->second.login;
  plan.guarded.egress_is_proxy = inputs.profile.proxy == "egress";
  if (!plan.guarded.egress_is_proxy) plan.guarded.egress = at_bundle("egress");
  plan.guarded.supervise = at_bundle("supervise");
  plan.guarded.git_gate = at_bundle("git-gate");
  plan.guarded.echo = {addresses.bundle, addresses.echo_port};
  plan.guarded.echo6 = {addresses.bundle6, addresses.echo_port};
  plan.guarded.echo_socket = scene.host.echo_socket;
  plan.guarded.ipv6 = !addresses.bundle6.empty();
  plan.guarded.resolver = "default";
  // PRD 0022 dials 8.8.8.8; elsewhere than in the lab's own network a documentation address stands in for it.
  plan.guarded.public_resolver = lab_owns_all_routes ? "8.8.8.8" : kLabResolver;
  plan.guarded.ca_file = kAgentCa;
  if (const Endpoint gate = at_bundle("git-gate"); gate.port != 0)
    plan.guarded.git_remote =
        (inputs.profile.daemons.at("git-gate").http ? "http://" : "git://") + to_string(gate) + kGitRepository;
  plan.shadow = plan.guarded;
  plan.shadow.resolver = addresses.bundle;  // what the agent's own resolv.conf says
  plan.shadow.ca_file = scene.shadow_ca_file.string();
  plan.bare = plan.guarded;
  plan.bare.proxy_login.clear();
  if (plan.guarded.proxy.port != 0) plan.bare.proxy = {kLabProxy, LabConfig{}.proxy_port};
  if (plan.guarded.egress.port != 0) plan.bare.egress = {"127.0.0.1", plan.guarded.egress.port};
  if (plan.guarded.supervise.port != 0) plan.bare.supervise = {kLabProxy, LabConfig{}.proxy_port};
  if (plan.guarded.git_gate.port != 0) plan.bare.git_gate = {kLabProxy, LabConfig{}.proxy_port};
  if (addresses.internet) {
    plan.allowed_by_name = kAllowedAddress;
    plan.allowed_address = {addresses.internet->allowed, 0};
    plan.denied = addresses.internet->denied;
    plan.guarded.public_resolver = plan.bare.public_resolver = addresses.internet->resolver;
  }
  plan.bare.resolver = scene.plan.leaves_by_host ? plan.bare.public_resolver : kLabResolver;
  plan.bare.ca_file = scene.lab_ca_file.string();
  if (scene.plan.real_world) enter_real_world(*scene.plan.real_world, plan);
  if (!plan.guarded.git_remote.empty()) plan.bare.git_remote = std::string("git://198.51.100.20") + kGitRepository;
  return plan;
}

}  // namespace bottle
