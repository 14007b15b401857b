// What is said of one action, and the lines of the report as README.md has them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bottle::prober {

struct Batch;

struct Segment {
  std::string what = {};
  std::size_t bytes = 0;
  std::string sha256 = {};
};

struct Reply {
  std::string from = {};
  std::string read = {};  // all that was read; a line carries only its head
  bool hashed = false;    // a file's reply carries its SHA-256 too
};

struct Step {
  std::string argv0 = {};
  int exit = -1;  // -1: it did not exit
  int signal = 0;
  std::string out = {}, err = {};  // heads
  std::uint64_t out_bytes = 0;
};

struct Report {
  std::string nonce = {}, action = {};
  std::int64_t start_ns = 0, end_ns = 0;
  std::string stage = {}, error = {}, detail = {};
  std::vector<Segment> sent = {};
  std::optional<Reply> reply = {};
  std::optional<std::vector<Step>> steps = {};  // clients only
};

inline constexpr std::size_t kReplyHead = 2048;
inline constexpr std::size_t kOutputHead = 4096;
inline constexpr std::size_t kReplyCap = std::size_t{64} * 1024;  // no more of a reply is read

// Each ends with a newline. Bytes that are not UTF-8 (a file name in `detail`) become U+FFFD.
std::string start_line(const Batch& batch);
std::string report_line(const Report& report);
std::string end_line(const std::string& batch, std::size_t reported);

}  // namespace bottle::prober
