// What a TOML file says, as TomlFile and TomlTable share it. Nobody else includes this.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bottle {

// toml++'s tree sorts its keys; this one keeps them as written and remembers which were asked for.
struct TomlNode {
  enum class Kind { text, integer, real, boolean, time, list, table };
  Kind kind = Kind::table;
  std::string key = {};
  std::string path = {};  // of a table, as messages name it: "[[case]]", "[daemons]"; empty for the file itself
  std::string text = {};  // of a scalar
  std::int64_t number = 0;
  int line = 1;
  int column = 1;
  std::vector<TomlNode> children = {};
  mutable bool asked = false;
  mutable bool rejected = false;                // of the wrong kind: what is in it is not worth a word
  mutable std::vector<std::string> known = {};  // the keys that this table was asked for
};

struct TomlProblem {
  int line = 0;
  std::string what = {};
};

struct TomlProblems {
  std::vector<TomlProblem> all = {};
};

// " in [[case]]"; nothing for the file itself.
inline std::string in(const TomlNode& table) { return table.path.empty() ? "" : " in " + table.path; }

}  // namespace bottle
