// A command, its limits, and how it ended. An ending is never folded into one int.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace bottle {

using Environment = std::map<std::string, std::string>;

// The PATH of every program that the harness starts around or in a bottle; never the user's.
inline constexpr char kBottlePath[] = "/usr/local/bin:/usr/bin:/bin";

struct Command {
  std::vector<std::string> argv = {};  // argv[0] is looked up in `environment`'s PATH, or /usr/bin and its like
  Environment environment = {};        // the whole of it: nothing is inherited
  std::string input = {};              // all of stdin; then it is closed
  std::string directory = {};          // where it starts (the agent always starts at home); empty: ours, or /
  std::vector<std::filesystem::path> reads = {};  // files of the host: elsewhere than there at the same paths, too
  std::vector<std::pair<int, int>> inherit = {};  // besides 0, 1 and 2: {number in the child, ours}
  bool leaves_processes = false;                  // what it started may go on when it has ended by itself
};

struct ExecLimits {
  std::chrono::milliseconds timeout{10'000};
  std::size_t output_bytes = 16u << 20;  // for each of stdout and stderr; beyond it is read and dropped
};

struct Exited {
  int code = 0;
};
struct Signalled {
  int signal = 0;
};
struct TimedOut {};
using Ending = std::variant<Exited, Signalled, TimedOut>;

struct ExecResult {
  Ending ending = {};
  std::string out = {};  // bytes of any kind, never trusted
  std::string err = {};
  bool truncated = false;
  std::chrono::nanoseconds wall{0};
  // When its first byte of stdout was read here, CLOCK_MONOTONIC; nothing: it wrote none. Where a relay stands between,
  // its way here is in it.
  std::optional<std::int64_t> first_output_ns = {};
};

inline bool succeeded(const ExecResult& result) {
  const auto* exited = std::get_if<Exited>(&result.ending);
  return exited != nullptr && exited->code == 0;
}

// "exit 3", "signal 9", "timed out"
std::string describe(const Ending& ending);

}  // namespace bottle
