// A known gap that somebody answers for: [[waiver]] in the configuration. What it covers still leaks and is shown as a
// leak in every report; it only does not decide the exit code, until its day is over. Nothing is waived by default.
#pragma once

#include <string>
#include <vector>

#include "harness/record.h"
#include "harness/result.h"

namespace bottle {

class TomlTable;

struct Waiver {
  std::string pattern = {};  // a glob over "CASE" and "CASE[VARIANT]", as in --filter
  std::string backend = {};  // empty: any
  std::string owner = {}, reason = {};
  std::string expires = {};  // "2027-01-31": its last day, UTC
};

// [[waiver]] of a configuration: case, owner, reason, expires, and backend if it is for one. Complaints go to the file.
std::vector<Waiver> read_waivers(const TomlTable& root);

// Marks the leaks of this record that are covered on the day of its start, and notes which waivers have expired and
// which cover nothing.
void apply_waivers(const std::vector<Waiver>& waivers, RunRecord& record);

}  // namespace bottle
