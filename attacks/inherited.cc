// The inherited technique: what a process in the bottle was given at its start and was never meant for it. It brings
// back a token of the host's environment, or of a file that the host had open.
#include "attacks/carrier.h"

namespace bottle {
namespace {

nlohmann::json look_for(const std::string& what, const std::string& by, const Brief& brief) {
  const bool control = is_control(brief.arm);
  if (what == "environment") {
    if (by == "name") return {{"action", "environment"}, {"name", brief.host.variable}};
    return {{"action", "environment"}, {"prefix", control ? kControlVariable : kCanaryVariable}};
  }
  nlohmann::json action = {{"action", "descriptors"}};
  // Nothing is handed down to an agent in good order, so its client opens a file that it may read, and looks at that.
  if (control) action["open"] = brief.host.file;
  return action;
}

Attempt build(const Choice& choice, const Brief& brief) {
  Attempt attempt{.nonce = brief.nonce};
  const std::string what = chosen(choice, "what", "environment");
  const std::string by = chosen(choice, "by", "name");
  const bool environment = what == "environment";
  if (!environment && by == "name") attempt.not_applicable = "a descriptor has no name";
  if (!attempt.not_applicable.empty()) return attempt;
  attempt.action = look_for(what, by, brief);
  attempt.token = environment ? brief.host.variable_token : brief.host.descriptor_token;
  attempt.wall = Layer::sandbox;
  attempt.boundary = environment ? Boundary::environment : Boundary::descriptors;
  attempt.channel = what + " by " + by + ", prober";
  attempt.delivered_at = "report";
  attempt.bare_at = {"report"};
  if (brief.arm == Arm::bare) attempt.place = Place::host;
  return attempt;
}

}  // namespace

Technique make_technique_inherited() {
  return {.name = "inherited",
          .parameters = {{"what", {"environment", "descriptor"}}, {"by", {"name", "scan"}}},
          .build = build};
}

}  // namespace bottle
