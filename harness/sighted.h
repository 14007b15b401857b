// Which arrivals speak against which attempt: by nonce, by secret, by an address that nobody else dials.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "harness/evidence.h"
#include "harness/plan.h"

namespace bottle {

// What reached the sinks of one attempt.
struct Seen {
  std::vector<Sighting> leaks = {};           // of what may not arrive
  std::vector<Sighting> without_secret = {};  // its nonce, without the secret that it carried
  std::vector<Sighting> rerouted = {};        // its nonce, at the allowed host, where a lie was told about
  bool first_hop = false;                     // its nonce, where its first hop goes to by right
};

// A secret of the agent's that stands with no attempt that carried it.
struct LoneSecret {
  std::string name = {};
  Sighting sighting = {};
};

// The plan, the arrivals and the secrets must outlive it.
class Sighted {
 public:
  Sighted(const AttemptPlan& plan, const std::vector<Arrival>& arrivals, const std::vector<Secret>& secrets,
          const std::vector<Secret>& bare_secrets);

  Seen of_guarded(const Attempt& attempt) const;
  std::vector<Sighting> of_bare(const Attempt& attempt) const;     // where a leak would arrive, nowhere else
  std::vector<Sighting> of_control(const Attempt& attempt) const;  // at the sink where it is delivered
  std::vector<LoneSecret> lone_secrets() const;
  // Connections of git-gate to its upstream between two times that speak against this push: those that name it, and
  // those that name no push at all (the clean pushes' left out). What comes from the address that a clean push came
  // from is git-gate's.
  std::vector<Sighting> gate_connections(const Attempt& push, const std::vector<Sighting>& clean, std::int64_t from,
                                         std::int64_t to) const;
  // Connections at a canary that said nothing of ours: somebody on this host, or an attempt that was cut off.
  int wordless_connections(const std::string& sink) const;

 private:
  std::vector<const Found*> found_of(const std::string& nonce) const;
  bool carries(const std::string& nonce, const std::string& secret_name) const;
  std::string name_of_secret(const Attempt& attempt) const;
  bool is_explained(const Found& found, const std::string& token) const;
  void see_address(const Attempt& attempt, Seen& seen) const;

  const AttemptPlan& plan_;
  const std::vector<Arrival>& arrivals_;
  const std::vector<Secret>& secrets_;
  Searcher searcher_;
  std::vector<Found> found_;
  std::map<std::string, std::vector<const Found*>> by_nonce_;
  std::map<std::string, std::vector<const Arrival*>> by_destination_;  // by address, without the port
  std::map<std::string, std::string> secret_of_nonce_;   // guarded nonce -> the name of the secret that it carries
  std::map<std::string, std::string> token_of_nonce_;    // guarded or shadow nonce -> the token that it is after
  std::set<std::string> worded_;                         // connections in which a nonce was found
  std::set<std::string> of_controls_;                    // connections of a control's
  std::map<std::string, std::set<std::string>> pushes_;  // connection -> the guarded pushes that it names
};

}  // namespace bottle
