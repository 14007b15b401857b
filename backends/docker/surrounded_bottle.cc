#include "backends/docker/surrounded_bottle.h"

namespace bottle::docker {

Result<void> SurroundedBottle::launch(const LaunchInputs& inputs, const LabConfig& lab,
                                      const std::filesystem::path& lab_program, Stopwatch& phases) {
  const auto step = [&](const char* name, auto act) { return phases.time(name, act); };
  if (auto made = step("networks", [&] { return around_.make_networks(); }); !made) return made;
  const auto agent = [&] { return start_agent(inputs.agent_files, phases); };
  if (auto up = step("containers", [&] { return around_.start(agent); }); !up) return up;
  const auto open = [&]() -> Result<void> {
    if (auto opened = around_.open_lab(lab, lab_program); !opened) return opened;
    return look_at_lab(lab);
  };
  if (auto up = step("lab", open); !up) return up;
  if (!inputs.bundle) return {};
  BOTTLE_TRY(const BundleProgram program, step("bundle-prepare", [&] { return inputs.bundle(around_.lab()); }));
  if (program.before_start) run_beside(program.before_start);
  return step("bundle", [&]() -> Result<void> {
    if (auto running = around_.start_bundle(program); !running) return running;
    return around_.await_bundle(program.tcp_ports, inputs.bundle_timeout);
  });
}

void SurroundedBottle::run_beside(std::function<void(Bottle&)> work) {
  beside_ = std::async(std::launch::async, [this, work = std::move(work)] { work(*this); });
}

Result<void> SurroundedBottle::end_bundle() {
  const std::lock_guard lock(stopping_);
  return stopped_ ? Result<void>() : around_.end_bundle();
}

Result<void> SurroundedBottle::stop() {
  if (beside_.valid()) beside_.wait();
  const std::lock_guard lock(stopping_);
  if (stopped_) return {};
  stopped_ = true;
  return take_down();
}

}  // namespace bottle::docker
