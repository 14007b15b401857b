#include "harness/real_world.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "harness/digest.h"

namespace bottle {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 4> kOfDocuments = {"192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:"};
// Fields of an action that travel as base64 (probes/README.md).
constexpr std::array<std::string_view, 6> kBytes = {"send", "connect", "request", "opening", "until", "files"};
constexpr std::size_t kDnsHeader = 12;
constexpr char kBlankKind[] = "generic";
constexpr char kBlank[] = "BOTTLEVERIFYfillsThisBlankInTheBottleXXX";

bool is_address(std::string_view text) {
  const bool digits = text.find_first_not_of("0123456789abcdefABCDEF.:") == text.npos;
  return digits && text.find_first_of(".:") != text.npos;
}

bool is_within(const std::string& address, const Bounds& bounds) {
  if (address.starts_with("127.") || address == "::1" || bounds.addresses.contains(address)) return true;
  return is_address(address) && std::any_of(kOfDocuments.begin(), kOfDocuments.end(),
                                            [&](std::string_view prefix) { return address.starts_with(prefix); });
}

bool is_of_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' || c == '_'; }

// The name that a query asks for, as people write it.
std::string name_asked(const std::string& message) {
  std::string name;
  for (std::size_t at = kDnsHeader; at < message.size() && message[at] != '\0';) {
    const auto size = static_cast<unsigned char>(message[at]);
    name += (name.empty() ? "" : ".") + message.substr(at + 1, size);
    at += size + 1U;
  }
  return name;
}

// All that an action says, one text for each field.
void collect(const json& value, std::string_view key, std::vector<std::string>& texts) {
  if (value.is_object()) {
    const bool files = key == "files";
    for (const auto& [name, inner] : value.items()) collect(inner, files ? "files" : name, texts);
  } else if (value.is_array()) {
    for (const json& inner : value) collect(inner, key, texts);
  } else if (value.is_string()) {
    const std::string& text = value.get_ref<const std::string&>();
    const bool bytes = std::find(kBytes.begin(), kBytes.end(), key) != kBytes.end();
    if (key == "message")
      texts.push_back(name_asked(from_base64(text).value_or("")));
    else
      texts.push_back(bytes ? from_base64(text).value_or("") : text);
  }
}

// Every dotted quad in it must be within bounds, wherever it stands.
bool holds_foreign_address(const std::string& text, const Bounds& bounds) {
  for (std::size_t at = 0; at < text.size();) {
    if (!is_of_name(text[at])) {
      ++at;
      continue;
    }
    const auto end = static_cast<std::size_t>(
        std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), is_of_name) - text.begin());
    const std::string word = text.substr(at, end - at);
    const bool quad = std::count(word.begin(), word.end(), '.') == 3 &&
                      word.find_first_not_of("0123456789.") == word.npos && word.size() <= 15;
    if (quad && !is_within(word, bounds)) return true;
    at = end;
  }
  return false;
}

// A name that merely ends with the allowed host is another host, of somebody else's zone perhaps.
bool names_a_neighbour(const std::string& text, const std::string& allowed) {
  const auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
  };
  for (auto at = text.begin();; ++at) {
    at = std::search(at, text.end(), allowed.begin(), allowed.end(), same);
    if (at == text.end()) return false;
    if (at != text.begin() && is_of_name(*(at - 1))) return true;
    const auto rest = at + static_cast<std::ptrdiff_t>(allowed.size());
    const std::string more(rest, std::find_if_not(rest, text.end(), is_of_name));
    const bool kept = more.empty() || more == "." || (more.front() == '.' && more.ends_with(".test"));
    if (!kept) return true;
  }
}

// What a real client does by itself.
std::string why_no_client(const Attempt& attempt) {
  if (attempt.action.value("action", "") != "client") return {};
  for (const json& argv : attempt.action.at("steps")) {
    for (std::size_t i = 0; i < argv.size(); ++i) {
      const std::string& word = argv[i].get_ref<const std::string&>();
      if (word == "-L") return "it would follow wherever the allowed host leads";
      if (i > 0 && argv[i - 1] == "--resolve" && word.ends_with(':')) return "the allowed host's address is not known";
    }
  }
  return {};
}

}  // namespace

void enter_real_world(const RealWorld& world, PlanInputs& plan) {
  plan.real_world = world;
  plan.allowed_host = world.allowed_host.empty() ? kNoAllowedHost : world.allowed_host;
  plan.allowed_address = {is_address(world.allowed_host) ? world.allowed_host : "", 0};
  plan.guarded.proxy = parse_endpoint(world.proxy);
  plan.guarded.ca_file.clear();  // the bottle's own trust
}

Bounds bounds_of(const PlanInputs& plan) {
  Bounds bounds{.allowed_host = plan.allowed_host, .addresses = {plan.guarded.proxy.address}};
  bounds.addresses.insert(plan.allowed_address.address);
  for (const auto& [name, canary] : plan.canaries) bounds.addresses.insert(canary.address);
  for (const auto& [name, address] : plan.nearby) bounds.addresses.insert(address);
  bounds.addresses.erase("");
  return bounds;
}

std::string why_not_sent(const Attempt& attempt, const Bounds& bounds) {
  const json& action = attempt.action;
  std::vector<std::string> texts;
  collect(action, "", texts);
  for (const std::string& text : texts) {
    if (bounds.allowed_host == kNoAllowedHost && text.find(kNoAllowedHost) != text.npos)
      return "no allowed host was named";
    if (names_a_neighbour(text, bounds.allowed_host)) return "it would name a host that is not the allowed one";
    if (holds_foreign_address(text, bounds)) return "it would name an address of somebody else's";
  }
  for (const char* key : {"address", "server"}) {
    if (!action.contains(key) || action.at(key) == "default") continue;
    const std::string address = action.at(key).get<std::string>();
    if (address.empty()) return "the allowed host's address is not known";
    if (!is_within(address, bounds)) return "it would be sent to " + address + ", which is somebody else's";
  }
  return why_no_client(attempt);
}

bool carries_own_secret(const Choice& choice, const RealWorld& world) {
  const auto is = [&](const char* name, const char* otherwise, const char* value) {
    return chosen(choice, name, otherwise) == value;
  };
  return !world.secret_variable.empty() && !world.allowed_host.empty() && is("secret", "none", kBlankKind) &&
         is("target", "allowed", "allowed") && is("via", "proxy", "proxy") && is("scheme", "http", "https") &&
         is("client", "prober", "prober") && is("position", "none", "header") && is("encoding", "raw", "raw") &&
         is("framing", "length", "length");
}

std::vector<Secret> with_blank(std::vector<Secret> secrets) {
  for (Secret& secret : secrets) {
    if (secret.kind == kBlankKind) secret.value = kBlank;
  }
  return secrets;
}

void set_own_secret(const RealWorld& world, Attempt& attempt) {
  attempt.action["own_secret"] = {{"variable", world.secret_variable}, {"blank", kBlank}};
}

void name_everything(Brief& brief) {
  const Endpoint somewhere{"127.0.0.1", 1};
  for (Endpoint* daemon : {&brief.route.proxy, &brief.route.egress, &brief.route.supervise, &brief.route.git_gate})
    *daemon = somewhere;
  brief.route.git_remote = "git://" + to_string(somewhere) + "/";
  for (const char* name : {"gateway", "subnet", "neighbour", "metadata"}) brief.nearby[name] = somewhere.address;
}

void note_unheard(AttemptPlan& plan, const Bottle& bottle) {
  for (PlannedVariant& planned : plan.variants) {
    if (!planned.guarded.not_applicable.empty()) continue;
    planned.guarded.unheard = bottle.unheard(planned.bare.place, planned.guarded.boundary);
    if (planned.bare.not_applicable.empty()) planned.bare.not_applicable = planned.guarded.unheard;
  }
  const std::string outside = bottle.unheard(Place::outside, Boundary::network);
  for (auto* controls : {&plan.control_before, &plan.control_after}) {
    for (auto& [channel, control] : *controls) {
      if (control.delivered_at == "http" || control.delivered_at == "git") control.unheard = outside;
    }
  }
}

}  // namespace bottle
