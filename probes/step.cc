#include "probes/step.h"

#include <fcntl.h>
#include <poll.h>

#include <cerrno>
#include <string_view>

#include "probes/fd.h"
#include "probes/keeper.h"
#include "probes/system.h"

namespace bottle::prober {
namespace {

constexpr int kFinalReads = 16;  // more than a pipe holds: what a process printed before it ended is all read

struct Pipe {
  Fd read, write;

  bool make() {
    int ends[2] = {-1, -1};
    if (!make_pipe(ends)) return false;
    read = Fd(ends[0]);
    write = Fd(ends[1]);
    return true;
  }
};

void make_non_blocking(const Fd& fd) { ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK); }

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// Our ends of a running step's pipes.
class Running {
 public:
  Running(StepEnd& end, Family& family, std::string_view input) : end_(end), family_(family), input_(input) {}

  Trouble start(const StepWish& wish);
  void pump(Deadline deadline);  // until it has ended, or the deadline
  void drain();                  // what is in the pipes now; never waits, whoever may still hold their other ends

  bool ended() const { return ended_; }
  int exec_errno() const { return exec_errno_; }

 private:
  void feed();
  bool take(Fd& from, std::string& head, std::uint64_t& count);
  void hear();

  StepEnd& end_;
  Family& family_;
  std::string_view input_;
  Fd in_, out_, err_, notices_;
  std::uint64_t err_bytes_ = 0;
  int exec_errno_ = 0;
  bool ended_ = false;
};

Trouble Running::start(const StepWish& wish) {
  Pipe in, out, err, notices;
  if (!in.make() || !out.make() || !err.make() || !notices.make()) return errno_trouble(errno, "pipe");
  const std::vector<char*> argv = pointers_to(wish.argv), environment = pointers_to(wish.environment);
  end_.keeper = start_keeper({.program = wish.program.c_str(),
                              .argv = argv.data(),
                              .environment = environment.data(),
                              .directory = wish.directory.c_str(),
                              .in = in.read.get(),
                              .out = out.write.get(),
                              .err = err.write.get(),
                              .notices = notices.write.get()});
  if (end_.keeper < 0) return errno_trouble(errno, "clone");
  family_.add(end_.keeper);
  in_ = std::move(in.write);
  out_ = std::move(out.read);
  err_ = std::move(err.read);
  notices_ = std::move(notices.read);
  for (const Fd* ours : {&in_, &out_, &err_, &notices_}) make_non_blocking(*ours);
  return {};
}

void Running::feed() {
  const ssize_t written = input_.empty() ? 0 : ::write(in_.get(), input_.data(), input_.size());
  if (written > 0) input_.remove_prefix(static_cast<std::size_t>(written));
  if (input_.empty() || (written < 0 && errno != EAGAIN && errno != EINTR)) in_.reset();
}

// Keeps the head, counts all. False when there is nothing more for now, or at all.
bool Running::take(Fd& from, std::string& head, std::uint64_t& count) {
  char buffer[64 * 1024];
  const ssize_t got = ::read(from.get(), buffer, sizeof buffer);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  if (got <= 0) {
    from.reset();
    return false;
  }
  count += static_cast<std::uint64_t>(got);
  const std::size_t room = kOutputHead - head.size();
  head.append(buffer, std::min(room, static_cast<std::size_t>(got)));
  return true;
}

void Running::hear() {
  Notice notice;
  const ssize_t got = ::read(notices_.get(), &notice, sizeof notice);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got != sizeof notice) {  // the keeper itself was killed
    ended_ = true;
    end_.step.signal = end_.step.signal == 0 ? 9 : end_.step.signal;
    return;
  }
  if (notice.kind == Notice::started) family_.set_step(end_.keeper, notice.value);
  if (notice.kind == Notice::not_executed) exec_errno_ = notice.value;
  if (notice.kind == Notice::exited) end_.step.exit = notice.value;
  if (notice.kind == Notice::signalled) end_.step.signal = notice.value;
  ended_ = notice.kind == Notice::exited || notice.kind == Notice::signalled;
}

void Running::pump(Deadline deadline) {
  while (!ended_ && !deadline.passed()) {
    // poll passes over the descriptors that are closed: they are -1.
    pollfd entries[] = {
        {in_.get(), POLLOUT, 0}, {out_.get(), POLLIN, 0}, {err_.get(), POLLIN, 0}, {notices_.get(), POLLIN, 0}};
    if (::poll(entries, 4, deadline.left_ms()) <= 0) continue;
    if (entries[0].revents != 0) feed();
    if (entries[1].revents != 0) take(out_, end_.step.out, end_.step.out_bytes);
    if (entries[2].revents != 0) take(err_, end_.step.err, err_bytes_);
    if (entries[3].revents != 0) hear();
  }
}

void Running::drain() {
  for (int reads = 0; reads < kFinalReads && out_ && take(out_, end_.step.out, end_.step.out_bytes); ++reads) {
  }
  for (int reads = 0; reads < kFinalReads && err_ && take(err_, end_.step.err, err_bytes_); ++reads) {
  }
}

}  // namespace

Trouble run_step(const StepWish& wish, Deadline deadline, Family& family, StepEnd& end) {
  Running running(end, family, wish.input);
  if (Trouble trouble = running.start(wish)) return trouble;
  running.pump(deadline);
  if (running.exec_errno() != 0) return errno_trouble(running.exec_errno(), wish.program + ": exec");
  end.started = true;
  const bool in_time = running.ended();
  if (!in_time) {
    family.end(end.keeper);
    end.keeper = -1;
    end.step.signal = 9;  // ours
  }
  running.drain();
  return in_time ? Trouble{} : Trouble{deadline.name, {}};
}

}  // namespace bottle::prober
