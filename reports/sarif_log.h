// SARIF 2.1.0, in two profiles of one log.
#pragma once

#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "harness/record.h"

namespace bottle {

// GitHub makes an alert of every result, whatever its kind, so its profile has only leaks; `full` has every finding.
enum class SarifProfile { github, full };

void write_sarif(const RunRecord& record, SarifProfile profile, std::ostream& out);

// The rules of all cases that were run (sarif_rules.cc), one for each id that a finding names too.
std::vector<CaseInfo> sarif_cases(const RunRecord& record);
nlohmann::ordered_json sarif_rule(const CaseInfo& info);

// Safe, at most `limit` bytes, and without what SARIF takes as a link or a placeholder.
std::string sarif_text(std::string_view text, std::size_t limit = 1024);

}  // namespace bottle
