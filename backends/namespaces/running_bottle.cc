#include "backends/namespaces/running_bottle.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <algorithm>

#include "harness/file.h"

namespace bottle::warden {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kLaunchLimit{10'000};
constexpr milliseconds kFileLimit{5'000};
constexpr milliseconds kKillLimit{5'000};
constexpr milliseconds kDrainGrace{100};
constexpr milliseconds kFarewell{500};  // for the bundle and the lab to end by themselves
constexpr int kLabBundleNamespace = 3;  // numbers in the lab's process
constexpr int kLabAgentNamespace = 4;
constexpr int kLabFirstCanary = 5;

Deadline in(milliseconds limit) { return steady_clock::now() + limit; }

Ending ending_of(int status) {
  if (WIFEXITED(status)) return Exited{WEXITSTATUS(status)};
  return Signalled{WTERMSIG(status)};
}

Message bytes_array(const std::vector<std::string>& strings) { return Message(strings); }

Message environment_lines(const Environment& environment) {
  std::vector<std::string> lines;
  for (const auto& [name, value] : environment) lines.push_back(name + "=" + value);
  return bytes_array(lines);
}

Result<Fd> open_null() {
  Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null) return fail_os("/dev/null");
  return null;
}

Result<Fd> content_of(const AgentFile& file) {
  Fd content(::memfd_create("put_file", MFD_CLOEXEC));
  if (!content) return fail_os("memfd_create");
  std::string_view left = file.bytes;
  while (!left.empty()) {
    const ssize_t wrote = ::write(content.get(), left.data(), left.size());
    if (wrote < 0) return fail_os("memfd");
    left.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return content;
}

std::string_view name_in_warden(Place place) {
  switch (place) {
    case Place::agent: return "agent";
    case Place::agent_network: return "agent-network";
    case Place::agent_walls: return "agent-walls";
    case Place::outside: return "outside";
    case Place::bundle: return "bundle";
    case Place::host: return "";
  }
  return "";
}

}  // namespace

std::vector<Phase> PhaseLog::in_order() && {
  std::stable_sort(phases_.begin(), phases_.end(),
                   [](const Phase& a, const Phase& b) { return a.start_ns < b.start_ns; });
  return std::move(phases_);
}

RunningBottle::RunningBottle(WardenClient warden, Environment agent_environment, LetIn let_in)
    : warden_(std::move(warden)), agent_environment_(std::move(agent_environment)), let_in_(std::move(let_in)) {
  agent_environment_.insert(let_in_.environment.begin(), let_in_.environment.end());
}

RunningBottle::~RunningBottle() { static_cast<void>(stop()); }

Result<void> RunningBottle::build(const Plan& plan, const NetworkPlan& network, const std::vector<std::string>& keep,
                                  const Furnishing& furnishing) {
  std::vector<std::string> paths;
  std::vector<unsigned> modes;
  std::vector<Fd> contents;
  std::vector<int> numbers;
  for (const AgentFile& file : furnishing.files) {
    BOTTLE_TRY(auto content, content_of(file));
    paths.push_back(file.path);
    modes.push_back(file.mode);
    numbers.push_back(content.get());
    contents.push_back(std::move(content));
  }
  Message body{{"op", "launch"},
               {"base4", network.base4},
               {"base6", network.base6},
               {"neighbour4", network.neighbour4},
               {"host", network.host_address},
               {"wrongs", bytes_array(plan.spec.wrongs)},
               {"keep", bytes_array(keep)},
               {"let_in", let_in_.directory.string()},
               {"resolver", plan.facts.at("resolver")},
               {"rootfs", plan.spec.rootfs.string()},
               {"alone", furnishing.alone},
               {"paths", bytes_array(paths)},
               {"modes", modes}};
  if (const auto& host = furnishing.host) {
    body["sandbox_host"] = {{"as_root", host->as_root},
                            {"keep", bytes_array(host->keep)},
                            {"canary", host->canary.string()},
                            {"canary_at", host->canary_at.string()}};
  }
  BOTTLE_TRY(launched_, warden_.ask(body, numbers));
  return {};
}

Result<RunningBottle::Program> RunningBottle::spawn(const std::string& place, const Command& command,
                                                    const std::vector<std::pair<int, int>>& fds,
                                                    const std::map<std::string, int>& networks) {
  Program program;
  program.id = next_id_++;
  std::vector<int> numbers, ours;
  for (const auto& [number, fd] : fds) {
    numbers.push_back(number);
    ours.push_back(fd);
  }
  const Message body{{"op", "spawn"},
                     {"id", program.id},
                     {"place", place},
                     {"argv", bytes_array(command.argv)},
                     {"numbers", numbers},
                     {"environment", environment_lines(command.environment)},
                     {"directory", command.directory},
                     {"networks", networks}};
  BOTTLE_TRY(program.reply, warden_.ask(body, ours));
  return program;
}

void RunningBottle::kill(const Program& program, int signal) const {
  static_cast<void>(warden_.ask({{"op", "kill"}, {"id", program.id}, {"signal", signal}}));  // or it has ended already
}

Result<void> RunningBottle::start_lab(const std::filesystem::path& program, const LabConfig& config,
                                      const std::vector<Canary>& canaries, const std::filesystem::path& log_path) {
  BOTTLE_TRY(const auto log, open_log(log_path));
  BOTTLE_TRY(auto input, Pipe::make());
  BOTTLE_TRY(auto output, Pipe::make());
  std::vector<std::pair<int, int>> fds{{0, input.read.get()}, {1, output.write.get()}, {2, log.get()}};
  std::map<std::string, int> numbers;
  std::map<std::string, std::string> where;
  for (const auto& canary : canaries) {
    const int number = kLabFirstCanary + static_cast<int>(numbers.size());
    numbers[canary.name] = number;
    where[canary.name] = canary.where;
    fds.emplace_back(number, canary.socket.get());
  }
  const Command command{{program.string()}, {{"PATH", kBottlePath}, {"HOME", "/tmp"}}, {}};
  const std::map<std::string, int> networks{{"bundle", kLabBundleNamespace}, {"agent", kLabAgentNamespace}};
  BOTTLE_TRY(lab_program_, spawn("internet", command, fds, networks));
  lab_.emplace(std::move(input.write), std::move(output.read), std::move(where));
  lab_command_ = open_command(config, {.echo = {.namespace_fd = kLabBundleNamespace},
                                       .agent = {.namespace_fd = kLabAgentNamespace},
                                       .canary_fds = std::move(numbers),
                                       .canaries = lab_->canaries(),
                                       .shares_abstract = let_in_.abstract_socket});
  return {};
}

Result<void> RunningBottle::open_lab() {
  const auto opened = lab_->open(lab_command_, kLaunchLimit);
  if (opened) return {};
  const auto ended = lab_program_->reply.next(in(kFarewell));  // the program that did not start says why
  const bool said = !ended && ended.error().fault != Fault::timeout;
  return fail(said ? warden_.explain(ended.error()) : opened.error());
}

Result<void> RunningBottle::forward(const std::vector<std::string>& canaries) {
  if (canaries.empty()) return {};
  std::vector<std::string> where;
  for (const std::string& name : canaries) {
    const auto canary = lab_->canaries().find(name);
    if (canary == lab_->canaries().end())
      return fail("nothing to forward to: this host has no " + name, Fault::unsupported);
    where.push_back(canary->second);
  }
  BOTTLE_TRY(forwarder_, Forwarder::start(warden_, where, in(kLaunchLimit)));
  return {};
}

Result<void> RunningBottle::await_phase(const std::string& name, PhaseLog& phases) {
  const auto deadline = in(kLaunchLimit);
  for (bool reached = false; !reached;) {
    const auto line = launched_.next(deadline);
    if (!line) return fail(warden_.explain(line.error()));
    const auto phase = line->value("phase", "");
    if (!phase.empty())
      phases.add_absolute(phase, line->value("from", std::int64_t{0}), line->value("took", std::int64_t{0}));
    reached = line->contains("done") || phase == name;
  }
  return {};
}

Result<void> RunningBottle::start_bundle(const BundleProgram& program) {
  BOTTLE_TRY(const auto null, open_null());
  BOTTLE_TRY(const auto log, open_log(program.log));
  BOTTLE_TRY(bundle_, spawn("bundle", program.command, {{0, null.get()}, {1, log.get()}, {2, log.get()}}));
  bundle_ports_ = program.tcp_ports;
  return {};
}

Result<void> RunningBottle::await_bundle(milliseconds limit) {
  const Message body{{"op", "listening"}, {"id", bundle_->id}, {"ports", bundle_ports_}, {"timeout_ms", limit.count()}};
  BOTTLE_TRY(auto reply, warden_.ask(body));
  BOTTLE_TRY(const auto answered, reply.next(in(limit + kKillLimit)));
  listening_ = answered.at("listening").get<std::set<int>>();
  // A bundle that has ended is a fact that `listening` shows; one that never started is an error.
  const auto early = bundle_->reply.next(in(milliseconds(0)));
  if (!early && early.error().fault != Fault::timeout)
    return fail("the bundle's command could not be started: " + early.error().what, Fault::usage);
  if (early) bundle_.reset();
  return {};
}

void RunningBottle::run_beside(std::function<void(Bottle&)> work) {
  beside_ = std::async(std::launch::async, [this, work = std::move(work)] { work(*this); });
}

Result<Reply> RunningBottle::ask_put_file(const AgentFile& file) const {
  BOTTLE_TRY(const Fd content, content_of(file));
  return warden_.ask({{"op", "put_file"}, {"path", file.path}, {"mode", file.mode}}, {content.get()});
}

Result<void> RunningBottle::put_files(const std::vector<AgentFile>& files) {
  std::vector<Reply> replies;
  for (const auto& file : files) {
    BOTTLE_TRY(auto reply, ask_put_file(file));
    replies.push_back(std::move(reply));
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    BOTTLE_TRY(const auto written, replies[i].next(in(kFileLimit)));
    const std::lock_guard lock(files_lock_);
    files_[files[i].path] = {written.value("device", std::uint64_t{0}), written.value("inode", std::uint64_t{0})};
  }
  return {};
}

Result<void> RunningBottle::put_file(const AgentFile& file) { return put_files({file}); }

Result<ExecResult> RunningBottle::exec(Place place, const Command& command, const ExecLimits& limits) {
  if (place == Place::host) return run_process(command, limits);
  const std::string name(name_in_warden(place));
  if (place != Place::agent && place != Place::agent_walls) return exec_in(name, command, limits);
  Command merged = command;
  merged.environment.insert(agent_environment_.begin(), agent_environment_.end());  // what is there stays
  if (let_in_.handed_down) merged.inherit.emplace_back(kHandedDown, let_in_.handed_down.get());
  return exec_in(name, merged, limits);
}

// On timeout in the agent's place every process of the agent is killed, also those of execs beside this one: a session
// or a process group is no wall for what forks twice, and a trial that timed out is over.
Result<ExecResult> RunningBottle::exec_in(const std::string& place, const Command& command, const ExecLimits& limits,
                                          const EchoWish& echo) {
  BOTTLE_TRY(auto input, Pipe::make());
  BOTTLE_TRY(auto output, Pipe::make());
  BOTTLE_TRY(auto error, Pipe::make());
  const auto start = steady_clock::now();
  std::vector<std::pair<int, int>> fds{{0, input.read.get()}, {1, output.write.get()}, {2, error.write.get()}};
  fds.insert(fds.end(), command.inherit.begin(), command.inherit.end());
  BOTTLE_TRY(auto program, spawn(place, command, fds));
  input.read.reset();
  output.write.reset();
  error.write.reset();
  const auto keeper = keep_echo(program, echo, start + limits.timeout);
  Streams streams(std::move(input.write), std::move(output.read), std::move(error.read), command.input,
                  limits.output_bytes);
  const bool ended = streams.run_until(program.reply.fd(), start + limits.timeout);
  if (!ended) {
    kill(program, SIGKILL);
    if (!streams.run_until(program.reply.fd(), in(kKillLimit))) {
      return fail("a program in the bottle does not end on SIGKILL", Fault::timeout);
    }
  }
  if (keeper) kill(*keeper, SIGKILL);
  ExecResult result;
  result.wall = steady_clock::now() - start;
  BOTTLE_TRY(const auto answered, program.reply.next(in(kKillLimit)));
  streams.drain(kDrainGrace);
  streams.move_into(result);
  result.ending = ended ? ending_of(answered.at("ended").get<int>()) : Ending{TimedOut{}};
  return result;
}

// It may write its last lines; then it is made to end.
Result<void> RunningBottle::end_bundle() {
  const std::lock_guard lock(stopping_);
  if (stopped_ || !bundle_) return {};
  kill(*bundle_, SIGTERM);
  auto ended = bundle_->reply.next(in(kFarewell));
  if (!ended && ended.error().fault == Fault::timeout) {
    kill(*bundle_, SIGKILL);
    ended = bundle_->reply.next(in(kKillLimit));
  }
  bundle_.reset();
  if (!ended) return fail("the bundle did not end: " + ended.error().what);
  return {};
}

// The lab may take down what it has; the rest is the kernel's.
Result<void> RunningBottle::stop() {
  static_cast<void>(end_bundle());
  const std::lock_guard lock(stopping_);
  if (stopped_) return {};
  stopped_ = true;
  forwarder_.reset();
  if (lab_) *lab_ = Lab(Fd(), Fd(), lab_->canaries());
  if (lab_program_) static_cast<void>(lab_program_->reply.next(in(kFarewell)));  // ended, or too late, or dead before
  return warden_.end(kKillLimit);
}

}  // namespace bottle::warden
