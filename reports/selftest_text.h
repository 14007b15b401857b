// The self-test for people: the matrix hole x case, everything that was not as promised, and four figures.
#pragma once

#include <ostream>
#include <string>

#include "harness/selftest.h"
#include "reports/console.h"

namespace bottle {

void write_selftest(const SelftestRecord& record, std::ostream& out, const ConsoleStyle& style);
std::string selftest_text(const SelftestRecord& record);  // without colours

}  // namespace bottle
