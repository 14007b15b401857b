#include "backends/attach/presence.h"

#include <poll.h>
#include <unistd.h>

#include <array>

#include "backends/attach/host_side.h"
#include "backends/docker/held.h"
#include "harness/digest.h"
#include "harness/file.h"
#include "harness/platform/no_broken_pipe.h"
#include "harness/safe_text.h"
#include "harness/streams.h"

namespace bottle::attach {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kLimit{20'000};  // for each word that is waited for
constexpr std::chrono::milliseconds kEndLimit{10'000};
constexpr std::size_t kMostNoise = 64u << 10;  // what a way in may print before
constexpr std::size_t kMostTail = 64u << 10;
constexpr char kWordLetters[] = "abcdefghijklmnopqrstuvwxyz234567";

// In: $1 a mark for its own words, $2 the directory's name, $3 the hand's size, $4 and $5 for the hand. It tells the
// hand a word that comes through stdin and stood in nobody's arguments before. /bin/sh of any make; head, wc, mkdir,
// chmod, rm, sleep.
std::string plant_script() {
  return std::string(R"sh(
mark=$1 name=$2 size=$3 dir=
tell() { printf '\n%s %s\n' "$mark" "$*"; }
leave() {
  trap - EXIT
  for pause in 0 1 1 1 2 2 5 5; do  # an exec that is under way may still write there
    if [ -z "$dir" ] || rm -rf "$dir"; then tell gone; return; fi
    sleep "$pause"
  done
}
trap leave EXIT
trap 'exit 1' HUP INT TERM
trap '' PIPE  # when we are gone nobody hears it, and it has to leave all the same
)sh") + kFindPlace +
         R"sh(
if [ -z "$dir" ]; then tell nowhere; exit 1; fi
rm -f "$dir/try"
tell send
(umask 077 && head -c "$size" >"$dir/bottle-hand")
if [ "$(wc -c <"$dir/bottle-hand")" -ne "$size" ]; then tell short; exit 1; fi
chmod 700 "$dir/bottle-hand"
tell at "$dir"
IFS= read -r word || exit 1
"$dir/bottle-hand" attend "$word" "$4" "$5"
)sh";
}

}  // namespace

const char* const kFindPlace = R"sh(
for base in "${TMPDIR:-}" /tmp /dev/shm /var/tmp "${HOME:-}" /run; do
  case $base in /*) ;; *) continue ;; esac
  case $base in *[!A-Za-z0-9/._-]*) continue ;; esac
  (umask 077 && mkdir "$base/$name") 2>/dev/null || continue
  dir=$base/$name
  if { : >"$dir/try" && chmod 700 "$dir/try" && "$dir/try"; } >/dev/null 2>&1; then break; fi
  rm -rf "$dir"
  dir=
done
)sh";

Result<std::unique_ptr<Presence>> Presence::begin(const WayIn& way, const Wishes& wishes) {
  const std::string mark = random_text(24, kWordLetters);
  BOTTLE_TRY(const auto size, read_whole(wishes.hand));
  BOTTLE_TRY(const auto log, open_log(wishes.log));
  const Command command = way.command({"sh", "-c", plant_script(), "sh", mark, wishes.name, std::to_string(size.size()),
                                       std::to_string(wishes.echo_port), wishes.echo_name});
  BOTTLE_TRY(auto process, Process::start(command, {.stderr_to = log.get()}));
  std::unique_ptr<Presence> presence(new Presence(std::move(process), wishes.log));
  presence->mark_ = mark;
  if (auto planted = presence->plant(wishes); !planted) return fail(planted.error());
  if (auto stays = presence->stay(wishes); !stays) return fail(stays.error());
  return presence;
}

Presence::~Presence() { static_cast<void>(end()); }

Result<void> Presence::plant(const Wishes& wishes) {
  BOTTLE_TRY(const auto send, await(mark_));
  if (send == "nowhere")
    return fault(
        "in the bottle there is no place where something can be written and executed (TMPDIR, /tmp, /dev/shm, "
        "/var/tmp, HOME and /run were tried)");
  BOTTLE_TRY(const auto hand, read_whole(wishes.hand));
  if (auto said = say(hand); !said) return said;
  BOTTLE_TRY(const auto at, await(mark_));
  if (!at.starts_with("at /"))
    return fault(
        "what was sent did not come through whole: the command must pass its stdin on (docker exec needs -i, and "
        "never -t), and `head` must be there");
  directory_ = at.substr(3);
  return {};
}

Result<void> Presence::stay(const Wishes& wishes) {
  const std::string word = random_text(32, kWordLetters);
  if (auto said = say(word + "\n"); !said) return said;
  BOTTLE_TRY(const auto doors, await(word));
  if (doors != "doors") no_echo_ = safe_line(doors, 200);
  is_here_ = has_process_with(word);
  BOTTLE_TRY(stop_, Pipe::make());
  carrier_ = std::thread([this, connect = wishes.connect] { carry(connect); });
  return {};
}

void Presence::carry(Switchboard::Connect connect) {
  const NoBrokenPipeSignal quiet;
  Switchboard board(process_.output().get(), process_.input().get(), std::move(connect));
  std::vector<pollfd> stop = {{stop_.read.get(), POLLIN, 0}};
  while (board.go_on(stop) && stop.front().revents == 0) {
  }
  rest_ = board.unread();
}

// What follows the word on a line that begins with it; all else is somebody else's noise.
Result<std::string> Presence::await(const std::string& word) {
  const auto deadline = std::chrono::steady_clock::now() + kLimit;
  for (std::size_t noise = 0; noise < kMostNoise;) {
    Line line = read_line(process_.output(), deadline, kMostNoise - noise);
    noise += line.text.size() + 1;
    if (line.ending == Line::Ending::too_late)
      return fault("the command that leads into the bottle did not answer in time");
    if (line.ending == Line::Ending::end_of_stream) {
      process_.wait(kEndLimit);
      return fault("the command that leads into the bottle ended");
    }
    if (line.ending == Line::Ending::whole && line.text.starts_with(word + " "))
      return line.text.substr(word.size() + 1);
  }
  return fault("the command that leads into the bottle prints without an end");
}

Result<void> Presence::say(std::string_view bytes) {
  const NoBrokenPipeSignal quiet;
  constexpr std::size_t kAtOnce = 4096;  // PIPE_BUF: never blocks when poll() says that there is room
  const auto deadline = std::chrono::steady_clock::now() + kLimit;
  while (!bytes.empty()) {
    pollfd watched{process_.input().get(), POLLOUT, 0};
    const int ready = ::poll(&watched, 1, milliseconds_until(deadline));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return fault("the command that leads into the bottle does not take its stdin");
    const ssize_t wrote = ::write(process_.input().get(), bytes.data(), std::min(bytes.size(), kAtOnce));
    if (wrote < 0 && errno == EPIPE) return {};  // it has something to say about that
    if (wrote < 0 && errno != EINTR && errno != EAGAIN) return fail_os("the bottle's stdin");
    bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(wrote, 0)));
  }
  return {};
}

tl::unexpected<Error> Presence::fault(const std::string& what) const {
  const std::string said = docker::last_line_of(log_);
  return fail(what + (said.empty() ? "" : ": " + said), Fault::unavailable);
}

Result<void> Presence::end() {
  if (ended_) return {};
  ended_ = true;
  if (carrier_.joinable()) {
    stop_.write.reset();
    carrier_.join();
  }
  process_.input().reset();
  const auto deadline = std::chrono::steady_clock::now() + kEndLimit;
  std::array<char, 4096> bytes;
  for (;;) {
    pollfd watched{process_.output().get(), POLLIN, 0};
    if (::poll(&watched, 1, milliseconds_until(deadline)) <= 0) break;
    const ssize_t got = ::read(process_.output().get(), bytes.data(), bytes.size());
    if (got <= 0) break;
    rest_.append(bytes.data(), static_cast<std::size_t>(got));
    if (rest_.size() > kMostTail) rest_.erase(0, rest_.size() - kMostTail);
  }
  process_.wait(std::chrono::milliseconds(2'000));
  if (directory_.empty() || rest_.find(mark_ + " gone") != rest_.npos) return {};
  return fail("what was planted in the bottle's " + directory_ + " may still be there: nobody said that it is gone");
}

}  // namespace bottle::attach
