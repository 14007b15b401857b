#include "backends/docker/hand/relay.h"

#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>

namespace bottle::hand {
namespace {

constexpr std::size_t kBuffer = 64u << 10;

bool would_block() { return errno == EAGAIN || errno == EINTR; }

}  // namespace

Relay::Relay(Fd from, Fd to, const Limits& limits) : from_(std::move(from)), to_(std::move(to)), limits_(limits) {
  if (limits_.bytes == 0 && !limits_.drop_rest) from_.reset();
  finish_if_done();
}

pollfd Relay::awaited() const {
  if (!buffer_.empty()) return {to_.get(), POLLOUT, 0};
  return {from_.get(), POLLIN, 0};
}

void Relay::go_on(short revents) {
  if (revents == 0) return;
  buffer_.empty() ? take() : give();
  finish_if_done();
}

void Relay::take() {
  const auto room = limits_.drop_rest ? kBuffer : std::min<std::uint64_t>(limits_.bytes, kBuffer);
  buffer_.resize(room);
  const ssize_t got = ::read(from_.get(), buffer_.data(), buffer_.size());
  if (got == 0 || (got < 0 && !would_block())) from_.reset();
  const auto taken = static_cast<std::size_t>(std::max<ssize_t>(got, 0));
  const auto kept = std::min<std::uint64_t>(taken, limits_.bytes);
  buffer_.resize(kept);
  limits_.bytes -= kept;
  there_ -= std::min<std::uint64_t>(there_, taken);
  dropped_ = dropped_ || kept < taken;
  if (limits_.bytes == 0 && !limits_.drop_rest) from_.reset();
}

void Relay::give() {
  const ssize_t wrote = ::write(to_.get(), buffer_.data(), std::min(buffer_.size(), limits_.at_once));
  if (wrote >= 0) {
    buffer_.erase(0, static_cast<std::size_t>(wrote));
  } else if (!would_block()) {  // nobody reads any more; a writer who may not notice goes on writing
    buffer_.clear();
    limits_.bytes = 0;
    if (!limits_.drop_rest) from_.reset();
  }
}

void Relay::finish_if_done() {
  if (done()) to_.reset();
}

void Relay::note_what_is_there() {
  int bytes = 0;
  if (from_ && ::ioctl(from_.get(), FIONREAD, &bytes) == 0) there_ = static_cast<std::uint64_t>(std::max(bytes, 0));
}

void Relay::stop_after_what_was_there() {
  if (there_ == 0) from_.reset();
  finish_if_done();
}

}  // namespace bottle::hand
