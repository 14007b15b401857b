// A client's private directory; it is gone when the object is.
#pragma once

#include <string>
#include <string_view>

#include "probes/errno_name.h"

namespace bottle::prober {

class Scratch {
 public:
  Scratch() = default;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch();

  Trouble make();  // under $TMPDIR or /tmp
  const std::string& path() const { return path_; }
  // `name` may have folders in it, which are made. The file is executable: it may be a hook or a helper.
  Trouble write(const std::string& name, std::string_view bytes);

 private:
  std::string path_ = {};
};

// Whether a file of this name would lie in the directory: relative, no "..".
bool lies_within(const std::string& name);

}  // namespace bottle::prober
