// The harness's presence in a bottle that runs already: one exec for as long as a run takes. It makes a private
// directory there, takes bottle-hand from its stdin, stays with it as the echo's keeper, and removes the directory when
// its stdin ends: also when the harness was killed, for then nobody holds that any more.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "backends/attach/switchboard.h"
#include "backends/attach/way_in.h"
#include "harness/process.h"
#include "harness/result.h"
#include "harness/streams.h"

namespace bottle::attach {

// The first line of a constant script: finds where something can be written and executed. In: $name. Out: $dir, made
// and private to this user, with an empty file `try` in it; empty: there is no such place.
extern const char* const kFindPlace;

class Presence {
 public:
  struct Wishes {
    std::string name = {};              // of the directory; nobody can guess it
    std::filesystem::path hand = {};    // the program, on the host
    int echo_port = 0;                  // of the doors, on the bottle's loopback
    std::string echo_name = {};         // and their abstract name, "@..."
    Switchboard::Connect connect = {};  // with the echo behind them
    std::filesystem::path log = {};     // what the way in says on stderr
  };
  // Fault::unavailable: the bottle cannot be entered, or offers no shell or no place.
  static Result<std::unique_ptr<Presence>> begin(const WayIn& way, const Wishes& wishes);
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;
  ~Presence();

  const std::string& directory() const { return directory_; }
  const std::string& no_echo() const { return no_echo_; }  // why there is none; empty: there is one
  // One of its processes is among those of this machine: by our own kernel's word the bottle runs here.
  bool is_here() const { return is_here_; }
  // Idempotent. An error when nobody said that the directory is gone.
  Result<void> end();

 private:
  Presence(Process process, std::filesystem::path log) : process_(std::move(process)), log_(std::move(log)) {}
  Result<void> plant(const Wishes& wishes);
  Result<void> stay(const Wishes& wishes);
  Result<std::string> await(const std::string& word);
  Result<void> say(std::string_view bytes);
  tl::unexpected<Error> fault(const std::string& what) const;
  void carry(Switchboard::Connect connect);

  Process process_;
  std::filesystem::path log_;
  std::string mark_ = {}, directory_ = {}, no_echo_ = {};
  bool is_here_ = false, ended_ = false;
  Pipe stop_ = {};  // the carrier stops when its write end is closed
  std::string rest_ = {};
  std::thread carrier_;
};

}  // namespace bottle::attach
