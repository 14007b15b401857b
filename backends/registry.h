// All backends that this build knows: CMakeLists.txt is the list.
#pragma once

#include <memory>
#include <vector>

#include "harness/bottle.h"
#include "harness/install.h"

namespace bottle {

std::vector<std::unique_ptr<Backend>> all_backends(const Install& install);

}  // namespace bottle
