#include "harness/bench/runner.h"

#include <numeric>
#include <thread>

#include "harness/platform/usage.h"
#include "harness/stats/random.h"
#include "harness/stopwatch.h"

namespace bottle {
namespace {

using Crew = std::vector<std::unique_ptr<Contender>>;  // of one contender: as many as live at once

class Player {
 public:
  Player(const BenchInputs& inputs, const std::atomic<bool>& stop)
      : session_(inputs.session), stop_(stop), random_(session_.seed) {}

  Result<void> make_crews(const BenchInputs& inputs) {
    for (const auto& make : inputs.makers) {
      Crew crew;
      for (int i = 0; i < at_once(); ++i) {
        BOTTLE_TRY(auto contender, make());
        crew.push_back(std::move(contender));
      }
      session_.contenders.push_back(crew.front()->describe());
      crews_.push_back(std::move(crew));
    }
    return {};
  }

  void play_round(int round) {
    std::vector<std::size_t> order(crews_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    random_.shuffle(order);
    for (const std::size_t which : order) {
      if (stop_) return;
      for (BenchSample& sample : play_crew(crews_[which])) {
        sample.round = round;
        sample.warm_up = round < session_.warm_ups;
        session_.contenders[which].samples.push_back(std::move(sample));
      }
    }
  }

  BenchSession take() && { return std::move(session_); }
  BenchSession& session() { return session_; }

 private:
  int at_once() const { return session_.mode == BenchMode::sequential ? 1 : session_.at_once; }

  // Staggered ones begin a gap after each other, those of a burst together.
  std::vector<BenchSample> play_crew(Crew& crew) {
    if (crew.size() == 1) return {crew.front()->live(Company::none)};
    std::vector<BenchSample> samples(crew.size());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < crew.size(); ++i) {
      if (i > 0 && session_.mode == BenchMode::staggered)
        std::this_thread::sleep_for(std::chrono::nanoseconds(session_.gap));
      threads.emplace_back([&, i] { samples[i] = crew[i]->live(Company::others); });
    }
    for (std::thread& thread : threads) thread.join();
    return samples;
  }

  BenchSession session_;
  const std::atomic<bool>& stop_;
  Random random_;
  std::vector<Crew> crews_;
};

void note_noise(const MachineUse& before, const MachineUse& after, BenchNoise& noise) {
  noise.load_before = before.load;
  noise.load_after = after.load;
  noise.pressure = before.pressure;
  if (before.all && after.all && *after.all > *before.all)
    noise.steal =
        100.0 * static_cast<double>(*after.stolen - *before.stolen) / static_cast<double>(*after.all - *before.all);
}

}  // namespace

Result<BenchSession> play_session(const BenchInputs& inputs, BenchObserver& observer, const std::atomic<bool>& stop) {
  Player player(inputs, stop);
  if (auto made = player.make_crews(inputs); !made) return fail(made.error());
  BenchSession& session = player.session();
  session.started = utc_now();
  const MachineUse before = machine_use();
  const std::int64_t began = monotonic_ns();
  const int all = session.warm_ups + session.rounds;
  for (int round = 0; round < all && !stop; ++round) {
    if (monotonic_ns() - began > std::chrono::nanoseconds(inputs.most).count()) break;
    player.play_round(round);
    observer.round(round + 1, all);
  }
  session.wall = monotonic_ns() - began;
  session.interrupted = stop;
  note_noise(before, machine_use(), session.noise);
  return std::move(player).take();
}

}  // namespace bottle
