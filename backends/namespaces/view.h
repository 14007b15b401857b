// The file system that the lab, the bundle and the bare arm see: the host's, with a /proc of the bottle's processes, a
// /tmp of its own and a resolver in the lab's internet.
#pragma once

#include <string>
#include <vector>

#include "harness/result.h"

namespace bottle::warden {

Result<void> make_private_view();  // and /proc
// `keep`: files and folders that stay visible although they may lie in /tmp.
Result<void> furnish_view(const std::vector<std::string>& keep, const std::string& resolver);

}  // namespace bottle::warden
