#include "backends/docker/remains.h"

#include <algorithm>
#include <sstream>
#include <thread>

#include "backends/docker/engine_facts.h"
#include "backends/docker/layout.h"
#include "backends/docker/side_by_side.h"
#include "backends/docker/stragglers.h"
#include "harness/process.h"
#include "harness/run_directory.h"
#include "harness/safe_text.h"

namespace bottle::docker {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks{100};
constexpr std::chrono::seconds kStragglersTime{10};

struct Kind {
  const char* name;
  Words list;
  const char* field;  // of a name, in the engine's template language
  Words remove;
};

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all{
      {"container", {"ps", "--all"}, "{{if .Names}}{{.Names}}{{else}}{{.ID}}{{end}}", {"rm", "--force", "--volumes"}},
      {"network", {"network", "ls"}, "{{.Name}}", {"network", "rm"}},
      {"volume", {"volume", "ls"}, "{{.Name}}", {"volume", "rm", "--force"}}};
  return all;
}

// Of the template language the same word means three things: podman has a map of the labels, and of a network's a text.
std::string label_field(const Engine& engine, const Kind& kind) {
  if (!engine.is_podman()) return std::string("{{.Label \"") + kDirectoryLabel + "\"}}";
  if (std::string_view(kind.name) == "network") return "{{.Labels}}";
  return std::string("{{index .Labels \"") + kDirectoryLabel + "\"}}";
}

// Of "bottle-verify.directory=/tmp/x,bottle-verify.owner=y", or as it is.
std::string directory_of(const std::string& label) {
  const std::string name = std::string(kDirectoryLabel) + "=";
  const auto at = label.find(name);
  if (at == label.npos) return label;
  const auto start = at + name.size();
  return label.substr(start, label.find(",bottle-verify.", start) - start);
}

// Whoever lives in a keeper's network goes first.
bool is_keeper(const Remain& remain) { return remain.name.ends_with("-net"); }

// A container that an engine was removing when it was killed has only a number (Docker 20.10).
bool can_be_ours(const std::string& name) {
  const bool number = name.size() == 12 && name.find_first_not_of("0123456789abcdef") == name.npos;
  return number || name.starts_with(kNamePrefix);
}

// Names go into command lines that remove them: what cannot be one of ours is not believed.
Result<std::vector<Remain>> read_list(const Kind& kind, const std::string& text) {
  std::vector<Remain> found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto tab = line.find('\t');
    const std::string directory = tab == line.npos ? "" : directory_of(line.substr(tab + 1));
    if (!can_be_ours(line.substr(0, tab)) || !directory.starts_with('/'))
      return fail("it lists something that is none of ours: " + safe_line(line, 100));
    found.push_back({kind.name, line.substr(0, tab), directory});
  }
  return found;
}

Result<std::vector<Remain>> list(const Engine& engine, const Kind& kind, const std::string& label) {
  Words words = kind.list;
  const std::string format = std::string(kind.field) + "\t" + label_field(engine, kind);
  for (const std::string& word : {std::string("--filter"), "label=" + label, std::string("--format"), format})
    words.push_back(word);
  BOTTLE_TRY(const auto text, engine.run(words));
  auto found = read_list(kind, text);
  if (!found) return fail(name_of_call(engine.program(), words) + ": " + found.error().what);
  return found;
}

Look look_for(const Engine& engine, const std::string& label) {
  std::vector<std::vector<Remain>> found(kinds().size());
  std::vector<std::function<Result<void>()>> steps;
  for (std::size_t i = 0; i < kinds().size(); ++i) {
    steps.push_back([&, i]() -> Result<void> {
      BOTTLE_TRY(found[i], list(engine, kinds()[i], label));
      return {};
    });
  }
  Look look{.whole = side_by_side(steps)};
  for (auto& some : found) look.remains.insert(look.remains.end(), some.begin(), some.end());
  std::stable_partition(look.remains.begin(), look.remains.end(),
                        [](const Remain& remain) { return !is_keeper(remain); });
  return look;
}

// An engine answers with a line for each that it removed: its name, or its number.
bool is_told(const Words& names, const std::string& said) {
  std::istringstream lines(said);
  std::ptrdiff_t told = 0;
  for (std::string line; std::getline(lines, line);) {
    const bool number = line.size() == 64 && line.find_first_not_of("0123456789abcdef") == line.npos;
    if (number || std::find(names.begin(), names.end(), line) != names.end()) ++told;
  }
  return told >= std::ssize(names);
}

// Several of one kind in one call.
Result<void> remove_kind(const Engine& engine, const Kind& kind, const std::vector<Remain>& remains) {
  Words names;
  for (const Remain& remain : remains) {
    if (remain.kind == kind.name) names.push_back(remain.name);
  }
  if (names.empty()) return {};
  Words words = kind.remove;
  words.insert(words.end(), names.begin(), names.end());
  BOTTLE_TRY(const auto said, engine.run(words));
  if (is_told(names, said)) return {};
  return fail(name_of_call(engine.program(), words) + ": it does not say that all of them are removed");
}

Result<void> remove_once(const Engine& engine, const std::vector<Remain>& remains) {
  auto containers = remove_kind(engine, kinds()[0], remains);
  auto others = side_by_side({[&] { return remove_kind(engine, kinds()[1], remains); },
                              [&] { return remove_kind(engine, kinds()[2], remains); }});
  return containers ? others : containers;
}

bool is_hopeless(const Error& error) { return error.fault == Fault::timeout || error.fault == Fault::unavailable; }

tl::unexpected<Error> stays(const std::vector<Remain>& remains, Error why) {
  std::string names;
  for (const Remain& remain : remains) names += (names.empty() ? "" : ", ") + remain.kind + " " + remain.name;
  why.what = (names.empty() ? "what is left on the engine is not known" : names + " could not be removed") + " (" +
             why.what + "); `bottle-verify cleanup` tries again";
  return fail(why);
}

}  // namespace

Look remains_of(const Engine& engine) { return look_for(engine, std::string(kOwnerLabel) + "=" + owner()); }

// What goes by itself meanwhile, or is being removed already, makes `rm` complain: then the next look tells.
Result<void> remove(const Engine& engine, const std::function<Look()>& look, std::vector<Remain>& removed) {
  const auto deadline = std::chrono::steady_clock::now() + kRemoveTime;
  for (bool first = true;; first = false) {
    const Look seen = look();
    if (first) removed = seen.remains;
    const auto gone = remove_once(engine, seen.remains);
    if (!seen.whole) return stays(gone ? std::vector<Remain>() : seen.remains, seen.whole.error());
    if (gone) return {};
    if (is_hopeless(gone.error()) || std::chrono::steady_clock::now() > deadline)
      return stays(seen.remains, gone.error());
    std::this_thread::sleep_for(kBetweenLooks);
  }
}

Look left_behind(const Engine& engine) {
  Look look = remains_of(engine);
  std::erase_if(look.remains, [](const Remain& remain) { return is_run_alive(remain.directory); });
  return look;
}

std::vector<std::string> lines_of(const std::vector<Remain>& remains) {
  std::vector<std::string> lines;
  for (const Remain& remain : remains) lines.push_back(remain.kind + " " + remain.name);
  return lines;
}

Result<std::vector<std::string>> remove_left_behind(const Engine& engine) {
  if (find_program(engine.program()).empty()) return std::vector<std::string>();
  if (const auto facts = ask_engine(engine); !facts)
    return fail("what killed runs left on an engine is not known: " + facts.error().what, facts.error().fault);
  std::vector<std::string> lines = end_stragglers(kStragglersTime);
  std::vector<Remain> removed;
  const auto gone = remove(
      engine, [&] { return left_behind(engine); }, removed);
  if (!gone) return fail(gone.error());
  for (std::string& line : lines_of(removed)) lines.push_back(std::move(line));
  return lines;
}

Result<void> remove_by_directory(const Engine& engine, const std::filesystem::path& directory) {
  std::vector<Remain> removed;
  return remove(
      engine, [&] { return look_for(engine, std::string(kDirectoryLabel) + "=" + directory.string()); }, removed);
}

}  // namespace bottle::docker
