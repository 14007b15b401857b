#include "backends/attach/switchboard.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

namespace bottle::attach {
namespace {

constexpr char kSays = '=', kEnds = '.';
constexpr std::size_t kHead = 9, kMostPayload = 65536;
constexpr std::size_t kMostLines = 128, kMostCallers = 4096;  // at once; ever
constexpr std::size_t kMostWaiting = 1u << 20;                // bytes that nobody takes
constexpr std::size_t kPipeTakes = 4096;      // PIPE_BUF: never blocks when poll() says that there is room
constexpr std::chrono::seconds kPatience{5};  // of silence in a conversation
constexpr int kLookAgain = 1000;              // ms between two looks at the patience

std::string number_bytes(std::uint32_t number) {
  std::string bytes;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) bytes += static_cast<char>((number >> shift) & 0xffU);
  return bytes;
}

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = (number << 8) | static_cast<unsigned char>(bytes[at + i]);
  return number;
}

bool would_block() { return errno == EAGAIN || errno == EINTR; }

}  // namespace

void Switchboard::let_in(Caller kind, Fd caller, std::string_view first) {
  if (lines_.size() >= kMostLines || next_ >= kMostCallers) return;
  ::fcntl(caller.get(), F_SETFL, ::fcntl(caller.get(), F_GETFL) | O_NONBLOCK);
  const std::uint32_t number = next_++;
  lines_[number] = Line{.kind = kind, .fd = std::move(caller)};
  send(static_cast<char>(kind), number, {});
  if (!first.empty()) send(kSays, number, first);
}

void Switchboard::send(char kind, std::uint32_t number, std::string_view payload) {
  out_ += kind + number_bytes(number) + number_bytes(static_cast<std::uint32_t>(payload.size()));
  out_ += payload;
}

bool Switchboard::go_on(std::vector<pollfd>& others) {
  std::vector<pollfd> watched = {{from_, POLLIN, 0}, {out_.empty() ? -1 : to_, POLLOUT, 0}};
  std::vector<std::uint32_t> numbers;
  for (const auto& [number, line] : lines_) {
    const bool hear = !line.heard_all && out_.size() < kMostWaiting;
    const int events = (hear ? POLLIN : 0) | (line.to_say.empty() ? 0 : POLLOUT);
    watched.push_back({events == 0 ? -1 : line.fd.get(), static_cast<short>(events), 0});
    numbers.push_back(number);
  }
  const std::size_t own = watched.size();
  watched.insert(watched.end(), others.begin(), others.end());
  const int ready = ::poll(watched.data(), static_cast<nfds_t>(watched.size()), lines_.empty() ? -1 : kLookAgain);
  if (ready < 0 && errno != EINTR) return false;
  for (std::size_t i = 0; i < others.size(); ++i) others[i].revents = ready > 0 ? watched[own + i].revents : short{0};
  if (ready <= 0) {
    let_go();
    return true;
  }
  if (watched[1].revents != 0) {
    const ssize_t wrote = ::write(to_, out_.data(), std::min(out_.size(), kPipeTakes));
    if (wrote < 0 && !would_block()) return false;
    out_.erase(0, static_cast<std::size_t>(std::max<ssize_t>(wrote, 0)));
  }
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    Line& line = lines_.at(numbers[i]);
    const short what = watched[2 + i].revents;
    if ((what & POLLOUT) != 0) talk_to(line);
    if ((what & (POLLIN | POLLHUP | POLLERR)) != 0 && !line.heard_all && out_.size() < kMostWaiting)
      listen_to(numbers[i], line);
  }
  const bool alive = watched[0].revents == 0 || read_frames();
  let_go();
  return alive;
}

void Switchboard::listen_to(std::uint32_t number, Line& line) {
  std::array<char, kMostPayload> bytes;
  const ssize_t got = ::recv(line.fd.get(), bytes.data(), bytes.size(), 0);
  if (got < 0 && would_block()) return;
  const bool datagram = line.kind == Caller::datagram;
  if (got > 0 || (got == 0 && datagram)) {
    line.last = Clock::now();
    return send(kSays, number, {bytes.data(), static_cast<std::size_t>(got)});
  }
  line.heard_all = true;
  send(kEnds, number, {});
}

// A datagram in one piece.
void Switchboard::talk_to(Line& line) {
  const ssize_t said = ::send(line.fd.get(), line.to_say.data(), line.to_say.size(), MSG_NOSIGNAL);
  if (said < 0 && would_block()) return;
  line.last = Clock::now();
  if (said < 0)
    line.to_say.clear();
  else
    line.to_say.erase(0, static_cast<std::size_t>(said));
  if (line.to_say.empty() && line.said_all) ::shutdown(line.fd.get(), SHUT_WR);
}

bool Switchboard::read_frames() {
  std::array<char, kMostPayload> bytes;
  const ssize_t got = ::read(from_, bytes.data(), bytes.size());
  if (got < 0 && would_block()) return true;
  if (got <= 0) return false;
  in_.append(bytes.data(), static_cast<std::size_t>(got));
  std::size_t at = 0;
  bool sound = true;
  while (in_.size() - at >= kHead) {
    const std::uint32_t size = number_at(in_, at + 5);
    sound = size <= kMostPayload;
    if (!sound || in_.size() - at < kHead + size) break;
    sound = take(in_[at], number_at(in_, at + 1), in_.substr(at + kHead, size));
    if (!sound) break;
    at += kHead + size;
  }
  in_.erase(0, at);
  return sound;
}

bool Switchboard::take(char kind, std::uint32_t number, std::string payload) {
  const auto line = lines_.find(number);
  if (kind == kSays || kind == kEnds) {
    if (line == lines_.end()) return true;  // it has been let go here
    line->second.last = Clock::now();
    if (line->second.to_say.size() + payload.size() > kMostWaiting) return false;
    if (kind == kSays && line->second.kind == Caller::datagram) {
      static_cast<void>(::send(line->second.fd.get(), payload.data(), payload.size(), MSG_NOSIGNAL));
      return true;
    }
    line->second.to_say += payload;
    if (kind == kEnds) line->second.said_all = true;
    talk_to(line->second);
    return true;
  }
  const bool known = kind == 's' || kind == 'd' || kind == 'a';
  if (!known || !connect_ || line != lines_.end() || lines_.size() >= kMostLines || ++next_ > kMostCallers)
    return false;
  Fd fd = connect_(static_cast<Caller>(kind));
  if (!fd) {
    send(kEnds, number, {});
    return true;
  }
  ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
  lines_[number] = Line{.kind = static_cast<Caller>(kind), .fd = std::move(fd)};
  return true;
}

void Switchboard::let_go() {
  const auto now = Clock::now();
  for (auto at = lines_.begin(); at != lines_.end();) {
    const Line& line = at->second;
    const bool over = line.heard_all && line.said_all && line.to_say.empty();
    at = over || now - line.last > kPatience ? lines_.erase(at) : std::next(at);
  }
}

}  // namespace bottle::attach
