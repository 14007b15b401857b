#include "harness/hole.h"

#include <fmt/format.h>

#include "harness/suggestion.h"
#include "harness/toml_file.h"

namespace bottle {
namespace {

Hole::Kind read_kind(const TomlTable& root) {
  const std::string word = root.required_text("kind");
  std::vector<std::string> known;
  for (const Hole::Kind kind : {Hole::Kind::open, Hole::Kind::dead, Hole::Kind::hostile}) {
    if (name_of(kind) == word) return kind;
    known.emplace_back(name_of(kind));
  }
  if (!word.empty()) root.wrong("kind", fmt::format("unknown kind \"{}\"{}", word, suggestion(word, known)));
  return Hole::Kind::open;
}

// A hole that changes nothing, or promises nothing, would make the self-test pass for no reason.
void check(const TomlTable& root, const Hole& hole) {
  if (hole.bottle.empty() && hole.agent.empty() && hole.bundle.empty() && hole.lab.empty())
    root.wrong("name", "nothing is wrong in this hole: it needs a switch in bottle, agent, bundle or lab");
  const bool open = hole.kind == Hole::Kind::open;
  const std::string_view promise = open ? "opens" : "needs";
  // A liar may change nothing at all: then everything is contained, on better words than the agent's.
  if (hole.kind != Hole::Kind::hostile && (open ? hole.opens : hole.needs).empty())
    root.wrong(promise, fmt::format("a hole of this kind must say what it {}", promise));
  for (const std::string& word : hole.reaches) {
    if (word != "ports" && word != "resolver")
      root.wrong("reaches", fmt::format("the bundle's \"{}\"? There are its \"ports\" and its \"resolver\"", word));
  }
  if (!open && !hole.opens.empty()) root.wrong("opens", "\"opens\" is not for a hole of this kind");
}

Result<Hole> read_hole(const std::filesystem::path& path) {
  BOTTLE_TRY(const TomlFile file, TomlFile::read(path));
  const TomlTable root = file.root();
  Hole hole;
  hole.name = path.stem().string();
  hole.title = root.required_text("title");
  hole.why = root.required_text("why");
  hole.kind = read_kind(root);
  hole.bottle = root.texts("bottle");
  hole.agent = root.texts("agent");
  hole.bundle = root.texts("bundle");
  hole.lab = root.texts("lab");
  hole.reaches = root.texts("reaches");
  hole.opens = root.texts("opens");
  hole.needs = root.texts("needs");
  check(root, hole);
  if (auto done = file.finish(); !done) return fail(done.error());
  return hole;
}

}  // namespace

std::string_view name_of(Hole::Kind kind) {
  switch (kind) {
    case Hole::Kind::open: return "open";
    case Hole::Kind::dead: return "dead";
    case Hole::Kind::hostile: return "hostile";
  }
  return "";
}

Result<std::vector<Hole>> Hole::read_all(const std::filesystem::path& folder) {
  BOTTLE_TRY(const auto files, toml_files_in(folder, "folder of holes"));
  std::vector<Hole> holes;
  for (const auto& file : files) {
    BOTTLE_TRY(Hole hole, read_hole(file));
    holes.push_back(std::move(hole));
  }
  return holes;
}

}  // namespace bottle
