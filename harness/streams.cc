// One poll loop over at most three pipes and the descriptor that tells the end.
#include "harness/streams.h"

#include <fcntl.h>
#include <poll.h>

#include <algorithm>
#include <array>

#include "harness/platform/descriptors.h"
#include "harness/platform/no_broken_pipe.h"
#include "harness/stopwatch.h"

namespace bottle {
namespace {

void make_nonblocking(const Fd& fd) {
  if (fd) ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
}

bool would_block() { return errno == EAGAIN || errno == EINTR; }

}  // namespace

int milliseconds_until(Deadline deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000'000));
}

Line read_line(const Fd& from, Deadline deadline, std::size_t most) {
  Line line;
  while (line.text.size() < most) {
    pollfd watched{from.get(), POLLIN, 0};
    const int ready = ::poll(&watched, 1, milliseconds_until(deadline));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return {Line::Ending::too_late, std::move(line.text)};
    char byte = 0;
    const ssize_t got = ::read(from.get(), &byte, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return {Line::Ending::end_of_stream, std::move(line.text)};
    if (byte == '\n') return line;
    line.text += byte;
  }
  return {Line::Ending::too_long, std::move(line.text)};
}

Result<Pipe> Pipe::make() {
  BOTTLE_TRY(auto ends, make_pipe());
  return Pipe{.read = std::move(ends[0]), .write = std::move(ends[1])};
}

Streams::Streams(Fd to_stdin, Fd from_stdout, Fd from_stderr, std::string_view input, std::size_t cap)
    : input_fd_(std::move(to_stdin)), input_(input), cap_(cap) {
  out_.fd = std::move(from_stdout);
  err_.fd = std::move(from_stderr);
  make_nonblocking(input_fd_);
  make_nonblocking(out_.fd);
  make_nonblocking(err_.fd);
  if (input_.empty()) input_fd_.reset();
}

bool Streams::run_until(int ended, Deadline deadline) {
  const NoBrokenPipeSignal quiet;
  return pump(ended, deadline);
}

void Streams::drain(std::chrono::milliseconds grace) {
  input_fd_.reset();
  pump(-1, std::chrono::steady_clock::now() + grace);
}

bool Streams::pump(int ended, Deadline deadline) {
  for (;;) {
    std::array<pollfd, 4> watched{
        {{ended, POLLIN, 0}, {input_fd_.get(), POLLOUT, 0}, {out_.fd.get(), POLLIN, 0}, {err_.fd.get(), POLLIN, 0}}};
    if (ended < 0 && !out_.fd && !err_.fd) return false;  // drained
    const int timeout = milliseconds_until(deadline);
    const int ready = ::poll(watched.data(), watched.size(), timeout);
    if (ready < 0 && errno != EINTR) return false;
    if (ready > 0) {
      if (watched[1].revents != 0) feed();
      if (watched[2].revents != 0) read_some(out_);
      if (watched[3].revents != 0) read_some(err_);
      if (watched[0].revents != 0) return true;
    }
    if (timeout == 0) return false;  // also when output never ends
  }
}

void Streams::feed() {
  const ssize_t wrote = ::write(input_fd_.get(), input_.data(), std::min<std::size_t>(input_.size(), 64u << 10));
  if (wrote >= 0) input_.remove_prefix(static_cast<std::size_t>(wrote));
  if (input_.empty() || (wrote < 0 && !would_block())) input_fd_.reset();  // EPIPE: it does not want the rest
}

void Streams::read_some(Sink& sink) {
  std::array<char, 64u << 10> buffer;
  const ssize_t got = ::read(sink.fd.get(), buffer.data(), buffer.size());
  if (got == 0 || (got < 0 && !would_block())) return sink.fd.reset();
  if (got < 0) return;
  if (&sink == &out_ && !first_output_ns_) first_output_ns_ = monotonic_ns();
  const auto room = std::min(cap_ - sink.bytes.size(), static_cast<std::size_t>(got));
  sink.bytes.append(buffer.data(), room);
  if (room < static_cast<std::size_t>(got)) truncated_ = true;
}

void Streams::move_into(ExecResult& result) {
  result.out = std::move(out_.bytes);
  result.err = std::move(err_.bytes);
  result.truncated = truncated_;
  result.first_output_ns = first_output_ns_;
}

}  // namespace bottle
