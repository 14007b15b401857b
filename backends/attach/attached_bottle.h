// A bottle that somebody else started. Every exec goes the user's way in, to the hand that was planted; beside it there
// is the host, and nothing else of ours.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "backends/attach/host_side.h"
#include "backends/attach/presence.h"
#include "backends/attach/way_in.h"
#include "harness/bottle.h"

namespace bottle::attach {

class AttachedBottle final : public Bottle {
 public:
  AttachedBottle(WayIn way, HostSide host, std::unique_ptr<Presence> presence, Environment environment);
  ~AttachedBottle() override;

  Result<void> put_files(std::vector<AgentFile> files);

  Result<ExecResult> exec(Place place, const Command& command, const ExecLimits& limits) override;
  Result<void> put_file(const AgentFile& file) override { return put_files({file}); }
  Lab& lab() override { return host_.lab.lab; }
  std::string unheard(Place place, Boundary boundary) const override;
  std::map<std::string, std::string> facts() const override;
  bool listening(int) const override { return false; }  // what listens around it is not known
  Result<void> end_bundle() override { return {}; }     // and is not ours to end
  Result<void> stop() override;

 private:
  Result<ExecResult> exec_in(const Command& command, const ExecLimits& limits, const std::vector<AgentFile>& files);
  std::string here(const std::string& path) const;

  WayIn way_;
  HostSide host_;
  std::unique_ptr<Presence> presence_;
  Environment environment_;
  std::atomic<bool> hung_ = false;
  std::mutex stopping_;
  bool stopped_ = false;
};

}  // namespace bottle::attach
