#include "backends/docker/networks.h"

#include <sstream>

namespace bottle::docker {
namespace {

constexpr std::chrono::seconds kLookTime{10};

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

}  // namespace

Result<std::vector<std::string>> subnets_of(const Engine& engine) {
  BOTTLE_TRY(const auto listed, engine.run({"network", "ls", "--quiet"}, {}, kLookTime));
  const Words names = words_of(listed);
  if (names.empty()) return std::vector<std::string>();
  Words look{
      "network", "inspect", "--format",
      engine.is_podman() ? "{{range .Subnets}}{{.Subnet}} {{end}}" : "{{range .IPAM.Config}}{{.Subnet}} {{end}}"};
  look.insert(look.end(), names.begin(), names.end());
  // It complains of one that has gone meanwhile, and tells of the others.
  BOTTLE_TRY(const auto looked, engine.run_raw(look, {}, {.timeout = kLookTime}));
  return words_of(looked.out);
}

}  // namespace bottle::docker
