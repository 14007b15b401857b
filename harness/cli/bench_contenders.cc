#include "harness/cli/bench_contenders.h"

#include <unistd.h>

#include <filesystem>

#include "backends/command/description.h"
#include "backends/command/fill.h"
#include "backends/registry.h"
#include "harness/cli/bench_program.h"
#include "harness/cli/run_inputs.h"
#include "harness/process.h"
#include "harness/suggestion.h"
#include "harness/toml_file.h"

namespace bottle {
namespace {

constexpr char kWalls[] = "walls";

struct Word {
  std::string name = {};
  BackendOptions options = {};
  bool walls_alone = false;
};

// "docker:runtime=runsc,walls"
Result<Word> parse(const std::string& text) {
  const auto colon = std::min(text.find(':'), text.size());
  Word word{.name = text.substr(0, colon)};
  std::string parts = colon < text.size() ? text.substr(colon + 1) : "";
  while (!parts.empty()) {
    const auto comma = std::min(parts.find(','), parts.size());
    const std::string part = parts.substr(0, comma);
    parts.erase(0, comma + 1);
    if (part == kWalls) {
      word.walls_alone = true;
      continue;
    }
    BOTTLE_TRY(const auto option, parse_option(part));
    word.options.insert(option);
  }
  return word;
}

// Everything that a bottle of this backend needs, found and looked at once; then one for each call.
Result<ContenderMaker> bottle_maker(const std::string& name, const Options& options, bool walls_alone,
                                    const Library& library) {
  BOTTLE_TRY(RunInputs inputs, run_inputs(options, library));
  const auto make_backend = [&library, config = inputs.config] {
    return backend_named(library.install, config.backend, config.options);
  };
  BOTTLE_TRY(const auto backend, make_backend());
  if (auto available = check_available(*backend); !available) return fail(available.error());
  if (auto own = take_own_bundle(*backend, library, inputs); !own) return fail(own.error());
  if (walls_alone && !backend->has_walls_alone())
    return fail("the backend " + inputs.config.backend + " cannot start its walls alone; leave :walls out",
                Fault::usage);
  const BottleToMeasure bottle{
      .name = name,
      .title = walls_alone ? "the agent's walls alone, without lab and bundle" : "a whole bottle, with lab and bundle",
      .inputs = std::move(inputs),
      .walls_alone = walls_alone};
  return [make_backend, bottle]() -> Result<std::unique_ptr<Contender>> {
    BOTTLE_TRY(auto made, make_backend());
    return make_contender(std::move(made), bottle);
  };
}

ContenderMaker program_maker(ProgramToMeasure program) {
  program.command.environment = {{"PATH", kBottlePath}, {"HOME", "/tmp"}, {"LANG", "C.UTF-8"}};
  return [program = std::move(program)]() -> Result<std::unique_ptr<Contender>> { return make_contender(program); };
}

Result<ContenderMaker> native_maker(const Library& library) {
  BOTTLE_TRY(const auto payload, library.install.helper(kPayload));
  return program_maker(
      {.name = std::string(kNative), .title = "the payload and nothing else", .command = {.argv = {payload.string()}}});
}

// Its command line by itself: no scratch directory, no bundle, nobody around it.
Result<ContenderMaker> sandbox_maker(const std::string& name, const Library& library) {
  BOTTLE_TRY(const auto sandbox, command::description_named(library.install.share / "sandboxes", name));
  for (const command::Needed& needed : sandbox.programs) {
    if (find_program(needed.name, kBottlePath).empty())
      return fail(needed.name + " is not there" + (needed.apt.empty() ? "" : "; apt-get install " + needed.apt),
                  Fault::unavailable);
  }
  if (!sandbox.create.empty() || sandbox.bundle != "none")
    return fail("the sandbox " + name + " is no single command; measure it as command:sandbox=" + name, Fault::usage);
  BOTTLE_TRY(const auto payload, library.install.helper(kPayload));
  const std::string work = payload.parent_path().string();
  const command::Values values{{"{name}", "bottle"}, {"{work}", work}, {"{scratch}", work}};
  return program_maker(
      {.name = name,
       .title = sandbox.title + "; by itself, on this host",
       .command = {.argv = command::fill_exec(sandbox.exec, {}, values, {payload.string()}, Environment{})}});
}

Result<ContenderMaker> file_maker(const std::string& file, const Options& options, const Library& library) {
  Options of_file = options;
  BOTTLE_TRY(of_file.config, Config::read(file));
  return bottle_maker(file, of_file, false, library);
}

Result<ContenderMaker> backend_maker(const std::string& text, const Options& options, const Library& library) {
  BOTTLE_TRY(const Word word, parse(text));
  Options of_word = options;
  if (word.name != options.config.backend) of_word.config.options.clear();  // they were meant for the other
  of_word.config.backend = word.name;
  for (const auto& [key, value] : word.options) of_word.config.options[key] = value;
  return bottle_maker(text, of_word, word.walls_alone, library);
}

std::vector<std::string> names_of_backends(const Library& library) {
  std::vector<std::string> names;
  for (const auto& backend : all_backends(library.install)) {
    if (backend->name() != "attach") names.emplace_back(backend->name());  // it starts nothing
  }
  return names;
}

}  // namespace

Result<ContenderMaker> contender_named(const std::string& word, const Options& options, const Library& library) {
  const std::string head = word.substr(0, word.find(':'));
  if (head == kNative) return native_maker(library);
  if (head.ends_with(".toml")) return file_maker(word, options, library);
  if (head.find('/') != head.npos) return other_program_maker(word);
  std::vector<std::string> known = names_of_backends(library);
  if (std::find(known.begin(), known.end(), head) != known.end()) return backend_maker(word, options, library);
  BOTTLE_TRY(const auto files, toml_files_in(library.install.share / "sandboxes", "folder of sandboxes"));
  for (const auto& file : files) {
    if (file.stem() == head) return sandbox_maker(head, library);
    known.push_back(file.stem());
  }
  known.emplace_back(kNative);
  return fail("unknown contender \"" + word + "\"" + suggestion(head, known) +
                  " (a backend, a sandbox's name, a configuration FILE.toml, or ./another/bottle-verify)",
              Fault::usage);
}

Result<std::vector<std::string>> default_contenders(const Options& options, const Library& library) {
  const std::string name = options.config.backend.empty() ? default_backend() : options.config.backend;
  BOTTLE_TRY(const auto backend, backend_named(library.install, name, options.config.options));
  std::vector<std::string> words{name};
  if (backend->has_walls_alone()) words.push_back(name + ":" + kWalls);
  return words;
}

}  // namespace bottle
