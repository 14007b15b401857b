// A bottle: one running sandbox with its bundle and its lab, and the backends that make them.
//
// To add a backend: one file in backends/ with `std::unique_ptr<Backend> make_backend_<name>()`, and one line in its
// list. Nothing outside backends/ may know which backend runs.
#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/exec.h"
#include "harness/lab.h"
#include "harness/record.h"
#include "harness/result.h"

namespace bottle {

// Where a command can be run. The agent's is the one under test. In its network the harness runs programs of its own,
// behind the same walls. The others are the bare arm's, outside the walls.
enum class Place {
  agent,          // inside the bottle
  agent_network,  // in the agent's network namespace, but with the host's files: nothing there is the agent's
  // Behind all of the agent's walls: its network, files, user, environment and descriptors. But the program is the
  // host's (argv[0] is a path there) and the agent's processes do not see it.
  agent_walls,
  outside,  // beside it: the same kind of client with an open road into the lab's internet
  bundle,   // inside the bundle's network namespace
  host,     // on the host itself, or on what is the host to the sandbox
};
std::string_view name_of(Place place);

// What a sandbox can promise to keep apart from the host. Most promise all; one that somebody else wrote may not, and
// what it does not promise is not held against it.
enum class Boundary { network, files_read, files_write, environment, descriptors };
inline constexpr std::array kBoundaries = {Boundary::network, Boundary::files_read, Boundary::files_write,
                                           Boundary::environment, Boundary::descriptors};
std::string_view name_of(Boundary boundary);
std::optional<Boundary> boundary_named(std::string_view name);

// What the user said to the backend itself: `[options]` of the configuration file and --option KEY=VALUE. Which keys
// there are is the backend's own (backends/README.md).
using BackendOptions = std::map<std::string, std::string>;

struct BottleSpec {
  std::string slug = {};                     // names everything of this bottle; [a-z0-9-]
  std::filesystem::path run_directory = {};  // private to this run, on the host; exists
  std::filesystem::path rootfs = {};         // the agent's root; empty: the host's system directories, read-only
  std::string agent_image = {};              // for a backend with images; empty: its own
  std::string bundle_image = {};             // empty: the reference bundle, or the user's command
  bool bundle_command = false;               // the bundle is a command of the user's, on this host or in that image
  std::vector<int> doors = {};               // TCP ports at which the bundle is there for the agent
  // What is deliberately wrong with the bottle itself (--hole), in words of the backend's own (backends/README.md).
  // prepare() answers Fault::unsupported to what it cannot get wrong. The bundle's and the lab's wrongs are elsewhere.
  std::vector<std::string> wrongs = {};
  // What of the bundle the agent must be able to reach for a hole to be one: "ports" (others than its doors),
  // "resolver". The same answer where no agent of this backend can.
  std::vector<std::string> reaches = {};
};

// Addresses, fixed by prepare() so that environments can be written before anything exists.
// Literals; an IPv6 address is empty where there is no IPv6.
struct Addresses {
  std::string bundle = {}, bundle6 = {};  // the agent-facing side of the bundle
  std::string agent = {}, agent6 = {};
  std::string bundle_own = {};            // what the bundle itself listens at, where that is another; empty: the same
  std::string host = {};                  // the host's own address (not loopback); empty: it has none
  std::string host_alias = "127.0.0.77";  // another of its loopback; empty: it has no other
  // What would lead to the host's 127.0.0.1 from the agent's place, if the walls let it: a gateway may stand for it.
  std::string host_loopback = "127.0.0.1";
  int echo_port = 7007;  // the harness's echo, beside the bundle at the bundle's address
  // There is nobody beside the sandbox: the echo is carried onto its own loopback. That shows that its client and its
  // stack work, but no path out of it, so what rests on it is weaker.
  bool echo_inside = false;
  // Around the bottle, where other walls have somebody and the agent must reach nobody: "gateway" (of the bundle's
  // network), "subnet" (beside the bundle), "neighbour" (another bottle's bundle), "metadata" (the cloud's). In place
  // `outside` each of them must lead to the lab. One that the backend cannot offer is not there.
  std::map<std::string, std::string> nearby = {};
  // Of the lab's internet, where not every address can be dialled from the agent's place: these can.
  struct Internet {
    std::string allowed = {}, resolver = {};
    std::vector<std::string> denied = {};  // at least one
  };
  std::optional<Internet> internet = {};
};

// What the user said of the world around a bottle that was there before us. Nothing of ours stands in it, so not
// everything may be sent there (real_world.h).
struct RealWorld {
  std::string allowed_host = {};  // that may be sent to; empty: none was named
  std::string proxy = {};         // the agent-facing one, "address:port"; empty: none was named
  // Of the agent's environment: its value is sent to the allowed host, too. Empty: none was named.
  std::string secret_variable = {};
};

struct Plan {
  BottleSpec spec = {};
  int patience = 1;  // how many times longer than on the host programs may take in the agent's place
  Addresses addresses = {};
  std::vector<std::string> steps = {};            // what launch() would do, for --dry-run
  std::map<std::string, std::string> facts = {};  // into the record
  // Where Place::host sees the harness's canary directory; empty: where it really is.
  std::filesystem::path canary_directory = {};
  std::map<Boundary, std::string> unclaimed = {};  // what this sandbox does not promise, and why not
  // A gateway on the way completes a connection to any address that it lets through, and dials only then: one to a port
  // where nobody listens is reset before there is an answer.
  bool accepts_first = false;
  // What gets past the walls leaves this host as its own traffic. Then so does the bare arm of what is dialled past the
  // bundle: it takes the very road of a leak, and a host that has lost that road does not pass for a wall.
  bool leaves_by_host = false;
  // Transports that nothing in the agent's place can have ("icmp"), and why not: nothing to try.
  std::map<std::string, std::string> no_transport = {};
  // Those that it may have, and nothing of ours would hear, and why: they are not tried, and nothing is proven of them.
  std::map<std::string, std::string> unheard_transport = {};
  std::optional<RealWorld> real_world = {};  // nothing: the lab's, where everything may be sent
  // What the agent is given lies there, and there it may write; relative to where its execs start. Empty: in
  // kAgentDirectory, and it may write in kAgentScratch.
  std::string agent_directory = {};
  // Of what kind the machine is that programs in the bottle and beside it need: "aarch64-linux" (Install::for_guest).
  // Empty: as this one.
  std::string guest = {};
  std::vector<std::string> notes = {};  // for the reader of any report
  // What a bottle of this backend leaks although nothing is wrong with it, by a glob over cases or CASE[VARIANT], and
  // what helps. A leak all the same: only the self-test, which must know what is to be found, expects it.
  std::map<std::string, std::string> known_gaps = {};
  // Why the harness can try nothing itself behind the agent's walls, so that an agent that lies about its own dials is
  // believed; empty: it can.
  std::string unshadowed = {};
  // From where the harness tries for itself what a daemon of the bundle has to refuse. Where it has no place of its own
  // in the agent's network, the host may have a way to the same doors.
  Place bundle_road = Place::agent_network;
};

// Where attempts at an address of `nearby` dial: a backend whose host may have one listens there.
inline constexpr int kNearbyPort = 4444;

class Bottle;

struct AgentFile {
  std::string path = {};  // absolute, in the bottle
  std::string bytes = {};
  unsigned mode = 0644;
};

// The program at the bundle's place, ready to run: its environment is the contract of fixtures/bundle/README.md.
struct BundleProgram {
  Command command = {};  // argv empty: what the bundle's image starts by itself
  // On the host: what it finds at the same paths where the bundle has files of its own, and of these what is brought
  // back by end_bundle().
  std::vector<std::filesystem::path> files = {};
  std::vector<AgentFile> own_files = {};  // in an image's place: what it expects to find there
  std::vector<std::filesystem::path> brought_back = {};
  std::vector<int> tcp_ports = {};  // where something must listen before the bottle counts as started
  std::filesystem::path log = {};   // its stdout and stderr
  // To be called when the agent's place is ready and before the bundle is started, in a thread of its own that ends
  // before the bottle does. Empty: there is nothing to do so early.
  std::function<void(Bottle&)> before_start = {};
};

// What of the host the agent may not have; a bottle that is wrong on purpose lets it in.
struct HostSide {
  std::filesystem::path directory = {};    // mounted, writable, at the same path
  Environment environment = {};            // inherited
  std::filesystem::path handed_down = {};  // a file, inherited open
};
inline constexpr int kHandedDown = 3;  // the number that it has

struct LaunchInputs {
  Environment agent_environment = {};       // what every exec in the agent's place starts from
  std::vector<AgentFile> agent_files = {};  // the bundle's CA, the prober
  LabConfig lab = {};
  HostSide host = {};  // for `wrongs` alone: a sound bottle has no use for it
  // Called when the lab is up and its CA is known; what it returns is started at the bundle's place.
  std::function<Result<BundleProgram>(const Lab&)> bundle = {};
  std::vector<std::filesystem::path> bundle_paths = {};  // files and folders that the bundle's place must see
  // The agent's place and nothing around it: neither lab nor bundle, and no road to anybody (Backend::has_walls_alone).
  // Such a bottle has no lab().
  bool walls_alone = false;
  std::chrono::milliseconds bundle_timeout{3'000};  // to listen on all of its ports; what does not is a fact, no error
};

class Bottle {
 public:
  virtual ~Bottle() = default;  // leaves nothing running and nothing behind
  // Thread-safe: the arms run side by side. Fault::unsupported where the backend has no such place.
  // In the agent's place the command's environment is laid over the agent's.
  virtual Result<ExecResult> exec(Place place, const Command& command, const ExecLimits& limits) = 0;
  virtual Result<void> put_file(const AgentFile& file) = 0;
  virtual Lab& lab() = 0;
  // Why what is tried against this boundary, and would arrive from this place without walls, need not come to any sink
  // although it gets out; empty: it would. Known once the bottle runs.
  virtual std::string unheard(Place /*place*/, Boundary /*boundary*/) const { return {}; }
  virtual std::map<std::string, std::string> facts() const { return {}; }  // known at the end only; into the record
  virtual bool listening(int tcp_port) const = 0;  // whether the bundle came to listen there in time
  // Ends the bundle politely and waits for its end; the lab goes on hearing. Idempotent. Error: it did not end.
  virtual Result<void> end_bundle() = 0;
  // Ends everything and says how long that took; the destructor does the same in silence. Idempotent.
  virtual Result<void> stop() = 0;
};

struct Started {
  std::unique_ptr<Bottle> bottle;
  std::vector<Phase> phases;  // start_ns counts from the call of launch()
  // From the call of launch() until the agent's sandbox had its first process; nothing: the backend cannot tell.
  std::optional<std::int64_t> created_ns = {};
};

// One thing that `doctor` looked at.
struct Check {
  enum class State { ok, warning, missing };
  std::string name = {};
  State state = State::ok;
  std::string found = {};  // what is there
  std::string fix = {};    // what to do about it; empty when ok
};

class Backend {
 public:
  virtual ~Backend() = default;
  virtual std::string_view name() const = 0;
  virtual std::string_view title() const = 0;
  // Once, before anything else. Fault::usage: a key that it does not know, or a value that cannot be.
  virtual Result<void> configure(const BackendOptions& options);
  // The profile (share/bundles) of the bundle that the sandbox brings itself, or of none; then nothing is started at
  // the bundle's place. Nothing: the harness's choice.
  virtual std::optional<std::string> own_bundle() const { return std::nullopt; }
  // Everything that the backend needs; the first `missing` one is why it is unavailable.
  virtual std::vector<Check> preflight() const = 0;
  virtual Result<Plan> prepare(const BottleSpec& spec) const = 0;  // pure: creates nothing
  virtual Result<Started> launch(const Plan& plan, const LaunchInputs& inputs) = 0;
  virtual bool has_walls_alone() const { return false; }  // whether launch() knows LaunchInputs::walls_alone
  // How many bottles make sense side by side on so many processors.
  virtual int at_once(int processors) const { return 4 * processors; }
  // What runs that were killed left behind: one line each. cleanup() removes it and returns the lines of what it
  // removed. Unless the backend has more elsewhere, that is the directories of such runs and what works for them.
  virtual std::vector<std::string> list_active() const;
  virtual Result<std::vector<std::string>> cleanup();
};

}  // namespace bottle
