#include "backends/command/description.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "backends/command/fill.h"
#include "harness/suggestion.h"
#include "harness/toml_file.h"

namespace bottle::command {
namespace {

constexpr std::array<std::pair<User, const char*>, 3> kUsers{
    {{User::ordinary, "ordinary"}, {User::setuid, "setuid"}, {User::root, "root"}}};

std::vector<Needed> read_programs(const TomlTable& root) {
  std::vector<Needed> programs;
  for (const TomlTable& entry : root.tables("program"))
    programs.push_back({.name = entry.required_text("name"),
                        .apt = entry.text("apt"),
                        .npm = entry.text("npm"),
                        .shows = entry.texts("shows")});
  if (programs.empty()) root.wrong("program", "at least one [[program]] must be named: the sandbox itself");
  return programs;
}

User read_user(const TomlTable& root) {
  const std::string user = root.text("user", "ordinary");
  std::vector<std::string> known;
  for (const auto& [value, name] : kUsers) {
    if (user == name) return value;
    known.emplace_back(name);
  }
  root.wrong("user", fmt::format("unknown user \"{}\"{}", user, suggestion(user, known)));
  return User::ordinary;
}

std::set<Boundary> read_claims(const TomlTable& root) {
  std::set<Boundary> claims;
  for (const std::string& name : root.texts("claims")) {
    if (const auto boundary = boundary_named(name)) {
      claims.insert(*boundary);
    } else {
      std::vector<std::string> known;
      for (const Boundary each : kBoundaries) known.emplace_back(name_of(each));
      root.wrong("claims", fmt::format("unknown boundary \"{}\"{}", name, suggestion(name, known)));
    }
  }
  if (claims.empty()) root.wrong("claims", "\"claims\" must name what the sandbox promises to keep apart");
  return claims;
}

// An argument list whose placeholders all mean something there.
std::vector<std::string> read_arguments(const TomlTable& root, const char* key, std::vector<std::string> extra = {}) {
  std::vector<std::string> words = root.texts(key);
  if (!words.empty() && words.front().empty()) root.wrong(key, fmt::format("\"{}\" must begin with a program", key));
  std::vector<std::string> known = placeholders();
  known.insert(known.end(), extra.begin(), extra.end());
  for (const std::string& word : words) {
    const std::string wrong = unknown_placeholder(word, known);
    if (!wrong.empty())
      root.wrong(key, fmt::format("unknown placeholder {} in \"{}\"{}", wrong, key, suggestion(wrong, known)));
  }
  return words;
}

std::vector<AgentFile> read_files(const TomlTable& root) {
  std::vector<AgentFile> files;
  for (const TomlTable& entry : root.tables("file")) {
    files.push_back({.path = entry.required_text("path"), .bytes = entry.text("text"), .mode = 0644});
    for (const char* key : {"path", "text"}) {
      const std::string& word = key[0] == 'p' ? files.back().path : files.back().bytes;
      const std::string wrong = unknown_placeholder(word, placeholders());
      if (!wrong.empty()) entry.wrong(key, fmt::format("unknown placeholder {} in \"{}\"", wrong, key));
    }
  }
  return files;
}

}  // namespace

Result<Description> Description::read(const std::filesystem::path& path) {
  BOTTLE_TRY(const TomlFile file, TomlFile::read(path));
  const TomlTable root = file.root();
  Description description;
  description.name = root.required_text("name");
  description.title = root.required_text("title");
  description.programs = read_programs(root);
  description.version = read_arguments(root, "version");
  description.user = read_user(root);
  description.bundle = root.text("bundle", description.bundle);
  description.claims = read_claims(root);
  description.create = read_arguments(root, "create");
  description.exec = read_arguments(root, "exec", {kCommandWord, kEnvironmentWord});
  if (description.exec.empty()) root.wrong("exec", "\"exec\" must say how a command is run in the sandbox");
  description.put = read_arguments(root, "put", {"{path}", "{mode}"});
  description.remove = read_arguments(root, "delete");
  description.list = read_arguments(root, "list");
  description.environment = read_arguments(root, "environment", {"{variable}", "{value}"});
  const bool placed =
      std::find(description.exec.begin(), description.exec.end(), kEnvironmentWord) != description.exec.end();
  if (placed == description.environment.empty())
    root.wrong("environment", "\"environment\" and the word {environment} in \"exec\" belong together");
  description.files = read_files(root);
  description.start_limit = std::chrono::milliseconds(
      root.integer("start-limit-ms", static_cast<int>(description.start_limit.count()), 1, 600'000));
  if (auto done = file.finish(); !done) return fail(done.error());
  return description;
}

Result<Description> description_named(const std::filesystem::path& folder, const std::string& name) {
  if (name.find('/') != std::string::npos || name.ends_with(".toml")) return Description::read(name);
  BOTTLE_TRY(const auto files, toml_files_in(folder, "folder of sandboxes"));
  std::vector<std::string> names;
  for (const auto& file : files) {
    if (file.stem() == name) return Description::read(file);
    names.push_back(file.stem().string());
  }
  return fail("unknown sandbox \"" + name + "\"" + suggestion(name, names), Fault::usage);
}

}  // namespace bottle::command
