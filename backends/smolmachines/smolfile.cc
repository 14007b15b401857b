#include "backends/smolmachines/smolfile.h"

#include <toml++/toml.h>
#include <sstream>

namespace bottle::smolmachines {
namespace {

toml::array array_of(const std::vector<std::string>& words) {
  toml::array array;
  for (const std::string& word : words) array.push_back(word);
  return array;
}

}  // namespace

std::string rendered(const Smolfile& file) {
  toml::array environment;
  for (const auto& [name, value] : file.environment) environment.push_back(name + "=" + value);
  toml::table table;
  table.insert("image", file.image);
  if (!file.entrypoint.empty()) table.insert("entrypoint", array_of(file.entrypoint));
  if (!file.cmd.empty()) table.insert("cmd", array_of(file.cmd));
  if (!environment.empty()) table.insert("env", environment);
  table.insert("network", toml::table{{"allow_cidrs", array_of(file.allowed)}});
  std::ostringstream text;
  text << table << '\n';
  return text.str();
}

}  // namespace bottle::smolmachines
