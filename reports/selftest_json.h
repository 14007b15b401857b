// The self-test for machines: reports/schemas/selftest.schema.json.
#pragma once

#include <string>

#include "harness/selftest.h"

namespace bottle {

std::string selftest_json(const SelftestRecord& record);

}  // namespace bottle
