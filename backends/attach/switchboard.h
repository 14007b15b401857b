// Many conversations over one pair of pipes. At one end callers come in by doors (the hand in a bottle); at the other
// each is connected with whom it wants to reach (the lab's echo). Both ends are this; what comes from the other one is
// hostile, and everything of it is limited.
//
// A frame: KIND (one byte), the caller's number and the payload's size (four bytes each, the highest first), payload.
#pragma once

#include <poll.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/fd.h"

namespace bottle::attach {

class Switchboard {
 public:
  enum class Caller : char { stream = 's', datagram = 'd', abstract = 'a' };
  using Connect = std::function<Fd(Caller)>;  // no descriptor: there is nobody to reach

  // The pipes are the caller's, and stay blocking. Without `connect` nobody is let in from the other end.
  Switchboard(int from, int to, Connect connect) : from_(from), to_(to), connect_(std::move(connect)) {}

  // One of this end's own. `first`: what it has said already.
  void let_in(Caller kind, Fd caller, std::string_view first = {});
  // Waits until something can be done, also at `others`, and does what is its own of it. false: it is over, because the
  // pipes have ended or brought what is no frame.
  bool go_on(std::vector<pollfd>& others);
  // What came last, and was no frame or none yet.
  const std::string& unread() const { return in_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Line {
    Caller kind = Caller::stream;
    Fd fd = {};
    std::string to_say = {};                   // to the caller
    bool heard_all = false, said_all = false;  // it has ended; the other end has
    Clock::time_point last = Clock::now();
  };

  bool read_frames();
  bool take(char kind, std::uint32_t number, std::string payload);
  void send(char kind, std::uint32_t number, std::string_view payload);
  void listen_to(std::uint32_t number, Line& line);
  void talk_to(Line& line);
  void let_go();

  int from_, to_;
  Connect connect_;
  std::map<std::uint32_t, Line> lines_;
  std::string in_, out_;
  std::uint32_t next_ = 0;
};

}  // namespace bottle::attach
