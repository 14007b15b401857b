#include "backends/smolmachines/commands.h"

namespace bottle::smolmachines {
namespace {

Words named(const Family& family, const char* verb, const std::string& name) {
  if (family.name_is_positional) return {"machine", verb, name};
  return {"machine", verb, "--name", name};
}

std::string as_typed(const std::string& word) {
  const bool plain = !word.empty() && word.find_first_of(" \t\n'\"\\$`&|;<>()*?[]#~{}!") == std::string::npos;
  if (plain) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

void add(Words& words, const Words& more) { words.insert(words.end(), more.begin(), more.end()); }

}  // namespace

// --net is said although a list implies it: with --from 0.8.0 takes the network from the artifact otherwise.
Words create_machine(const Family& family, const MachineSpec& spec) {
  Words words = named(family, "create", spec.name);
  add(words, {"--from", spec.artifact.string(), "--net"});
  for (const std::string& cidr : spec.allowed) add(words, {"--allow-cidr", cidr});
  if (spec.localhost_only) words.emplace_back("--outbound-localhost-only");
  if (!spec.dns.empty()) add(words, {"--dns", spec.dns});
  return words;
}

Words start_machine(const std::string& name) { return {"machine", "start", "--name", name}; }
Words stop_machine(const std::string& name) { return {"machine", "stop", "--name", name}; }

Words delete_machine(const Family& family, const std::string& name) {
  Words words = named(family, "delete", name);
  words.emplace_back("-f");
  return words;
}

Words list_machines() { return {"machine", "ls", "--json"}; }

Words exec_in_machine(const std::string& name, const Words& words, std::chrono::milliseconds limit) {
  Words whole{"machine", "exec", "--name", name, "--timeout", std::to_string(limit.count()) + "ms", "--"};
  add(whole, words);
  return whole;
}

Words copy_into_machine(const std::string& name, const std::filesystem::path& from, const std::string& to) {
  return {"machine", "cp", from.string(), name + ":" + to};
}

Words pack_from_registry(const std::string& image, const std::filesystem::path& out) {
  return {"pack", "create", "--image", image, "--output", out.string()};
}

Words create_from_archive(const Family& family, const std::string& name, const std::filesystem::path& archive) {
  Words words = named(family, "create", name);
  add(words, {"--image", archive.string()});
  return words;
}

Words pack_from_machine(const std::string& name, const std::filesystem::path& out) {
  return {"pack", "create", "--from-vm", name, "--output", out.string()};
}

std::string line_of(const Words& words) { return line_of("smolvm", words); }

std::string line_of(const std::string& program, const Words& words) {
  std::string line = program;
  for (const std::string& word : words) line += " " + as_typed(word);
  return line;
}

}  // namespace bottle::smolmachines
