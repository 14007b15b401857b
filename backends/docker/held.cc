#include "backends/docker/held.h"

#include <fstream>
#include <iterator>

#include "harness/file.h"
#include "harness/streams.h"

namespace bottle::docker {
namespace {

constexpr std::size_t kLongestLine = 4096;
constexpr std::chrono::milliseconds kLastWords{2'000};  // between the end of its stdout and its own

}  // namespace

std::string last_line_of(const std::filesystem::path& path) {
  std::ifstream log(path, std::ios::binary);
  return reason_in(std::string((std::istreambuf_iterator<char>(log)), {}));
}

Result<Held> Held::start(const Engine& engine, const Words& arguments, const std::filesystem::path& log) {
  BOTTLE_TRY(const auto file, open_log(log));
  BOTTLE_TRY(auto process, engine.attach(arguments, file.get()));
  return Held(std::move(process), log);
}

Result<std::string> Held::await_line(std::chrono::milliseconds limit) {
  const Line line = read_line(process_.output(), std::chrono::steady_clock::now() + limit, kLongestLine);
  switch (line.ending) {
    case Line::Ending::whole: return line.text;
    case Line::Ending::too_late: return fail(explain({Fault::timeout, "the container did not start in time", 0}));
    case Line::Ending::too_long: return fail("the container said something without an end");
    case Line::Ending::end_of_stream: break;
  }
  process_.wait(kLastWords);
  return fail(explain({Fault::failed, "the container did not start", 0}));
}

Error Held::explain(Error error) const {
  if (const std::string reason = last_line_of(log_); !reason.empty()) {
    error.what += ": " + reason;
    if (tells_of_absence(reason)) error.fault = Fault::unavailable;
  }
  return error;
}

}  // namespace bottle::docker
