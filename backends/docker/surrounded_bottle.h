// A bottle whose surroundings are of containers, whatever its agent is in: how it is launched, step by step, and how it
// ends, once. What differs is the agent's side.
#pragma once

#include <filesystem>
#include <functional>
#include <future>
#include <mutex>
#include <vector>

#include "backends/docker/surroundings.h"
#include "harness/bottle.h"
#include "harness/stopwatch.h"

namespace bottle::docker {

class SurroundedBottle : public Bottle {
 public:
  // Each step is a phase; what of one step can be done side by side is. On an error the caller stops the bottle.
  Result<void> launch(const LaunchInputs& inputs, const LabConfig& lab, const std::filesystem::path& lab_program,
                      Stopwatch& phases);

  Result<void> put_file(const AgentFile& file) override { return put_files({file}); }
  Lab& lab() override { return around_.lab(); }
  bool listening(int tcp_port) const override { return around_.listening(tcp_port); }
  Result<void> end_bundle() override;
  Result<void> stop() override;

 protected:
  // A derived class stops in its own destructor, while all of it is still there.
  SurroundedBottle(Engine engine, Containers containers) : around_(std::move(engine), std::move(containers)) {}
  Surroundings& around() { return around_; }
  const Surroundings& around() const { return around_; }

 private:
  virtual Result<void> start_agent(const std::vector<AgentFile>& files, Stopwatch& phases) = 0;
  virtual Result<void> put_files(const std::vector<AgentFile>& files) = 0;
  virtual Result<void> look_at_lab(const LabConfig&) { return {}; }  // when it is open and before the bundle is there
  virtual Result<void> take_down() = 0;                              // the agent and what is around it; called once

  // Calls it in a thread of its own, which ends before this bottle does.
  void run_beside(std::function<void(Bottle&)> work);

  Surroundings around_;
  std::mutex stopping_;
  bool stopped_ = false;
  std::future<void> beside_;
};

}  // namespace bottle::docker
