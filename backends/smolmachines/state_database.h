// smolvm's own record of a machine: one row of a SQLite database, JSON in a BLOB. It is what `machine start` enforces,
// so it is the only place where a policy can be checked; before 1.8.0 also the only one where it can be set for a
// machine made with --from. Everything else in the row stays as it is, byte for byte.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/result.h"

namespace bottle::smolmachines {

using Cidrs = std::vector<std::string>;

class StateDatabase {
 public:
  explicit StateDatabase(std::filesystem::path path) : path_(std::move(path)) {}

  // Sets `allowed_cidrs` to the list and `network` to true, in one transaction. On an error nothing has changed.
  Result<void> set_policy(const std::string& machine, const Cidrs& allowed) const;
  // Whether the row says exactly this: network on, these addresses in this order, and no names besides.
  // An error says what it says instead.
  Result<void> check_policy(const std::string& machine, const Cidrs& allowed) const;

 private:
  std::filesystem::path path_;
};

}  // namespace bottle::smolmachines
