#include "harness/selftest_run.h"

#include <algorithm>
#include <mutex>
#include <numeric>
#include <optional>
#include <thread>

#include "harness/stopwatch.h"

namespace bottle {
namespace {

const Hole kSound{.title = "Nothing is wrong with it"};

// What the bottle's backend says of itself, before anything is made.
class Planned final : public RunObserver {
 public:
  void planned(const Plan& plan) override {
    for (const auto& [pattern, text] : plan.known_gaps) limits.gaps.push_back(pattern);
    limits.believes_agents = !plan.unshadowed.empty();
  }

  BackendLimits limits = {};
};

SelftestBottle run_bottle(const SelftestInputs& inputs, const Hole& hole, const std::atomic<bool>& stop) {
  const bool sound = hole.name.empty();
  SelftestBottle bottle{.name = sound ? "sound" : hole.name,
                        .title = hole.title,
                        .kind = sound ? "sound" : std::string(name_of(hole.kind))};
  const std::int64_t began = monotonic_ns();
  const auto backend = inputs.make_backend();
  if (!backend) {
    bottle.problem = backend.error().what;
    return bottle;
  }
  RunInputs run = inputs.run;
  run.hole = hole;
  Planned planned;
  const auto record = run_all(**backend, run, planned, stop);
  if (!record && record.error().fault == Fault::unsupported) {  // the backend cannot get this wrong
    bottle.unsupported = record.error().what;
    return bottle;
  }
  bottle.wall_ns = monotonic_ns() - began;
  if (record)
    bottle.cells = grade(hole, run.variants, record->findings, planned.limits);
  else
    bottle.problem = record.error().what;
  return bottle;
}

// What waits for time limits goes first: it needs no processor, and would be all that is left at the end.
std::vector<std::size_t> order_of(const std::vector<Hole>& holes) {
  std::vector<std::size_t> order(holes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_partition(order.begin(), order.end(), [&](std::size_t i) { return holes[i].kind != Hole::Kind::open; });
  return order;
}

// Where a verdict is missing and nothing is wrong, one bottle after the other. What it is called then stands only if no
// verdict is missing any more; both are in the record. Many are no stall but a fault, and stay as they are.
void ask_again(const SelftestInputs& inputs, SelftestRecord& record, const std::atomic<bool>& stop) {
  const std::size_t most = 1 + record.bottles.size() / 8;
  std::vector<SelftestBottle*> unexplained;
  for (SelftestBottle& bottle : record.bottles) {
    if (bottle.only_unexplained()) unexplained.push_back(&bottle);
  }
  if (unexplained.size() > most) return;
  for (SelftestBottle* bottle : unexplained) {
    const auto hole = std::find_if(inputs.holes.begin(), inputs.holes.end(),
                                   [&](const Hole& one) { return one.name == bottle->name; });
    if (stop) return;
    SelftestBottle second = run_bottle(inputs, hole == inputs.holes.end() ? kSound : *hole, stop);
    if (stop || !second.ran() || second.only_unexplained()) continue;
    for (const SelftestCell& cell : bottle->cells) {
      if (cell.grade == Grade::unexplained) second.asked_again.push_back(cell);
    }
    *bottle = std::move(second);
  }
}

}  // namespace

SelftestRecord run_selftest(const SelftestInputs& inputs, SelftestObserver& observer, const std::atomic<bool>& stop) {
  SelftestRecord record{.tool_version = inputs.run.tool_version, .started = utc_now()};
  record.backend = inputs.run.config.backend;
  record.host = inputs.run.host;
  record.profile = inputs.run.config.profile;
  for (const Variant& variant : inputs.run.variants) {
    if (record.cases.empty() || record.cases.back() != variant.of->info.id) record.cases.push_back(variant.of->info.id);
  }
  std::vector<Hole> holes = {kSound};
  holes.insert(holes.end(), inputs.holes.begin(), inputs.holes.end());

  const std::int64_t began = monotonic_ns();
  const std::vector<std::size_t> order = order_of(holes);
  std::vector<std::optional<SelftestBottle>> bottles(holes.size());
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::size_t done = 0;
  const auto work = [&] {
    for (std::size_t at = next++; at < order.size() && !stop; at = next++) {
      SelftestBottle bottle = run_bottle(inputs, holes[order[at]], stop);
      const std::lock_guard lock(mutex);
      if (!stop) observer.ran(bottle, ++done, order.size());
      if (!stop) bottles[order[at]] = std::move(bottle);
    }
  };
  std::vector<std::thread> workers;
  for (int i = 0; i < inputs.jobs; ++i) workers.emplace_back(work);
  for (std::thread& worker : workers) worker.join();
  for (auto& bottle : bottles) {
    if (bottle) record.bottles.push_back(std::move(*bottle));
  }
  excuse_what_is_nowhere(record);
  ask_again(inputs, record, stop);
  excuse_what_is_nowhere(record);
  record.interrupted = stop;
  record.wall_ns = monotonic_ns() - began;
  return record;
}

}  // namespace bottle
