#include "backends/smolmachines/launch_steps.h"

#include "backends/smolmachines/registry.h"
#include "backends/smolmachines/smolfile.h"

namespace bottle::smolmachines {
namespace {

constexpr char kPort[] = "PORT", kSomeFile[] = "FILE", kBundleCommand[] = "BUNDLE";
constexpr std::chrono::milliseconds kSomeTime{10'000};

using docker::Containers;

// One step: what it is for, and its commands below.
std::string step(std::string what, const std::vector<std::string>& commands) {
  for (const std::string& command : commands) what += "\n" + command;
  return what;
}

std::vector<std::string> engine_lines(const std::vector<docker::Words>& commands) {
  std::vector<std::string> lines;
  for (const docker::Words& words : commands) lines.push_back(line_of("docker", words));
  return lines;
}

std::string networks_step(const Launch& launch) {
  const std::string at = " (" + launch.plan.addresses.internet->resolver + " and beside it)";
  const bool on_loopback = launch.ground.road == Road::loopback;
  return step(on_loopback ? "make the networks inner, of the bundle, and outer, where the bundle reaches the lab; and "
                            "listen on this host's loopback, where it would reach the lab" +
                                at
                          : "make the networks inner, where the host reaches the bundle, outer, where the bundle "
                            "reaches the lab, and beyond" +
                                at + ", where the host would",
              engine_lines(launch.containers.making_networks()));
}

std::vector<std::string> packing_by_registry(const Launch& launch) {
  const docker::Layout& layout = launch.containers.layout;
  const std::string& image = launch.containers.images.agent;
  const std::string tag = registry_tag(kPort, layout.slug);
  auto lines = engine_lines({run_registry(layout, launch.registry), {"tag", image, tag}, {"push", "--quiet", tag}});
  lines.push_back(line_of(pack_from_registry(tag, launch.unfinished)));
  return lines;
}

std::vector<std::string> packing_by_archive(const Launch& launch) {
  const docker::Layout& layout = launch.containers.layout;
  const std::filesystem::path archive = layout.directory / "image.tar";
  const std::string name = layout.name("image");
  auto lines = engine_lines({{"save", "--output", archive.string(), launch.containers.images.agent}});
  for (const Words& words :
       {create_from_archive(launch.ground.family, name, archive), start_machine(name), stop_machine(name),
        pack_from_machine(name, launch.unfinished), delete_machine(launch.ground.family, name)})
    lines.push_back(line_of(words));
  return lines;
}

std::string smolfile_step(const Launch& launch, const MachineSpec& machine) {
  std::string smolfile = rendered({.image = launch.containers.images.agent, .allowed = machine.allowed});
  while (!smolfile.empty() && smolfile.back() == '\n') smolfile.pop_back();
  return "make the machine that this Smolfile describes:\n" + smolfile;
}

// The policy is set and read back between creating and starting: a machine without it never runs.
void add_machine(const Launch& launch, const MachineSpec& machine, std::vector<std::string>& steps) {
  steps.push_back(line_of(create_machine(launch.ground.family, machine)));
  if (launch.ground.family.from_drops_policy && launch.patch)
    steps.emplace_back("set allowed_cidrs and network in smolvm's database, since --from drops them");
  steps.emplace_back("read them back, and go no further unless they are what was asked for");
  steps.push_back(line_of(start_machine(machine.name)));
  steps.push_back(
      step("put the prober and what it needs into the machine, and wait until it answers; each exec is such "
           "a pair",
           {line_of(copy_into_machine(machine.name, kSomeFile, kSomeFile)),
            line_of(exec_in_machine(machine.name, {docker::kHand, "exec", kSomeFile}, kSomeTime))}));
}

}  // namespace

std::vector<std::string> steps_of(const Launch& launch) {
  const Plan& plan = launch.plan;
  const bool by_archive = launch.ground.family.loads_archives;
  const MachineSpec machine = machine_for(plan, launch.ground.family, launch.wrongs);
  std::vector<std::string> steps{networks_step(launch),
                                 step("pack the agent's image, unless it was packed before",
                                      by_archive ? packing_by_archive(launch) : packing_by_registry(launch))};
  steps.push_back(smolfile_step(launch, machine));
  add_machine(launch, machine, steps);
  steps.push_back(step("start the lab, the bundle's network and a client outside, meanwhile",
                       engine_lines(launch.containers.making_surroundings())));
  steps.push_back("dial " + plan.addresses.internet->resolver +
                  " from this host, and go no further unless the lab hears it");
  steps.push_back(step("start the bundle in a container" +
                           (plan.addresses.bundle_own.empty() ? "" : ", published at " + plan.addresses.bundle) +
                           ", and wait until it listens",
                       engine_lines({launch.containers.create_bundle({.argv = {kBundleCommand}}, false)})));
  steps.push_back(line_of(stop_machine(machine.name)));
  steps.push_back(line_of(delete_machine(launch.ground.family, machine.name)));
  steps.emplace_back("remove the containers, the networks and the volume");
  for (std::string& wrong : steps_of(launch.wrongs)) steps.push_back(std::move(wrong));
  return steps;
}

}  // namespace bottle::smolmachines
