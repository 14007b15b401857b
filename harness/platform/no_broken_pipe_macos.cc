// A Mac raises SIGPIPE for the process, whichever thread wrote, so blocking it in one helps nobody: here it is ignored
// from the first use on. What is started has the default action again (launch_macos.cc).
#include "harness/platform/no_broken_pipe.h"

namespace bottle {

NoBrokenPipeSignal::NoBrokenPipeSignal() {
  static const auto before = ::signal(SIGPIPE, SIG_IGN);
  static_cast<void>(before);
}

NoBrokenPipeSignal::~NoBrokenPipeSignal() = default;

}  // namespace bottle
