#include "harness/cli/progress.h"

#include <cstdio>

namespace bottle {

void Progress::phase(const std::string& what) {
  if (!terminal_.interactive) return;
  const std::lock_guard lock(mutex_);
  std::fprintf(stderr, "\r\033[K%s ...", what.c_str());
  std::fflush(stderr);
  drawn_ = true;
}

void Progress::wrote(const RunRecord& record) { files_.keep(record); }

void Progress::clear() {
  const std::lock_guard lock(mutex_);
  if (drawn_) std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
  drawn_ = false;
}

}  // namespace bottle
