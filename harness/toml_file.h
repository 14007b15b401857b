// A strict reader for the TOML files that people write: every key must be one that somebody asked for.
// Reading never stops half way: asking for a key ticks it off, what is wrong is remembered, and finish() tells the
// worst of it with file and line. So a reader is a list of questions and one check at its end.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/result.h"

namespace bottle {

struct TomlNode;
struct TomlProblems;

// One table of a file; valid as long as its TomlFile.
class TomlTable {
 public:
  bool has(std::string_view key) const;
  bool is_text(std::string_view key) const;  // for keys that are either a word or a table; does not tick the key off
  int line() const;
  int line_of(std::string_view key) const;  // the table's own line when the key is absent
  std::vector<std::string> keys() const;    // in the order written

  std::string text(std::string_view key, std::string fallback = {}) const;
  std::string required_text(std::string_view key) const;  // there, and not empty
  int integer(std::string_view key, int fallback, int least, int most) const;
  int required_integer(std::string_view key, int least, int most) const;
  bool boolean(std::string_view key, bool fallback) const;
  std::vector<std::string> texts(std::string_view key) const;  // a list of strings; absent: empty
  // A list of strings, numbers and booleans, or (unless `only_lists`) one of them alone, as text.
  std::vector<std::string> scalars(std::string_view key, bool only_lists) const;
  std::optional<TomlTable> table(std::string_view key) const;
  std::vector<TomlTable> tables(std::string_view key) const;  // [[key]]

  // The value of this key is wrong: "what" follows the file and line. The earliest one is what finish() reports.
  void wrong(std::string_view key, const std::string& what) const;

 private:
  friend class TomlFile;
  TomlTable(const TomlNode* node, TomlProblems* problems) : node_(node), problems_(problems) {}
  const TomlNode* ask(std::string_view key) const;
  const TomlNode* ask_required(std::string_view key) const;
  std::string text_of(const TomlNode& node) const;
  int integer_of(const TomlNode& node, int least, int most) const;
  void complain(const TomlNode& node, const std::string& wanted) const;

  const TomlNode* node_;
  TomlProblems* problems_;
};

class TomlFile {
 public:
  static Result<TomlFile> read(const std::filesystem::path& file);
  static Result<TomlFile> parse(std::string_view text, const std::filesystem::path& file);  // `file` as errors name it
  TomlFile(TomlFile&&) noexcept;
  TomlFile& operator=(TomlFile&&) noexcept;
  ~TomlFile();

  TomlTable root() const;
  // Fault::usage: the first key that nobody asked for, else the first value that was wrong.
  Result<void> finish() const;

 private:
  TomlFile();
  std::filesystem::path file_;
  std::unique_ptr<TomlNode> root_;
  std::unique_ptr<TomlProblems> problems_;
};

// Every *.toml of a folder, sorted by name. A folder that is missing or has none is an Error: what was asked for is not
// there. `kind` names it: "catalogue folder".
Result<std::vector<std::filesystem::path>> toml_files_in(const std::filesystem::path& folder, const std::string& kind);

}  // namespace bottle
