#include "harness/plan.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <iterator>

#include "harness/real_world.h"
#include "harness/sample.h"
#include "harness/suggestion.h"

namespace bottle {

std::string_view name_of(Arm arm) {
  switch (arm) {
    case Arm::early: return "early";
    case Arm::control_before: return "control-before";
    case Arm::guarded: return "guarded";
    case Arm::shadow: return "shadow";
    case Arm::control_after: return "control-after";
    case Arm::bare: return "bare";
  }
  return "?";
}

std::string to_string(const Endpoint& endpoint) {
  const bool ipv6 = endpoint.address.find(':') != std::string::npos;
  return (ipv6 ? "[" + endpoint.address + "]" : endpoint.address) + ":" + std::to_string(endpoint.port);
}

Endpoint parse_endpoint(const std::string& text) {
  if (text.starts_with('@')) return {text, 0};
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return {};
  std::string address = text.substr(0, colon);
  if (address.size() > 2 && address.front() == '[') address = address.substr(1, address.size() - 2);
  return {address, std::atoi(text.c_str() + colon + 1)};
}

bool only_network_refuses(const Attempt& attempt) {
  return attempt.wall == Layer::network || attempt.wall == Layer::vmm || attempt.wall == Layer::resolver;
}

bool only_walls_refuse(const Attempt& attempt) {
  return only_network_refuses(attempt) || attempt.wall == Layer::sandbox;
}

std::string chosen(const Choice& choice, const std::string& name, const std::string& otherwise) {
  const auto found = choice.find(name);
  return found == choice.end() ? otherwise : found->second;
}

bool matches_pattern(const std::string& pattern, const Variant& variant) {
  return matches_pattern(pattern, variant.of->info.id, variant.name);
}

bool matches_pattern(const std::string& pattern, const std::string& id, const std::string& variant) {
  const std::string full = id + "[" + variant + "]";
  // In "CASE[VARIANT]" the brackets are meant as they are written, not as a glob's set of characters.
  std::string literal;
  for (const char c : pattern) {
    if (c == '[') literal += '\\';
    literal += c;
  }
  return ::fnmatch(literal.c_str(), id.c_str(), 0) == 0 || ::fnmatch(literal.c_str(), full.c_str(), 0) == 0;
}

namespace {

bool passes(const Variant& variant, const std::vector<std::string>& filters) {
  bool any_positive = false, taken = false;
  for (const std::string& filter : filters) {
    if (filter.starts_with('!')) {
      if (matches_pattern(filter.substr(1), variant)) return false;
    } else {
      any_positive = true;
      taken = taken || matches_pattern(filter, variant);
    }
  }
  return taken || !any_positive;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

Result<void> check_parameters(const Case& one, const Technique& technique) {
  const std::string where = one.file.string() + ":" + std::to_string(one.line) + ": case " + one.info.id + ": ";
  for (const auto& [name, values] : one.parameters) {
    const auto known = technique.parameters.find(name);
    if (known == technique.parameters.end()) {
      std::vector<std::string> names;
      for (const auto& [key, unused] : technique.parameters) names.push_back(key);
      return fail(
          where + "the technique \"" + one.technique + "\" has no parameter \"" + name + "\"; it has " + joined(names),
          Fault::usage);
    }
    for (const std::string& value : values) {
      const std::vector<std::string>& allowed = known->second;
      if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), value) == allowed.end()) {
        return fail(where + name + " = \"" + value + "\" is not one of " + joined(allowed), Fault::usage);
      }
    }
  }
  return {};
}

// A filter that takes nothing is a slip of the pen: to go on would be to try less than was meant.
Result<void> check_filters(const std::vector<Variant>& variants, const std::vector<std::string>& filters) {
  for (const std::string& filter : filters) {
    const std::string pattern = filter.substr(filter.starts_with('!') ? 1 : 0);
    if (std::any_of(variants.begin(), variants.end(), [&](const auto& v) { return matches_pattern(pattern, v); }))
      continue;
    std::vector<std::string> names;
    for (const Variant& variant : variants) {
      const CaseInfo& info = variant.of->info;
      for (const std::string& name : {info.id, info.category + ".*"})
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    const std::string near = suggestion(pattern, names);
    return fail("nothing selected: the filter \"" + filter + "\" matches no variant of this profile" +
                    (near.starts_with("; did") ? near : "") + " (see `bottle-verify list variants`)",
                Fault::nothing);
  }
  return {};
}

}  // namespace

Result<std::vector<Variant>> select_variants(const std::vector<Case>& cases, const std::vector<Technique>& techniques,
                                             const std::string& profile, const std::vector<std::string>& filters) {
  std::vector<Variant> of_profile;
  for (const Case& one : cases) {
    const auto technique =
        std::find_if(techniques.begin(), techniques.end(), [&](const Technique& t) { return t.name == one.technique; });
    if (technique == techniques.end()) return fail("no technique \"" + one.technique + "\"", Fault::usage);
    if (const auto checked = check_parameters(one, *technique); !checked) return fail(checked.error());
    if (profile == "standard" && one.profile != profile) continue;
    for (auto& [name, choice] : combinations(one.parameters)) {
      of_profile.push_back({.of = &one, .technique = &*technique, .name = name, .choice = choice});
    }
  }
  if (profile == "sample") of_profile = sample_of(of_profile);
  if (const auto checked = check_filters(of_profile, filters); !checked) return fail(checked.error());
  std::vector<Variant> selected;
  std::copy_if(of_profile.begin(), of_profile.end(), std::back_inserter(selected),
               [&](const Variant& variant) { return passes(variant, filters); });
  return selected;
}

namespace {

// Addresses of RFC 5737 and RFC 3849 where nothing of the lab's stands, one for each variant and arm while they last:
// what arrives there can be told apart by the address alone.
constexpr std::size_t kDeniedAddresses = 240 + 190 + 250;

std::size_t denied_addresses(const PlanInputs& inputs) {
  return inputs.denied.empty() ? kDeniedAddresses : inputs.denied.size();
}

std::string denied_address(const PlanInputs& inputs, std::size_t index) {
  if (!inputs.denied.empty()) return inputs.denied[index % inputs.denied.size()];
  const std::size_t host = index % kDeniedAddresses;
  if (host < 240) return "203.0.113." + std::to_string(1 + host);
  if (host < 240 + 190) return "198.51.100." + std::to_string(60 + host - 240);
  return "192.0.2." + std::to_string(1 + host - 240 - 190);
}

std::string denied_address6(std::size_t index) { return fmt::format("2001:db8:dead::{:x}", index + 1); }

Brief brief_for(const PlanInputs& inputs, Arm arm, std::size_t variant) {
  const std::size_t index = 2 * variant + (arm == Arm::bare ? 1 : 0);
  return {.arm = arm,
          .nonce = make_nonce(),
          .allowed_host = inputs.allowed_host,
          .allowed_address = inputs.allowed_address,
          .allowed_by_name = inputs.allowed_by_name.empty() ? inputs.allowed_address.address : inputs.allowed_by_name,
          .denied_address = denied_address(inputs, index),
          .denied_address6 = denied_address6(index),
          .patience = inputs.patience,
          .canaries = inputs.canaries,
          .host_loopback = arm == Arm::bare ? "" : inputs.host_loopback,
          .nearby = inputs.nearby,
          .real_world = inputs.real_world.has_value(),
          .open_road = inputs.open_road,
          .host = inputs.host.contains(arm) ? inputs.host.at(arm) : HostCanary{},
          .secrets = arm == Arm::bare ? inputs.bare_secrets : inputs.guarded_secrets,
          .route = arm == Arm::bare     ? inputs.bare
                   : arm == Arm::shadow ? inputs.shadow
                                        : inputs.guarded};
}

// By our own client. Where only walls refuse, with nothing secret in it: that it arrives at all is what counts.
// Where a daemon is on the road, with all that it has to find. What only a real client can carry has none.
Attempt shadow_of(const Variant& variant, const Attempt& guarded, const Brief& brief, Place bundle_road) {
  if (!guarded.not_applicable.empty() || guarded.early) return {};  // nobody is early twice
  Choice choice = variant.choice;
  if (variant.technique->parameters.contains("client")) choice["client"] = "prober";
  if (only_walls_refuse(guarded)) choice.erase("secret");
  Attempt shadow = variant.technique->build(choice, brief);
  if (!shadow.not_applicable.empty() || shadow.action.value("action", "") == "client") return {};
  shadow.place = bundle_road;
  if (only_walls_refuse(guarded))
    shadow.place = guarded.wall == Layer::sandbox ? Place::agent_walls : Place::agent_network;
  shadow.alone_at.clear();  // it is the guarded attempt's
  return shadow;
}

// Where nothing around the bottle is ours. What only seems to be nothing to try, because nobody said where it is, is
// not known to be away.
void keep_in_bounds(const PlanInputs& inputs, const Bounds& bounds, std::size_t index, PlannedVariant& planned) {
  Attempt& guarded = planned.guarded;
  if (!guarded.not_applicable.empty()) {
    const Variant& variant = planned.variant;
    Brief brief = brief_for(inputs, Arm::guarded, index);
    name_everything(brief);
    Attempt known = variant.technique->build(variant.choice, brief);
    if (!known.not_applicable.empty()) return;
    known.withheld = known.wall == Layer::pipelock && inputs.real_world->proxy.empty()
                         ? "no proxy was named"
                         : "nobody said where that would be (" + guarded.not_applicable + ")";
    guarded = std::move(known);
  } else if (guarded.early) {
    guarded.withheld = "this bottle runs already, and nobody is early any more";
  } else {
    if (carries_own_secret(planned.variant.choice, *inputs.real_world)) {
      const std::vector<Secret> blank = with_blank(*inputs.guarded_secrets);
      Brief brief = brief_for(inputs, Arm::guarded, index);
      brief.secrets = &blank;
      guarded = planned.variant.technique->build(planned.variant.choice, brief);
      set_own_secret(*inputs.real_world, guarded);
    }
    guarded.withheld = why_not_sent(guarded, bounds);
  }
}

}  // namespace

AttemptPlan make_attempts(const std::vector<Variant>& variants, const PlanInputs& inputs) {
  AttemptPlan plan;
  const Bounds bounds = inputs.real_world ? bounds_of(inputs) : Bounds{};
  for (std::size_t index = 0; index < variants.size(); ++index) {
    const Variant& variant = variants[index];
    const auto build = [&](Arm arm) { return variant.technique->build(variant.choice, brief_for(inputs, arm, index)); };
    PlannedVariant planned{.variant = variant, .guarded = build(Arm::guarded), .bare = build(Arm::bare)};
    const auto unclaimed = inputs.unclaimed.find(planned.guarded.boundary);
    if (unclaimed != inputs.unclaimed.end() && planned.guarded.not_applicable.empty())
      planned.guarded.not_applicable = unclaimed->second;
    const std::string transport = chosen(variant.choice, "transport", "");
    const auto no_transport = inputs.no_transport.find(transport);
    if (no_transport != inputs.no_transport.end()) planned.guarded.not_applicable = no_transport->second;
    const auto unheard = inputs.unheard_transport.find(transport);
    if (unheard != inputs.unheard_transport.end()) planned.guarded.withheld = unheard->second;
    planned.guarded.accepted_first = inputs.accepts_first && chosen(variant.choice, "via", "") == "egress";
    planned.guarded.control_inside = inputs.echo_inside && planned.guarded.delivered_at == "echo";
    planned.shadow = shadow_of(variant, planned.guarded, brief_for(inputs, Arm::shadow, index), inputs.bundle_road);
    if (2 * variants.size() > denied_addresses(inputs)) planned.guarded.alone_at.clear();
    if (inputs.real_world) keep_in_bounds(inputs, bounds, index, planned);
    if (is_made(planned.guarded)) {
      const auto add_controls = [&](const std::string& name, bool companion) {
        if (name.empty() || plan.control_before.contains(name)) return;
        for (const Arm arm : {Arm::control_before, Arm::control_after}) {
          Brief brief = brief_for(inputs, arm, index);
          brief.companion = companion;
          auto& controls = arm == Arm::control_before ? plan.control_before : plan.control_after;
          controls[name] = variant.technique->build(variant.choice, brief);
          if (inputs.real_world) controls[name].withheld = why_not_sent(controls[name], bounds);
        }
      };
      add_controls(planned.guarded.channel, false);
      add_controls(planned.guarded.companion, true);
    }
    plan.variants.push_back(std::move(planned));
  }
  return plan;
}

std::string batch_text(const std::string& batch, const std::vector<const Attempt*>& attempts,
                       const std::vector<Secret>& secrets, const Pace& pace) {
  constexpr int kWorkers = 32, kFewestWorkers = 6;
  // ms: the prober's own (probes/README.md), said here so that it is stretched, too. But not by as much as what starts
  // a program: a wall that drops everything is waited for so long, again and again.
  const int attempt_ms = 1500 * std::min(pace.patience, 2);
  // What others go before waits longer for its turn; and nothing is in its way, so that it seldom waits for an answer.
  const int stretch = pace.background ? 3 : 1;
  nlohmann::json names = nlohmann::json::array();
  for (const Secret& secret : secrets) names.push_back(secret.name);
  nlohmann::json actions = nlohmann::json::array();
  for (const Attempt* attempt : attempts) {
    nlohmann::json action = attempt->action;
    action["nonce"] = attempt->nonce;
    const int limit = action.contains("timeout_ms") ? action["timeout_ms"].get<int>() * pace.patience : attempt_ms;
    action["timeout_ms"] = limit * stretch;
    if (action.contains("retry_ms")) action["retry_ms"] = action["retry_ms"].get<int>() * pace.patience;
    actions.push_back(std::move(action));
  }
  const nlohmann::json whole = {{"batch", batch},
                                {"deadline_ms", pace.deadline_ms},
                                {"workers", std::max(kFewestWorkers, kWorkers / pace.patience)},
                                {"background", pace.background},
                                {"secrets", names},
                                {"actions", actions}};
  return whole.dump() + "\n";
}

}  // namespace bottle
