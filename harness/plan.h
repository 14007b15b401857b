// From cases to attempts: which variants are selected, and what each of them is on every arm. Pure, but for nonces.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/attempt.h"
#include "harness/catalogue.h"
#include "harness/profile.h"
#include "harness/result.h"

namespace bottle {

struct Variant {
  const Case* of = nullptr;
  const Technique* technique = nullptr;
  std::string name = {};
  Choice choice = {};
};

// The variants of all cases that belong to the profile ("standard", "full" which has all, or "sample" of all) and pass
// the filters: globs over "CASE" and "CASE[VARIANT]"; one with a leading '!' takes away. No filter but '!' ones: all.
// Errors: a parameter or value that the technique does not know, with the case's file and line; a filter that matches
// nothing.
Result<std::vector<Variant>> select_variants(const std::vector<Case>& cases, const std::vector<Technique>& techniques,
                                             const std::string& profile, const std::vector<std::string>& filters);

// One glob, without '!'.
bool matches_pattern(const std::string& pattern, const std::string& case_id, const std::string& variant);
bool matches_pattern(const std::string& pattern, const Variant& variant);

struct PlannedVariant {
  Variant variant = {};
  Attempt guarded = {};
  Attempt bare = {};
  Attempt shadow = {};  // no nonce: there is none
};

struct AttemptPlan {
  std::vector<PlannedVariant> variants = {};
  std::map<std::string, Attempt> control_before = {}, control_after = {};  // by channel, or by companion
};

// What make_attempts needs to know of this run's bottle.
struct PlanInputs {
  Route guarded = {}, shadow = {}, bare = {};
  std::string allowed_host = {};
  Endpoint allowed_address = {};
  std::string allowed_by_name = {};  // empty: the same
  std::map<std::string, Endpoint> canaries = {};
  std::map<std::string, std::string> nearby = {};  // Addresses::nearby
  std::string host_loopback = "127.0.0.1";         // Addresses::host_loopback
  std::map<Arm, HostCanary> host = {};
  std::map<Boundary, std::string> unclaimed = {};             // Plan::unclaimed
  std::map<std::string, std::string> no_transport = {};       // Plan::no_transport
  std::map<std::string, std::string> unheard_transport = {};  // Plan::unheard_transport
  bool accepts_first = false;                                 // Plan::accepts_first
  Place open_road = Place::outside;                           // Brief::open_road
  Place bundle_road = Place::agent_network;                   // Plan::bundle_road
  std::vector<std::string> denied = {};      // Addresses::Internet::denied; empty: all of the documents'
  bool echo_inside = false;                  // Addresses::echo_inside
  std::optional<RealWorld> real_world = {};  // Plan::real_world
  const std::vector<Secret>* guarded_secrets = nullptr;
  int patience = 1;                                   // Plan::patience
  const std::vector<Secret>* bare_secrets = nullptr;  // other values: a sighting tells which arm it came from
};
AttemptPlan make_attempts(const std::vector<Variant>& variants, const PlanInputs& inputs);

// How a batch is played.
struct Pace {
  int deadline_ms = 0;      // of the whole batch
  int patience = 1;         // Plan::patience: every attempt may take so many times longer, and fewer are made at once
  bool background = false;  // others go first
};

// One batch for the prober (probes/README.md).
std::string batch_text(const std::string& batch, const std::vector<const Attempt*>& attempts,
                       const std::vector<Secret>& secrets, const Pace& pace);

}  // namespace bottle
