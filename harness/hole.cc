#include "harness/hole.h"

#include <fmt/format.h>

#include "harness/suggestion.h"
#include "harness/toml_file.h"

namespace bottle {
namespace {

Wrongs read_wrongs(const TomlTable& root) {
  Wrongs wrongs;
  for (const std::string& name : root.texts("bottle")) {
    if (name == "no-walls") {
      wrongs.no_walls = true;
    } else if (name == "no-network") {
      wrongs.no_network = true;
    } else {
      root.wrong("bottle",
                 fmt::format("the bottle has no switch \"{}\"{}", name, suggestion(name, {"no-walls", "no-network"})));
    }
  }
  return wrongs;
}

// A hole that changes nothing, or promises nothing, would make the self-test pass for no reason.
void check(const TomlTable& root, const Hole& hole) {
  if (root.texts("bottle").empty() && hole.bundle.empty() && hole.lab.empty())
    root.wrong("name", "nothing is wrong in this hole: it needs a switch in bottle, bundle or lab");
  const std::string_view promise = hole.dead ? "needs" : "opens";
  const std::string_view other = hole.dead ? "opens" : "needs";
  if ((hole.dead ? hole.needs : hole.opens).empty())
    root.wrong(promise, fmt::format("a hole of this kind must say what it {}", promise));
  if (!(hole.dead ? hole.opens : hole.needs).empty())
    root.wrong(other, fmt::format("\"{}\" is not for a hole of this kind", other));
}

Result<Hole> read_hole(const std::filesystem::path& path) {
  BOTTLE_TRY(const TomlFile file, TomlFile::read(path));
  const TomlTable root = file.root();
  Hole hole;
  hole.name = path.stem().string();
  hole.title = root.required_text("title");
  hole.why = root.required_text("why");
  const std::string kind = root.required_text("kind");
  hole.dead = kind == "dead";
  if (kind != "open" && kind != "dead" && !kind.empty())
    root.wrong("kind", fmt::format("unknown kind \"{}\"{}", kind, suggestion(kind, {"open", "dead"})));
  hole.bottle = read_wrongs(root);
  hole.bundle = root.texts("bundle");
  hole.lab = root.texts("lab");
  hole.opens = root.texts("opens");
  hole.needs = root.texts("needs");
  check(root, hole);
  if (auto done = file.finish(); !done) return fail(done.error());
  return hole;
}

}  // namespace

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
