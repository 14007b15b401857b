#include "harness/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

#include "harness/suggestion.h"
#include "harness/toml_file.h"

namespace bottle {
namespace {

constexpr int kMostStart = 600'000;

std::string folded(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

void read_daemons(const TomlTable& root, std::map<std::string, DaemonProfile>& daemons) {
  const auto table = root.table("daemons");
  if (!table) return;
  std::map<int, std::string> ports;
  for (const char* name : {"pipelock", "egress", "git-gate", "supervise"}) {
    const auto entry = table->table(name);
    if (!entry) continue;
    DaemonProfile daemon;
    daemon.port = entry->required_integer("port", 1, 65'535);
    if (daemon.port == 7007) entry->wrong("port", "port 7007 is the harness's echo, beside the bundle; choose another");
    const std::string bind = entry->required_text("bind");
    daemon.agent_facing = bind != "loopback";
    if (bind != "agent" && bind != "loopback" && !bind.empty())
      entry->wrong("bind", fmt::format("unknown bind \"{}\"{}", bind, suggestion(bind, {"agent", "loopback"})));
    const std::string transport = std::string_view(name) == "git-gate" ? entry->text("transport", "git") : "git";
    daemon.http = transport == "http";
    if (transport != "git" && transport != "http")
      entry->wrong("transport",
                   fmt::format("unknown transport \"{}\"{}", transport, suggestion(transport, {"git", "http"})));
    const auto [first, fresh] = ports.emplace(daemon.port, name);
    if (!fresh) entry->wrong("port", fmt::format("port {} is already that of {}", daemon.port, first->second));
    daemon.login = entry->text("login");
    daemons[name] = daemon;
  }
}

// Which daemon stands in front. One that the agent cannot reach would make everything inconclusive.
std::string read_proxy(const TomlTable& root, const std::map<std::string, DaemonProfile>& daemons) {
  const std::string proxy = root.text("proxy", "pipelock");
  if (proxy != "pipelock" && proxy != "egress")
    root.wrong("proxy", fmt::format("unknown proxy \"{}\"{}", proxy, suggestion(proxy, {"pipelock", "egress"})));
  const auto daemon = daemons.find(proxy);
  if (root.has("proxy") && daemon == daemons.end())
    root.wrong("proxy", fmt::format("the proxy \"{}\" is not in [daemons]", proxy));
  if (daemon != daemons.end() && !daemon->second.agent_facing)
    root.wrong("proxy", fmt::format("the proxy \"{}\" must have bind = \"agent\"", proxy));
  return proxy;
}

DenialMarker read_denial(const TomlTable& entry) {
  DenialMarker marker;
  const std::string layer = entry.required_text("layer");
  const std::string disposition = entry.required_text("disposition");
  marker.layer = layer_named(layer).value_or(Layer::none);
  marker.disposition = disposition_named(disposition).value_or(Disposition::none);
  if (marker.layer == Layer::none && !layer.empty()) entry.wrong("layer", fmt::format("unknown layer \"{}\"", layer));
  if (marker.disposition == Disposition::none && !disposition.empty())
    entry.wrong("disposition", fmt::format("unknown disposition \"{}\"", disposition));
  marker.all = entry.texts("all");
  // An empty marker would be found in every answer: everything would look denied.
  const bool blank = std::any_of(marker.all.begin(), marker.all.end(), [](const auto& part) { return part.empty(); });
  if (marker.all.empty() || blank)
    entry.wrong("all", "\"all\" in [[denial]] must name at least one text, none of them empty");
  return marker;
}

BundleFile read_file(const TomlTable& entry) {
  BundleFile file{.path = entry.required_text("path"), .text = entry.required_text("text")};
  if (!file.path.empty() && !file.path.starts_with('/'))
    entry.wrong("path", "\"path\" in [[file]] must be absolute: it is in the bundle's container");
  const std::string mode = entry.text("mode", "0644");
  const char* end = mode.data() + mode.size();
  const auto [stop, error] = std::from_chars(mode.data(), end, file.mode, 8);
  if (error != std::errc() || stop != end || file.mode > 07777)
    entry.wrong("mode", fmt::format("\"{}\" is no mode: write it in octal, such as \"0644\"", mode));
  return file;
}

}  // namespace

bool is_profile_file(const std::string& name) { return name.find('/') != std::string::npos || name.ends_with(".toml"); }

Result<BundleProfile> BundleProfile::read(const std::filesystem::path& path) {
  BOTTLE_TRY(const TomlFile file, TomlFile::read(path));
  const TomlTable root = file.root();
  BundleProfile profile;
  profile.name = root.required_text("name");
  profile.decisions = root.boolean("decisions", false);
  read_daemons(root, profile.daemons);
  profile.proxy = read_proxy(root, profile.daemons);
  profile.start = std::chrono::milliseconds(root.integer("start-ms", 3'000, 1, kMostStart));
  for (const TomlTable& entry : root.tables("denial")) profile.denials.push_back(read_denial(entry));
  for (const TomlTable& entry : root.tables("file")) profile.files.push_back(read_file(entry));
  if (const auto table = root.table("environment")) {
    for (const std::string& name : table->keys()) profile.environment[name] = table->text(name);
  }
  if (auto done = file.finish(); !done) return fail(done.error());
  return profile;
}

Result<std::string> fill_blanks(const std::string& text, const std::map<std::string, std::string>& environment) {
  constexpr std::string_view kFile = "file ";
  std::string filled;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t open = text.find("{BOTTLE_", at), file = text.find("{file BOTTLE_", at);
    const std::size_t start = std::min(open, file), close = text.find('}', std::min(start, text.size()));
    filled += text.substr(at, std::min(start, text.size()) - at);
    if (start == text.npos) break;
    std::string name = text.substr(start + 1, std::min(close, text.size()) - start - 1);
    const bool content = name.starts_with(kFile);
    if (content) name.erase(0, kFile.size());
    const auto value = environment.find(name);
    if (close == text.npos || value == environment.end())
      return fail(fmt::format("the profile has a blank \"{{{}\" that nothing fills", name), Fault::usage);
    if (content) {
      std::ifstream in(value->second, std::ios::binary);
      std::stringstream bytes;
      bytes << in.rdbuf();
      if (!in) return fail(fmt::format("could not read {}, for {{file {}}}", value->second, name), Fault::usage);
      filled += bytes.str();
    } else {
      filled += value->second;
    }
    at = close + 1;
  }
  return filled;
}

std::optional<DenialMarker> BundleProfile::denial_in(std::string_view answer) const {
  const std::string text = folded(answer);
  for (const DenialMarker& marker : denials) {
    const auto occurs = [&](const std::string& part) { return text.find(folded(part)) != text.npos; };
    if (!marker.all.empty() && std::all_of(marker.all.begin(), marker.all.end(), occurs)) return marker;
  }
  return std::nullopt;
}

}  // namespace bottle
