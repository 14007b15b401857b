#include "harness/runner.h"

#include <algorithm>
#include <fstream>
#include <future>
#include <sstream>

#include "harness/arms.h"
#include "harness/digest.h"
#include "harness/host_arrivals.h"
#include "harness/judge.h"
#include "harness/lies.h"
#include "harness/real_world.h"
#include "harness/run_directory.h"
#include "harness/safe_text.h"
#include "harness/scene.h"
#include "harness/stopwatch.h"
#include "harness/trials.h"

namespace bottle {
namespace {

std::string read_if_there(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

RunRecord new_record(const Backend& backend, const RunInputs& inputs, const std::string& run_id) {
  RunRecord record{.tool_version = inputs.tool_version, .run_id = run_id, .started = utc_now()};
  record.backend = backend.name();
  record.host = inputs.host;
  const BundleChoice& bundle = inputs.config.bundle;
  record.bundle = bundle.own               ? "the sandbox's own"
                  : !bundle.image.empty()  ? bundle.image
                  : bundle.command.empty() ? "reference"
                                           : "command";
  record.bundle_profile = inputs.profile.name;
  record.hole = inputs.hole.name;
  record.profile = inputs.config.profile;
  record.filters = inputs.config.filters;
  for (const Case& one : *inputs.cases) {
    const bool selected =
        std::any_of(inputs.variants.begin(), inputs.variants.end(), [&](const Variant& v) { return v.of == &one; });
    if (selected) record.cases.push_back(one.info);
  }
  return record;
}

void add_fixes(const Plan& plan, const std::vector<Variant>& variants, RunRecord& record) {
  for (CaseInfo& info : record.cases) {
    for (const auto& gap : plan.known_gaps) {
      const bool of_case = std::any_of(variants.begin(), variants.end(), [&](const Variant& variant) {
        return variant.of->info.id == info.id && matches_pattern(gap.first, variant);
      });
      const bool is_said = info.fix.find(gap.second) != std::string::npos;
      if (of_case && !is_said) info.fix += (info.fix.empty() ? "" : " ") + gap.second;
    }
  }
}

std::vector<DaemonState> daemon_states(const Scene& scene, const RunInputs& inputs, const Bottle& bottle) {
  std::vector<DaemonState> states;
  for (const auto& [name, daemon] : inputs.profile.daemons) {
    const std::string address = daemon.agent_facing ? scene.plan.addresses.bundle : "127.0.0.1";
    states.push_back({name, to_string(Endpoint{address, daemon.port}), bottle.listening(daemon.port)});
  }
  return states;
}

// A bundle that does not listen where it must has usually said why.
void note_last_words(const Scene& scene, RunRecord& record) {
  const bool all =
      std::all_of(record.daemons.begin(), record.daemons.end(), [](const DaemonState& d) { return d.listening; });
  if (all) return;
  std::string words = read_if_there(scene.directory / "bundle.log");
  if (words.size() > 600) words.erase(0, words.size() - 600);
  while (!words.empty() && words.back() == '\n') words.pop_back();
  if (!words.empty())
    record.notes.push_back("the bundle's last words: " + safe_line(redact(words, scene.secrets), 800));
}

// Waits for the sinks to come to rest, ends the bundle, so that it sends what it still meant to send, waits again, and
// reads the sinks and the bundle's log.
RunEvidence gather(Bottle& bottle, const Scene& scene, const RunInputs& inputs, std::vector<BatchResult> batches,
                   std::vector<std::string>& notes) {
  RunEvidence evidence{.batches = std::move(batches)};
  const std::chrono::milliseconds quiet(inputs.config.quiet_ms);
  const auto at_rest = [&] { return bottle.lab().settle(quiet, quiet * 40).value_or(false); };
  const auto end_bundle = [&] {
    const auto ended = bottle.end_bundle();
    if (!ended) notes.push_back("the bundle's end went wrong, so nothing is known for sure: " + ended.error().what);
    return ended.has_value();
  };
  evidence.settled = at_rest() && end_bundle() && at_rest();
  auto arrivals = bottle.lab().arrivals();
  if (arrivals)
    evidence.arrivals = std::move(*arrivals);
  else
    evidence.sinks_problem = arrivals.error().what;
  evidence.decisions = read_decisions(read_if_there(scene.bundle_directory / "decisions.jsonl"));
  return evidence;
}

std::vector<Finding> judge_all(const AttemptPlan& plan, const RunEvidence& evidence, const Scene& scene,
                               const RunInputs& inputs, const std::string& backend) {
  const JudgeFacts facts{.backend = backend, .profile = &inputs.profile, .unshadowed = !scene.plan.unshadowed.empty()};
  std::vector<Sighting> strays;
  std::vector<Finding> findings;
  for (const Trial& trial : assemble_trials(plan, evidence, scene.secrets, scene.bare_secrets, strays)) {
    findings.push_back(judge(trial, facts));
  }
  require_something_tried(findings);
  for (const Sighting& stray : strays) findings.push_back(judge_stray(stray, facts));
  return findings;
}

// The first customers are served first: only then do the others come. A backend that never let them in has not played
// this arm.
std::optional<BatchResult> await_early(std::promise<std::optional<BatchResult>>& early, int deadline_ms) {
  auto played = early.get_future();
  const std::chrono::milliseconds limit(deadline_ms + 3000);
  if (played.wait_for(limit) != std::future_status::ready) return std::nullopt;
  return played.get();
}

std::string lie_in(const RunEvidence& evidence, const AttemptPlan& attempts, const BundleProfile& profile) {
  for (const BatchResult& batch : evidence.batches) {
    if (batch.arm != Arm::guarded && batch.arm != Arm::early) continue;
    std::string lie = find_lie(attempts, batch.report, evidence.decisions, profile);
    if (!lie.empty()) return lie;
  }
  return {};
}

void close_record(Bottle& bottle, Stopwatch& stopwatch, bool interrupted, const std::vector<Waiver>& waivers,
                  RunRecord& record) {
  if (const auto stopped = stopwatch.time("teardown", [&] { return bottle.stop(); }); !stopped)
    record.notes.push_back("the bottle did not end cleanly: " + stopped.error().what);
  record.backend_facts.merge(bottle.facts());
  record.interrupted = interrupted;
  record.complete = !interrupted;
  record.phases = stopwatch.phases();
  record.wall_ns = stopwatch.now();
  apply_waivers(waivers, record);
  record.exit_code = exit_code_of(record);
}

std::vector<int> doors_of(const BundleProfile& profile) {
  std::vector<int> doors;
  for (const auto& [name, daemon] : profile.daemons) {
    if (daemon.agent_facing) doors.push_back(daemon.port);
  }
  return doors;
}

// Without a record: the one line tells what stays, too.
tl::unexpected<Error> give_up(Bottle& bottle, Error why) {
  if (const auto stopped = bottle.stop(); !stopped) why.what += "; " + stopped.error().what;
  return fail(why);
}

}  // namespace

BottleSpec bottle_spec(const RunInputs& inputs, const std::string& slug, const std::filesystem::path& run_directory) {
  return {.slug = slug,
          .run_directory = run_directory,
          .rootfs = inputs.config.rootfs,
          .agent_image = inputs.config.agent_image,
          .bundle_image = inputs.config.bundle.image,
          .bundle_command = !inputs.config.bundle.command.empty(),
          .doors = doors_of(inputs.profile),
          .wrongs = inputs.hole.bottle,
          .reaches = inputs.hole.reaches};
}

Result<RunRecord> run_all(Backend& backend, const RunInputs& inputs, RunObserver& observer,
                          const std::atomic<bool>& stop) {
  Stopwatch stopwatch([&](const std::string& what) { observer.phase(what); });
  BOTTLE_TRY(const RunDirectory directory, RunDirectory::make());
  const std::string run_id = directory.slug();
  RunRecord record = new_record(backend, inputs, run_id);
  BOTTLE_TRY(const Plan plan, backend.prepare(bottle_spec(inputs, run_id, directory.path())));
  observer.planned(plan);
  record.backend_facts = plan.facts;
  record.notes = plan.notes;
  add_fixes(plan, inputs.variants, record);
  BOTTLE_TRY(const Scene scene, set_scene(plan, inputs));
  for (const Secret& secret : scene.secrets) record.secrets[secret.name] = short_hash(secret.value);

  BOTTLE_TRY(LaunchInputs launch, launch_inputs(scene, inputs));
  BOTTLE_TRY(const auto host_prober, inputs.install.helper("bottle-prober"));
  BOTTLE_TRY(const Install beside, inputs.install.for_guest(plan.guest));
  BOTTLE_TRY(const auto prober, beside.helper("bottle-prober"));
  AttemptPlan attempts;
  const ArmInputs arm_inputs{.attempts = &attempts,
                             .guarded_secrets = &scene.secrets,
                             .bare_secrets = &scene.bare_secrets,
                             .prober = prober,
                             .host_prober = host_prober,
                             .ca_files = {scene.lab_ca_file, scene.shadow_ca_file},
                             .host = scene.host.bare,
                             .scratch = scene.directory,
                             .deadline_ms = inputs.config.deadline_ms,
                             .patience = plan.patience};
  std::promise<std::optional<BatchResult>> early;
  launch.bundle = [&](const Lab& lab) -> Result<BundleProgram> {
    attempts = make_attempts(inputs.variants, plan_inputs(scene, inputs, lab.canaries()));
    BOTTLE_TRY(BundleProgram program, bundle_program(scene, inputs, lab));
    if (has_early(attempts))
      program.before_start = [&](Bottle& bottle) { early.set_value(play_early(bottle, arm_inputs)); };
    return program;
  };
  const std::int64_t launched = stopwatch.now();
  BOTTLE_TRY(Started started, stopwatch.time("launch", [&] { return backend.launch(plan, launch); }));
  stopwatch.take(started.phases, launched);
  launch.agent_files = {};  // whole programs
  Bottle& bottle = *started.bottle;
  BOTTLE_TRY(const AgentFile trust, agent_trust(scene, bottle.lab()));
  if (const auto put = bottle.put_file(trust); !put) return give_up(bottle, put.error());
  note_unheard(attempts, bottle);
  record.daemons = daemon_states(scene, inputs, bottle);
  note_last_words(scene, record);

  std::optional<BatchResult> first;
  if (has_early(attempts))
    first = stopwatch.time("early", [&] { return await_early(early, batch_deadline_ms(arm_inputs, Arm::early)); });
  std::vector<BatchResult> batches = play_arms(bottle, arm_inputs, stopwatch, stop);
  if (first) batches.insert(batches.begin(), std::move(*first));
  for (const BatchResult& batch : batches) record.prober_runs.push_back(batch.run);
  observer.wrote(record);

  RunEvidence evidence =
      stopwatch.time("settle", [&] { return gather(bottle, scene, inputs, std::move(batches), record.notes); });
  add_host_arrivals(bottle, attempts, scene.host, prober, evidence);
  evidence.lie = lie_in(evidence, attempts, inputs.profile);
  record.findings =
      stopwatch.time("judge", [&] { return judge_all(attempts, evidence, scene, inputs, record.backend); });
  observer.wrote(record);
  close_record(bottle, stopwatch, stop, inputs.config.waivers, record);
  observer.wrote(record);
  return record;
}

}  // namespace bottle
