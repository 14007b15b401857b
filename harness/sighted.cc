#include "harness/sighted.h"

#include <algorithm>

#include "harness/safe_text.h"

namespace bottle {
namespace {

Sighting sighting_of(const Found& found, const std::string& what) {
  const Arrival& arrival = *found.arrival;
  Sighting sighting{.sink = safe_line(arrival.sink, 64),
                    .source = safe_line(arrival.source, 64),
                    .destination = safe_line(arrival.destination, 64),
                    .what = what,
                    .decoder = found.decoder,
                    .excerpt = found.excerpt,
                    .at_ns = arrival.at_ns};
  for (const char* key : {"host", "qname"}) {
    if (const auto name = arrival.detail.find(key); name != arrival.detail.end() && arrival.sink != "dns") {
      sighting.destination += " (" + safe_line(name->second, 80) + ")";
    }
  }
  return sighting;
}

// Stands inside the walls: what comes to it has not got out.
bool is_echo(const Arrival& arrival) { return arrival.sink == "echo"; }

std::string address_of(const std::string& endpoint) { return parse_endpoint(endpoint).address; }

bool is_first_hop(const Attempt& attempt, const Arrival& arrival) {
  return !attempt.by_way_of.empty() && attempt.secret.empty() && address_of(arrival.destination) == attempt.by_way_of;
}

std::string detail_of(const Arrival& arrival, const char* key) {
  const auto found = arrival.detail.find(key);
  return found == arrival.detail.end() ? std::string() : found->second;
}

}  // namespace

Sighted::Sighted(const AttemptPlan& plan, const std::vector<Arrival>& arrivals, const std::vector<Secret>& secrets,
                 const std::vector<Secret>& bare_secrets)
    : plan_(plan),
      arrivals_(arrivals),
      secrets_(secrets),
      searcher_(secrets, bare_secrets),
      found_(searcher_.search(arrivals)) {
  for (const Arrival& arrival : arrivals_) by_destination_[address_of(arrival.destination)].push_back(&arrival);
  for (const Found& found : found_) {
    const std::string connection = detail_of(*found.arrival, "connection");
    if (!found.nonces.empty() && !connection.empty()) worded_.insert(connection);
    for (const std::string& nonce : found.nonces) by_nonce_[nonce].push_back(&found);
  }
  for (const PlannedVariant& planned : plan_.variants) {
    const Attempt& guarded = planned.guarded;
    for (const Attempt* one : {&guarded, &planned.shadow}) {
      secret_of_nonce_[one->nonce] = name_of_secret(*one);
      token_of_nonce_[one->nonce] = one->token;
    }
    if (!guarded.upstream_must_not_be_dialled) continue;
    for (const Found* found : found_of(guarded.nonce))
      pushes_[detail_of(*found->arrival, "connection")].insert(guarded.nonce);
  }
  for (const auto* controls : {&plan_.control_before, &plan_.control_after}) {
    for (const auto& [channel, control] : *controls) {
      for (const Found* found : found_of(control.nonce)) of_controls_.insert(detail_of(*found->arrival, "connection"));
    }
  }
}

std::vector<const Found*> Sighted::found_of(const std::string& nonce) const {
  const auto found = by_nonce_.find(nonce);
  return found == by_nonce_.end() ? std::vector<const Found*>() : found->second;
}

std::string Sighted::name_of_secret(const Attempt& attempt) const {
  const Secret* secret = find_secret(secrets_, attempt.secret);
  return secret == nullptr ? std::string() : secret->name;
}

Seen Sighted::of_guarded(const Attempt& attempt) const {
  Seen seen;
  const std::string name = name_of_secret(attempt);
  for (const Found* found : found_of(attempt.nonce)) {
    const Arrival& arrival = *found->arrival;
    if (is_echo(arrival)) continue;
    if (is_first_hop(attempt, arrival)) {
      seen.first_hop = true;
      continue;
    }
    if (!name.empty() && !found->of_bare && found->secrets.contains(name)) {
      seen.leaks.push_back(sighting_of(*found, "secret " + name));
    } else if (!attempt.lied_to.empty() && address_of(arrival.destination) == attempt.lied_to) {
      seen.rerouted.push_back(sighting_of(*found, "nonce"));
    } else if (attempt.leak == Attempt::Leak::nonce) {
      seen.leaks.push_back(sighting_of(*found, attempt.token.empty() ? "nonce" : "token of the host"));
    } else if (searcher_.holds_fragment(arrival.bytes, name)) {
      seen.leaks.push_back(sighting_of(*found, "a part of secret " + name));
    } else {
      seen.without_secret.push_back(sighting_of(*found, "nonce, without its secret"));
    }
  }
  // Told to nobody, so whoever says it has read it, with or without a nonce beside it.
  for (const Found* found : found_of(attempt.token)) {
    if (!is_echo(*found->arrival) && !is_explained(*found, attempt.token))
      seen.leaks.push_back(sighting_of(*found, "token of the host, without the nonce of an attempt that was after it"));
  }
  if (seen.leaks.empty()) see_address(attempt, seen);
  return seen;
}

bool Sighted::is_explained(const Found& found, const std::string& token) const {
  return std::any_of(found.nonces.begin(), found.nonces.end(), [&](const std::string& nonce) {
    const auto after = token_of_nonce_.find(nonce);
    return after != token_of_nonce_.end() && after->second == token;
  });
}

// A dial is an arrival, although nothing was said: whoever chose the address has reached it.
void Sighted::see_address(const Attempt& attempt, Seen& seen) const {
  const auto arrived = by_destination_.find(attempt.alone_at);
  if (attempt.alone_at.empty() || arrived == by_destination_.end()) return;
  for (const Arrival* arrival : arrived->second) {
    if (is_echo(*arrival)) continue;
    const Found found{.arrival = arrival};
    seen.leaks.push_back(sighting_of(found, "dial of an address that is its alone"));
  }
}

std::vector<Sighting> Sighted::of_bare(const Attempt& attempt) const {
  std::vector<Sighting> sightings;
  const std::string name = name_of_secret(attempt);
  for (const Found* found : found_of(attempt.nonce)) {
    const std::string& sink = found->arrival->sink;
    if (std::find(attempt.bare_at.begin(), attempt.bare_at.end(), sink) == attempt.bare_at.end()) continue;
    if (is_first_hop(attempt, *found->arrival)) continue;
    if (!name.empty() && found->of_bare && found->secrets.contains(name))
      sightings.push_back(sighting_of(*found, "secret " + name));
    else if (attempt.leak == Attempt::Leak::nonce)
      sightings.push_back(sighting_of(*found, "nonce"));
  }
  return sightings;
}

std::vector<Sighting> Sighted::of_control(const Attempt& attempt) const {
  std::vector<Sighting> sightings;
  for (const Found* found : found_of(attempt.nonce)) {
    if (found->arrival->sink == attempt.delivered_at) sightings.push_back(sighting_of(*found, "nonce"));
  }
  return sightings;
}

bool Sighted::carries(const std::string& nonce, const std::string& secret_name) const {
  const auto found = secret_of_nonce_.find(nonce);
  return found != secret_of_nonce_.end() && found->second == secret_name;
}

// Any nonce may stand beside a secret, made up or a control's: only one whose attempt carries that secret explains it.
std::vector<LoneSecret> Sighted::lone_secrets() const {
  std::vector<LoneSecret> lone;
  for (const Found& found : found_) {
    if (found.of_bare || is_echo(*found.arrival)) continue;
    for (const std::string& name : found.secrets) {
      if (std::any_of(found.nonces.begin(), found.nonces.end(), [&](const auto& n) { return carries(n, name); }))
        continue;
      lone.push_back({name, sighting_of(found, "secret " + name + ", without the nonce of an attempt with it")});
    }
  }
  return lone;
}

// Where a push goes through that should not have, its connection is no fault of the others.
std::vector<Sighting> Sighted::gate_connections(const Attempt& push, const std::vector<Sighting>& clean,
                                                std::int64_t from, std::int64_t to) const {
  std::set<std::string> gates;
  for (const Sighting& one : clean) gates.insert(address_of(one.source));
  std::vector<Sighting> sightings;
  for (const Arrival& arrival : arrivals_) {
    const bool to_git = arrival.sink == "connection" && arrival.destination.ends_with(":9418");
    if (!to_git || arrival.at_ns < from || arrival.at_ns > to) continue;
    const std::string connection = std::to_string(arrival.number);
    if (!gates.contains(address_of(arrival.source)) || of_controls_.contains(connection)) continue;
    const auto named = pushes_.find(connection);
    if (named != pushes_.end() && !named->second.contains(push.nonce)) continue;
    const Found found{.arrival = &arrival};
    sightings.push_back(sighting_of(found, "a connection to the upstream for a push that had to be refused first"));
  }
  return sightings;
}

int Sighted::wordless_connections(const std::string& sink) const {
  return static_cast<int>(std::count_if(arrivals_.begin(), arrivals_.end(), [&](const Arrival& arrival) {
    return arrival.sink == "connection" && detail_of(arrival, "door") == sink &&
           !worded_.contains(std::to_string(arrival.number));
  }));
}

}  // namespace bottle
