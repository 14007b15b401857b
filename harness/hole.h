// A hole (fixtures/holes/*.toml): a bottle that is wrong on purpose, to show that the catalogue bites.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/bottle.h"
#include "harness/result.h"

namespace bottle {

struct Hole {
  std::string name = {};
  std::string title = {};
  std::string why = {};  // how this happens in real life
  // open: a way out; dead: something needed does not work; hostile: the agent side lies and disturbs.
  enum class Kind { open, dead, hostile } kind = Kind::open;
  // Switches. Whoever they are for knows them: the backend, the scene (`agent`), the reference bundle, the lab.
  std::vector<std::string> bottle = {}, agent = {}, bundle = {}, lab = {};
  std::vector<std::string> reaches = {};  // BottleSpec::reaches
  // Globs of CASE or CASE[VARIANT], as filters are. What none of them takes must say `contained`.
  std::vector<std::string> opens = {};  // must say `leaked`
  // Cannot be proven here: must say `inconclusive` or `error`. A hostile bottle may need nothing.
  std::vector<std::string> needs = {};

  static Result<std::vector<Hole>> read_all(const std::filesystem::path& folder);
};

std::string_view name_of(Hole::Kind kind);

}  // namespace bottle
