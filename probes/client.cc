// The client action: runs a real client (git, curl) in a private directory, one step after the other. However it ends,
// all that it started is killed and the directory is removed before it is reported.
#include <unistd.h>

#include <map>

#include "probes/actions.h"
#include "probes/fields.h"
#include "probes/scratch.h"
#include "probes/step.h"

extern char** environ;

namespace bottle::prober {
namespace {

using Json = nlohmann::json;

struct ClientWish {
  std::map<std::string, std::string> files = {}, environment = {};
  std::vector<std::vector<std::string>> steps = {};
  std::string input = {};
};

void read_texts(Fields& fields, const char* key, bool as_bytes, std::map<std::string, std::string>& into) {
  const Json* object = fields.at(key);
  if (object == nullptr) return;
  if (!object->is_object()) return fields.complain(std::string(key) + ": not an object");
  Fields inner(*object);
  for (const auto& [name, value] : object->items()) {
    into[name] = as_bytes ? inner.bytes(name.c_str()) : inner.text(name.c_str());
  }
  if (const Trouble trouble = inner.trouble()) fields.complain(std::string(key) + "." + trouble.detail);
}

void read_steps(Fields& fields, std::vector<std::vector<std::string>>& steps) {
  const Json* list = fields.at("steps");
  if (list == nullptr || !list->is_array() || list->empty()) return fields.complain("steps: missing, or not a list");
  for (const Json& words : *list) {
    if (!words.is_array() || words.empty()) return fields.complain("steps: one is not a list of words");
    std::vector<std::string>& argv = steps.emplace_back();
    for (const Json& word : words) {
      if (!word.is_string() || word.get_ref<const std::string&>().find('\0') != std::string::npos) {
        return fields.complain("steps: a word is not a text");
      }
      argv.push_back(word.get<std::string>());
    }
    if (argv.front().empty()) return fields.complain("steps: one has no program");
  }
}

ClientWish read_client_wish(Fields& fields) {
  ClientWish wish;
  read_texts(fields, "files", true, wish.files);
  read_texts(fields, "environment", false, wish.environment);
  read_steps(fields, wish.steps);
  wish.input = fields.bytes("stdin");
  for (const auto& [name, bytes] : wish.files) {
    if (!lies_within(name)) fields.complain("files: " + name + " would lie elsewhere");
  }
  for (const auto& [name, value] : wish.environment) {
    if (name.empty() || name.find('=') != std::string::npos) fields.complain("environment: " + name + " is no name");
  }
  return wish;
}

std::string with_directory(std::string text, const std::string& directory) {
  constexpr std::string_view blank = "{dir}";
  for (std::size_t at = 0; (at = text.find(blank, at)) != std::string::npos; at += directory.size()) {
    text.replace(at, blank.size(), directory);
  }
  return text;
}

// The prober's own environment with the wished one laid over it.
std::map<std::string, std::string> environment_of(const ClientWish& wish, const std::string& directory) {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (const std::size_t equals = text.find('='); equals != std::string::npos) {
      variables.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  for (const auto& [name, value] : wish.environment) variables[name] = with_directory(value, directory);
  return variables;
}

// Where the program is; empty when PATH has none that could be run.
std::string find_program(const std::string& name, const std::map<std::string, std::string>& environment) {
  if (name.find('/') != std::string::npos) return name;
  const auto found = environment.find("PATH");
  const std::string path = found == environment.end() ? "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin" : found->second;
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find(':', at), path.size());
    std::string candidate = path.substr(at, end - at) + "/" + name;
    if (end > at && ::access(candidate.c_str(), X_OK) == 0) return candidate;
    at = end + 1;
  }
  return {};
}

// What was said to be run: the arguments as they came, joined by NUL bytes.
std::string joined(const std::vector<std::string>& argv) {
  std::string text;
  for (const std::string& word : argv) {
    if (&word != &argv.front()) text += '\0';
    text += word;
  }
  return text;
}

// The keepers of one client; what its steps left running ends with it.
class Steps {
 public:
  explicit Steps(Attempt& attempt) : attempt_(attempt) {}
  Steps(const Steps&) = delete;
  Steps& operator=(const Steps&) = delete;
  ~Steps() {
    for (const pid_t keeper : keepers_) attempt_.family().end(keeper);
  }

  Trouble run(const std::vector<std::string>& argv, StepWish wish) {
    StepEnd end;
    end.step.argv0 = argv.front();
    wish.argv = argv;
    for (std::string& word : wish.argv) word = with_directory(word, wish.directory);
    Trouble trouble = run_step(wish, attempt_.deadline(), attempt_.family(), end);
    if (end.keeper > 0) keepers_.push_back(end.keeper);
    if (!end.started) return trouble;
    attempt_.sent("argv", joined(argv));
    if (!trouble && end.step.signal != 0)
      trouble = {"SIGNAL", argv.front() + ": signal " + std::to_string(end.step.signal)};
    if (!trouble && end.step.exit != 0) trouble = {"EXIT", argv.front() + ": exit " + std::to_string(end.step.exit)};
    attempt_.step_ended(std::move(end.step));
    return trouble;
  }

 private:
  Attempt& attempt_;
  std::vector<pid_t> keepers_ = {};
};

}  // namespace

Trouble try_client(Attempt& attempt) {
  Fields fields(attempt.action().fields);
  const ClientWish wish = read_client_wish(fields);
  if (Trouble trouble = fields.trouble()) return trouble;

  attempt.reached("client");
  attempt.is_client();
  Scratch scratch;
  if (Trouble trouble = scratch.make()) return trouble;
  for (const auto& [name, bytes] : wish.files) {
    if (Trouble trouble = scratch.write(name, bytes)) return trouble;
  }
  const auto variables = environment_of(wish, scratch.path());
  StepWish base{.directory = scratch.path(), .input = wish.input};
  for (const auto& [name, value] : variables) base.environment.emplace_back(name).append("=").append(value);
  Steps steps(attempt);  // ends before the scratch directory does
  for (const std::vector<std::string>& argv : wish.steps) {
    base.program = find_program(with_directory(argv.front(), scratch.path()), variables);
    if (base.program.empty()) return {"ENOENT", argv.front() + ": not in PATH"};
    if (Trouble trouble = steps.run(argv, base)) return trouble;
  }
  attempt.reached("done");
  return {};
}

}  // namespace bottle::prober
