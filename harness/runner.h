// One run: a bottle is started, attacked on all arms, watched, judged and taken down. The runner never judges; it
// brings evidence to the judge and the record to whoever wants it.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "harness/bottle.h"
#include "harness/config.h"
#include "harness/hole.h"
#include "harness/install.h"
#include "harness/plan.h"
#include "harness/profile.h"
#include "harness/record.h"

namespace bottle {

struct RunInputs {
  Config config = {};
  Hole hole = {};  // name empty: none
  BundleProfile profile = {};
  const std::vector<Case>* cases = nullptr;  // all that were read; the variants point into them
  std::vector<Variant> variants = {};
  Install install = {};
  std::string tool_version = {};
  std::map<std::string, std::string> host = {};
};

BottleSpec bottle_spec(const RunInputs& inputs, const std::string& slug, const std::filesystem::path& run_directory);

// Who watches a run. Every method has a harmless default.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void planned(const Plan& /*plan*/) {}       // before anything is made
  virtual void phase(const std::string& /*what*/) {}  // what begins now, for a progress line
  virtual void wrote(const RunRecord& /*record*/) {}  // the record as it stands, after every arm
};

// Errors are those of the start: no bottle, nothing to judge. From then on everything is in the record, also an
// interruption (`stop` became true) or an exec that failed.
Result<RunRecord> run_all(Backend& backend, const RunInputs& inputs, RunObserver& observer,
                          const std::atomic<bool>& stop);

}  // namespace bottle
