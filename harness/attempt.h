// An attempt: one variant, tried once, on one arm; and a technique, which knows how to try.
//
// To add a technique: one file in attacks/ with `Technique make_technique_<name>()`, and one line in that folder's
// list. A technique turns a variant's parameters into an action of the prober (probes/README.md); it never runs
// anything and judges nothing.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/bottle.h"
#include "harness/catalogue.h"
#include "harness/host_canary.h"
#include "harness/result.h"
#include "harness/secrets.h"

namespace bottle {

// `shadow`: a guarded attempt once more, by the harness's own prober behind the agent's walls: what becomes of it
// cannot be forged by the agent. What only a real client can carry has none. `early`: a guarded attempt that is under
// way before the bundle is started.
enum class Arm { early, control_before, guarded, shadow, control_after, bare };
std::string_view name_of(Arm arm);
inline bool is_control(Arm arm) { return arm == Arm::control_before || arm == Arm::control_after; }

struct Endpoint {
  std::string address = {};  // a literal; empty: there is none
  int port = 0;
};
std::string to_string(const Endpoint& endpoint);   // "10.0.0.1:80", "[fd00::1]:80"
Endpoint parse_endpoint(const std::string& text);  // the same, read; what has no port is none

// Where things are, as one arm sees them. The bare arm has the lab's open proxy, resolver and git remote instead of the
// bundle's: so a variant is tried in the same way on both.
struct Route {
  Endpoint proxy = {};                     // the agent-facing one, or the open proxy
  std::string proxy_login = {};            // the variable with the proxy's URL, user and password in it; empty: none
  Endpoint egress = {};                    // the port that must not be reachable; bare: as the bundle itself sees it
  bool egress_is_proxy = false;            // so there is no such port
  Endpoint supervise = {}, git_gate = {};  // as if they were proxies; bare: the open proxy
  Endpoint echo = {}, echo6 = {};          // the harness's echo; the bare arm needs none
  std::string echo_socket = {};            // the echo's abstract name, "@..."; in the agent's network
  std::string resolver = {};               // "default" (the bottle's own), or a literal
  std::string public_resolver = {};
  std::string git_remote = {};  // URL, git:// or http://; empty: this bundle has no git-gate
  std::string ca_file = {};     // what clients of this arm trust
  bool ipv6 = false;
};

// What a technique is given to build one attempt.
struct Brief {
  Arm arm = Arm::guarded;
  std::string nonce = {};
  std::string allowed_host = {};
  Endpoint allowed_address = {};     // where the lab answers for it, dialled from the agent's place
  std::string allowed_by_name = {};  // and where it does for who looks its name up: the bundle
  std::string denied_address = {}, denied_address6 = {};  // of this variant and arm alone
  int patience = 1;                                       // a client's own time limits, this many times
  bool companion = false;                                 // on a control arm: build the companion instead of the twin
  std::map<std::string, Endpoint> canaries = {};          // an abstract socket's address is its name, "@..."
  std::string host_loopback = {};                         // Addresses::host_loopback; empty: it is dialled as it is
  std::map<std::string, std::string> nearby = {};         // Addresses::nearby
  bool real_world = false;                                // nothing of ours is nearby but what the host has there
  Place open_road = Place::outside;                       // from where the bare arm dials what needs no proxy
  HostCanary host = {};                                   // this arm's
  const std::vector<Secret>* secrets = nullptr;           // this arm's
  Route route = {};
};

struct Attempt {
  enum class Leak { nonce, secret };  // what may not reach a sink

  std::string nonce = {};
  nlohmann::json action = {};
  Place place = Place::agent;
  std::vector<std::pair<std::string, std::string>> sent =
      {};  // segment name and SHA-256 that it must say it sent, in order
  Leak leak = Leak::nonce;
  std::string secret = {};  // kind; empty: none is carried
  // The control that it rests on: attempts with the same channel share one. Names protocol, road and client.
  std::string channel = {};
  std::string delivered_at = {};  // the sink where a control must arrive: "http", "echo", "git"
  // The sinks at which the bare arm must arrive: where a leak would. On the way (the open proxy, a lookup) is not
  // enough.
  std::vector<std::string> bare_at = {};
  // An address that this attempt alone has: whatever comes there, even without a word, is its own.
  std::string alone_at = {};
  std::string canary = {};        // the sink that it dials on the host, where others may come by too
  std::string token = {};         // what it is to bring back: a HostCanary's
  std::string lied_to = {};       // the allowed address that Host or SNI lie about: to end up there is no leak
  std::string by_way_of = {};     // the allowed address that its first hop goes to by right: only the next one counts
  bool secret_in_tunnel = false;  // it, or what else counts, is behind a CONNECT: where that is refused, never sent
  // Another control, which need not arrive: the same question about something allowed. What became of it tells a
  // resolver that refuses from one that is away.
  std::string companion = {};
  Boundary boundary = Boundary::network;      // what of the sandbox it is tried against
  bool accepted_first = false;                // to the bundle's own address, completed on the way (Plan::accepts_first)
  bool control_inside = false;                // the echo that its control goes to is inside (Addresses::echo_inside)
  Layer wall = Layer::network;                // what is held to have refused it when only an errno says so
  bool upstream_must_not_be_dialled = false;  // git: a rejected push may not even connect
  bool early = false;                         // it has to be there before the bundle is
  std::string not_applicable = {};            // a reason: there is nothing to try here
  std::string withheld = {};                  // why it is not made although it applies: then nothing is proven by it
  std::string unheard = {};                   // why what came of it need not come to any sink of ours: the same
};

inline bool is_made(const Attempt& attempt) { return attempt.not_applicable.empty() && attempt.withheld.empty(); }

// No daemon is on its road: then an errno is a refusal, silence can be one, and the harness can try it as well.
bool only_network_refuses(const Attempt& attempt);
// The same, or nothing but the bottle's own files, environment and descriptors stands in the way.
bool only_walls_refuse(const Attempt& attempt);

struct Technique {
  std::string_view name;
  // Every parameter that it knows, with the values that it takes; empty values: any.
  std::map<std::string, std::vector<std::string>> parameters;
  // The same choice on any arm. On a control arm: the harmless twin, on an allowed route or to the echo.
  Attempt (*build)(const Choice& choice, const Brief& brief);
};

// A parameter's value, or what it is when the case does not say.
std::string chosen(const Choice& choice, const std::string& name, const std::string& otherwise);

}  // namespace bottle
