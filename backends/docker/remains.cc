#include "backends/docker/remains.h"

#include <algorithm>
#include <sstream>

#include "backends/docker/layout.h"
#include "backends/docker/side_by_side.h"

namespace bottle::docker {
namespace {

struct Listing {
  const char* kind;
  Words words;
  const char* name;  // in the engine's template language
};

const std::vector<Listing>& listings() {
  static const std::vector<Listing> all{{"container", {"ps", "--all"}, "{{.Names}}"},
                                        {"network", {"network", "ls"}, "{{.Name}}"},
                                        {"volume", {"volume", "ls"}, "{{.Name}}"}};
  return all;
}

// Of the template language the same word means two things.
std::string label_field(const Engine& engine) { return engine.is_podman() ? "index .Labels" : ".Label"; }

// Whoever lives in a keeper's network goes first.
bool is_keeper(const Remain& remain) { return remain.name.ends_with("-net"); }

Result<std::vector<Remain>> list(const Engine& engine, const std::string& label) {
  std::vector<std::vector<Remain>> found(listings().size());
  std::vector<std::function<Result<void>()>> steps;
  for (std::size_t i = 0; i < listings().size(); ++i) {
    steps.push_back([&, i]() -> Result<void> {
      const Listing& listing = listings()[i];
      Words words = listing.words;
      const std::string format =
          std::string(listing.name) + "\t{{" + label_field(engine) + " \"" + kDirectoryLabel + "\"}}";
      for (const std::string& word : {std::string("--filter"), "label=" + label, std::string("--format"), format})
        words.push_back(word);
      BOTTLE_TRY(const auto text, engine.run(words));
      std::istringstream lines(text);
      for (std::string line; std::getline(lines, line);) {
        const auto tab = line.find('\t');
        if (tab != line.npos) found[i].push_back({listing.kind, line.substr(0, tab), line.substr(tab + 1)});
      }
      return {};
    });
  }
  if (auto listed = side_by_side(steps); !listed) return fail(listed.error());
  std::vector<Remain> all;
  for (auto& some : found) all.insert(all.end(), some.begin(), some.end());
  std::stable_partition(all.begin(), all.end(), [](const Remain& remain) { return !is_keeper(remain); });
  return all;
}

// Several of one kind in one call; what has gone by itself meanwhile is no error.
Result<void> remove_kind(const Engine& engine, const std::string& kind, Words words,
                         const std::vector<Remain>& remains) {
  const std::size_t fixed = words.size();
  for (const Remain& remain : remains) {
    if (remain.kind == kind) words.push_back(remain.name);
  }
  if (words.size() == fixed) return {};
  const auto removed = engine.run(words);
  if (removed || removed.error().what.find("No such") != std::string::npos ||
      removed.error().what.find("no such") != std::string::npos ||
      removed.error().what.find("not found") != std::string::npos ||
      removed.error().what.find("already in progress") != std::string::npos)
    return {};
  return fail(removed.error());
}

}  // namespace

Result<std::vector<Remain>> remains_of(const Engine& engine) {
  return list(engine, std::string(kOwnerLabel) + "=" + owner());
}

Result<void> remove(const Engine& engine, const std::vector<Remain>& remains) {
  if (auto gone = remove_kind(engine, "container", {"rm", "--force", "--volumes"}, remains); !gone) return gone;
  return side_by_side({[&] {
                         return remove_kind(engine, "network", {"network", "rm"}, remains);
                       },
                       [&] {
                         return remove_kind(engine, "volume", {"volume", "rm", "--force"}, remains);
                       }});
}

Result<void> remove_by_directory(const Engine& engine, const std::filesystem::path& directory) {
  BOTTLE_TRY(const auto remains, list(engine, std::string(kDirectoryLabel) + "=" + directory.string()));
  return remove(engine, remains);
}

}  // namespace bottle::docker
