#include "backends/command/sandboxed_bottle.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <sstream>

#include "backends/command/preflight.h"
#include "harness/attempt.h"
#include "harness/safe_text.h"

namespace bottle::command {
namespace {

constexpr std::chrono::milliseconds kDeleteLimit{5'000};
constexpr std::size_t kMostWords = 64u << 10;  // of a step's output

std::string last_words(const ExecResult& result) {
  std::string words = result.err.empty() ? result.out : result.err;
  if (words.size() > 400) words.erase(0, words.size() - 400);
  while (!words.empty() && words.back() == '\n') words.pop_back();
  return words.empty() ? std::string() : ": " + safe_line(words, 400);
}

// The ports of the proxies on its own loopback that the sandbox tells the agent of.
std::set<int> proxies_in(const std::string& environment) {
  std::set<int> ports;
  std::istringstream lines(environment);
  for (std::string line; std::getline(lines, line);) {
    const auto equals = line.find('=');
    std::string name = line.substr(0, equals);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (name != "http_proxy" && name != "https_proxy" && name != "all_proxy") continue;
    std::string where = line.substr(line.rfind('/') + 1);
    where.erase(0, where.rfind('@') + 1);
    const auto parsed = parse_endpoint(where);
    if (parsed.address == "localhost" || parsed.address == "127.0.0.1") ports.insert(parsed.port);
  }
  return ports;
}

// By its real name: on the sandbox's host PATH is another one.
void name_program(std::vector<std::string>& argv) {
  const auto path = program_path(argv.front());
  if (argv.front().find('/') == std::string::npos && !path.empty()) argv.front() = path.string();
}

}  // namespace

SandboxedBottle::SandboxedBottle(std::unique_ptr<warden::RunningBottle> host, Description description,
                                 Surroundings surroundings)
    : host_(std::move(host)), description_(std::move(description)), surroundings_(std::move(surroundings)) {}

SandboxedBottle::~SandboxedBottle() { static_cast<void>(stop()); }

// One of the description's own commands, on the sandbox's host. What it printed.
Result<std::string> SandboxedBottle::step(const std::string& what, const std::vector<std::string>& words,
                                          const Values& values, const std::string& input) {
  Command command{.argv = fill(words, values), .environment = surroundings_.host, .input = input};
  name_program(command.argv);
  const ExecLimits limits{.timeout = stopped_ ? kDeleteLimit : description_.start_limit, .output_bytes = kMostWords};
  const auto done = host_->exec(Place::agent, command, limits);
  const std::string whose = description_.name + ": its " + what;
  if (!done) return fail(whose + " could not be run: " + done.error().what, done.error().fault);
  if (std::holds_alternative<TimedOut>(done->ending)) {
    return fail(whose + " did not end in " + std::to_string(limits.timeout.count()) + " ms", Fault::timeout);
  }
  if (!succeeded(*done)) return fail(whose + " failed with " + describe(done->ending) + last_words(*done));
  return done->out;
}

Result<void> SandboxedBottle::create() {
  for (AgentFile file : description_.files) {
    file.path = fill(file.path, surroundings_.values);
    file.bytes = fill(file.bytes, surroundings_.values);
    if (auto put = host_->put_file(file); !put) return put;
  }
  created_ = true;
  if (!description_.create.empty()) {
    if (auto made = step("create", description_.create, surroundings_.values); !made) return fail(made.error());
  }
  const auto first =
      exec_in_sandbox({{"env"}, {}, {}}, {.timeout = description_.start_limit, .output_bytes = kMostWords});
  if (!first) return fail(description_.name + " does not start: " + first.error().what, first.error().fault);
  if (succeeded(*first)) {
    own_ports_ = proxies_in(first->out);
    return {};
  }
  const bool late = std::holds_alternative<TimedOut>(first->ending);
  return fail(description_.name + " cannot run a command here: " + describe(first->ending) + last_words(*first),
              late ? Fault::timeout : Fault::failed);
}

void SandboxedBottle::run_beside(std::function<void(Bottle&)> work) {
  beside_ = std::async(std::launch::async, [this, work = std::move(work)] { work(*this); });
}

Result<ExecResult> SandboxedBottle::exec(Place place, const Command& command, const ExecLimits& limits) {
  switch (place) {
    case Place::agent: return exec_in_sandbox(command, limits);
    case Place::agent_network:
    case Place::agent_walls:
      return fail("nothing of the harness's own can be put behind the walls of " + description_.name,
                  Fault::unsupported);
    // Without walls is: in the network of the sandbox's host, by the same road. From anywhere else it would be shown
    // that the lab hears, but not that it hears what this host sends.
    case Place::outside: return host_->exec(Place::agent_network, command, limits);
    case Place::host: return exec_on_host(command, limits);
    case Place::bundle: return host_->exec(place, command, limits);
  }
  return fail("no such place");
}

// The sandbox is started as its user would start it: with all that he has in his environment, and has open. What of
// that comes through is the sandbox's doing.
Result<ExecResult> SandboxedBottle::exec_in_sandbox(const Command& command, const ExecLimits& limits) {
  if (command.argv.empty()) return fail("no command", Fault::usage);
  Environment agent = command.environment;
  agent.insert(surroundings_.agent.begin(), surroundings_.agent.end());  // what is there stays
  Command run{.argv = fill_exec(description_.exec, description_.environment, surroundings_.values, command.argv, agent),
              .environment = surroundings_.host,
              .input = command.input};
  name_program(run.argv);
  if (description_.environment.empty()) {
    for (auto& [name, value] : agent) run.environment[name] = value;
  }
  run.inherit = command.inherit;
  if (surroundings_.handed_down) run.inherit.emplace_back(kHandedDown, surroundings_.handed_down.get());
  warden::EchoWish echo{.port = surroundings_.echo_port, .abstract = surroundings_.echo_socket};
  if (surroundings_.echo_inside) echo.client = command.argv.front();
  return host_->exec_with_echo(run, limits, echo);
}

Result<ExecResult> SandboxedBottle::exec_on_host(Command command, const ExecLimits& limits) {
  if (command.environment.contains("TMPDIR")) command.environment["TMPDIR"] = surroundings_.values.at("{work}");
  return host_->exec(Place::agent, command, limits);
}

Result<void> SandboxedBottle::put_file(const AgentFile& file) {
  if (description_.put.empty()) return host_->put_file(file);
  Values values = surroundings_.values;
  values["{path}"] = file.path;
  values["{mode}"] = fmt::format("{:04o}", file.mode & 0777);
  if (auto put = step("put", description_.put, values, file.bytes); !put) return fail(put.error());
  return {};
}

bool SandboxedBottle::listening(int tcp_port) const {
  return own_ports_.contains(tcp_port) || host_->listening(tcp_port);
}

// Of a sandbox that does not clean up after itself nothing outlives its host; but its user should know.
Result<void> SandboxedBottle::take_down() {
  if (!created_) return {};
  if (!description_.remove.empty()) {
    if (auto gone = step("delete", description_.remove, surroundings_.values); !gone) return fail(gone.error());
  }
  if (description_.list.empty()) return {};
  BOTTLE_TRY(const std::string left, step("list", description_.list, surroundings_.values));
  const std::string& name = surroundings_.values.at("{name}");
  if (left.find(name) == std::string::npos) return {};
  return fail(description_.name + " still lists " + name + " after it was deleted");
}

Result<void> SandboxedBottle::stop() {
  const std::lock_guard lock(stopping_);
  if (stopped_) return {};
  stopped_ = true;
  const auto down = take_down();
  const auto ended = host_->stop();
  return ended ? down : ended;
}

}  // namespace bottle::command
