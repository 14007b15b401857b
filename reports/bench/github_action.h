// As github-action-benchmark's customSmallerIsBetter: the median cold start of each contender, and its ratio to native.
#pragma once

#include <string>

#include "reports/bench/report.h"

namespace bottle {

std::string github_action_json(const BenchReport& report);

}  // namespace bottle
