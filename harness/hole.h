// A hole (fixtures/holes/*.toml): a bottle that is wrong on purpose, to show that the catalogue bites.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/bottle.h"
#include "harness/result.h"

namespace bottle {

struct Hole {
  std::string name = {};
  std::string title = {};
  std::string why = {};                  // how this happens in real life
  bool dead = false;                     // kind = "dead": something needed does not work; kind = "open": a way out
  Wrongs bottle = {};                    // bottle = ["no-walls", "no-network"]
  std::vector<std::string> bundle = {};  // switches of the reference bundle
  std::vector<std::string> lab = {};     // switches of the lab
  std::vector<std::string> opens =
      {};  // patterns of CASE or CASE[VARIANT] (globs) that must say `leaked`; no others may
  std::vector<std::string> needs = {};  // dead: patterns of what must not say `contained`

  static Result<std::vector<Hole>> read_all(const std::filesystem::path& folder);
};

}  // namespace bottle
