// The bundle's container: made, filled with files, started, watched until it listens, ended politely, and asked for
// what it wrote. It may be anybody's image, so whatever comes from it is hostile.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "backends/docker/containers.h"
#include "harness/bottle.h"

namespace bottle::docker {

class BundleContainer {
 public:
  BundleContainer(Engine engine, const Containers& containers);

  Result<void> start(const BundleProgram& program);
  // Those of the ports where something listens, as soon as it does at all of them, at the latest after `limit`. A
  // bundle that has ended listens nowhere; one that never started is an error (Fault::usage).
  Result<std::set<int>> await(const std::vector<int>& ports, std::chrono::milliseconds limit);
  // It may write its last lines; then it is made to end, and what it wrote is brought back. Idempotent.
  Result<void> end();
  bool made() const { return made_; }  // whether a container of its name is ours
  const std::string& name() const { return name_; }

 private:
  Result<void> copy_in(const std::string& archive) const;
  Error why_nothing_was_seen(const std::optional<Ending>& ending, const std::string& reason) const;
  Result<void> why_it_ended(const Ending& ending) const;
  Result<void> bring_back(const std::filesystem::path& path) const;

  Engine engine_;
  const Containers& containers_;
  std::string name_;
  bool made_ = false;
  std::optional<Process> attached_ = {};
  std::vector<std::filesystem::path> brought_back_ = {};
};

}  // namespace bottle::docker
