// What the harness and bottle-hand say to each other, through the stdin, stdout and stderr of one `docker exec -i`.
//
// stdin:   SIZE "\n", that many bytes of CBOR (HandErrand: argv and environment are bytes, not UTF-8), the files' bytes
//          one after the other, and what is left is the command's own stdin.
// stdout:  the command's.
// stderr:  the command's, and after it one line "\n" END " " JSON "\n":
//          {"exited":3} | {"signalled":9} | {"timed_out":true} | {"failed":"sh: No such file or directory","errno":2},
//          each with "truncated" and "wall_ns". END is a random word of the harness's. The command is not told it and
//          cannot look for it in the hand, so that it does not write that line by chance or out of mischief. An agent
//          that lies in wait for the hand's first microseconds could (under gVisor also later: descriptors are not
//          hidden there). An ending is the agent side's word, like all else from there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/bottle.h"
#include "harness/exec.h"
#include "harness/result.h"

namespace bottle::docker {

// Who is killed when a command has had its time.
enum class HandKills {
  group,        // its process group
  descendants,  // and all that it started, wherever that went
  everybody,    // every process that its user may signal: where the agent has a pid namespace for itself
};

struct HandOptions {
  bool base = false;  // the environment starts from the container's own; otherwise from nothing
  // Not taken from there, because the engine makes them up. What the command itself names, it gets.
  std::vector<std::string> without = {"HOME", "HOSTNAME"};
  HandKills kills = HandKills::group;
  // On stdout, too, END stands on a line of its own before the command's: whatever the way into the bottle has printed
  // before that is taken away by without_preface().
  bool mark_output = false;
  // Files go only where there is a folder. One that was removed in the meantime must not come back.
  bool make_folders = true;
};

// The harness's side. `command.inherit` cannot be had through an engine, and is left out. An empty argv: only files.
std::string hand_input(const Command& command, const ExecLimits& limits, const std::vector<AgentFile>& files,
                       const HandOptions& options, const std::string& end);

// For the `docker exec` around it: time and room for the hand to say what came of its own.
ExecLimits limits_around_hand(const ExecLimits& limits);

// Out of what `docker exec` brought. Without the last line only the engine's word is left: "signal 9" (137) and "timed
// out" are endings, since a hostile agent can kill or stop the hand; all else is an Error. `wall` is the command's own,
// and never more than our clock saw.
Result<ExecResult> read_hand_output(ExecResult engine, const std::string& end);

// Without the mark: nothing, since what the command has printed cannot be told from it.
void without_preface(ExecResult& result, const std::string& end);

// The hand's side.
struct HandFile {
  std::string path = {};
  unsigned mode = 0644;
  std::uint64_t size = 0;
};

struct HandErrand {
  std::vector<std::string> argv = {};
  Environment environment = {};
  bool base = false;
  std::vector<std::string> without = {};
  std::string directory = {};  // empty: where the hand is
  std::int64_t timeout_ms = 0;
  std::uint64_t output_bytes = 0;                 // for each of stdout and stderr
  std::optional<std::uint64_t> input_bytes = {};  // of the command's stdin; nothing: until end of file
  std::string end = {};
  std::vector<HandFile> files = {};
  HandKills kills = HandKills::group;
  bool mark_output = false;
  bool make_folders = true;
};

inline constexpr std::size_t kMostErrandBytes = 8u << 20;  // execve takes less
Result<HandErrand> read_errand(std::string_view cbor);

struct HandReport {
  std::variant<Ending, Error> outcome = {};
  bool truncated = false;
  std::int64_t wall_ns = 0;
};
std::string output_mark(const std::string& end);
std::string report_line(const std::string& end, const HandReport& report);  // with both its newlines

}  // namespace bottle::docker
