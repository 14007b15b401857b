#include "harness/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "harness/suggestion.h"
#include "harness/toml_file.h"

namespace bottle {
namespace {

constexpr std::size_t kMostVariants = 4096;  // of one case: more is a slip of the pen

using Seen = std::map<std::string, std::string>;  // case id -> where it was first

bool is_slug(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

// Slugs joined by points.
bool is_case_id(std::string_view text) {
  for (std::size_t point = text.find('.'); point != text.npos; point = text.find('.')) {
    if (!is_slug(text.substr(0, point))) return false;
    text.remove_prefix(point + 1);
  }
  return is_slug(text);
}

// T1048 or T1048.003
bool is_attack_id(std::string_view text) {
  const auto digits = [&](std::size_t from, std::size_t count) {
    const std::string_view part = text.substr(from, count);
    return part.size() == count && std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  if (text.empty() || text[0] != 'T' || !digits(1, 4)) return false;
  return text.size() == 5 || (text.size() == 9 && text[5] == '.' && digits(6, 3));
}

std::string one_of(const TomlTable& table, std::string_view key, std::string value,
                   const std::vector<std::string>& allowed) {
  if (std::find(allowed.begin(), allowed.end(), value) == allowed.end() && !value.empty())
    table.wrong(key, fmt::format("unknown {} \"{}\"{}", key, value, suggestion(value, allowed)));
  return value;
}

void read_parameters(const TomlTable& entry, const std::string& key, Parameters& parameters) {
  const auto table = entry.table(key);
  if (!table) return;
  for (const std::string& name : table->keys()) {
    const auto same = [&](const auto& parameter) { return parameter.first == name; };
    if (std::any_of(parameters.begin(), parameters.end(), same))
      table->wrong(name, fmt::format("\"{}\" is in params and in matrix", name));
    std::vector<std::string> values = table->scalars(name, key == "matrix");
    if (values.empty()) table->wrong(name, fmt::format("\"{}\" has no values: the case would have no variants", name));
    if (std::set<std::string>(values.begin(), values.end()).size() != values.size())
      table->wrong(name, fmt::format("\"{}\" has the same value twice", name));
    parameters.emplace_back(name, std::move(values));
  }
}

void check_variants(const TomlTable& entry, const Case& read) {
  std::size_t variants = 1;
  for (const auto& [name, values] : read.parameters) {
    variants *= values.size();
    if (variants > kMostVariants)
      return entry.wrong("id", fmt::format("{} has more than {} variants", read.info.id, kMostVariants));
  }
}

std::vector<Disposition> read_expected(const TomlTable& entry) {
  std::vector<Disposition> expected;
  std::vector<std::string> known;
  for (const Disposition each :
       {Disposition::denied, Disposition::refused, Disposition::dropped, Disposition::redacted, Disposition::held})
    known.emplace_back(name_of(each));
  for (const std::string& name : entry.texts("expect")) {
    const auto found = disposition_named(name);
    if (!found || *found == Disposition::none) {
      entry.wrong("expect", fmt::format("unknown disposition \"{}\" in expect{}", name, suggestion(name, known)));
    } else {
      expected.push_back(*found);
    }
  }
  return expected;
}

Case read_case(const TomlTable& entry, const std::vector<std::string>& techniques) {
  Case read;
  read.line = entry.line();
  read.info.id = entry.required_text("id");
  if (!read.info.id.empty() && !is_case_id(read.info.id))
    entry.wrong("id", fmt::format("id \"{}\" must be of a-z, 0-9 and -, in parts joined by points", read.info.id));
  read.info.category = entry.required_text("category");
  if (!read.info.category.empty() && !is_slug(read.info.category))
    entry.wrong("category", fmt::format("category \"{}\" must be of a-z, 0-9 and -", read.info.category));
  read.info.title = entry.required_text("title");
  read.info.severity =
      one_of(entry, "severity", entry.required_text("severity"), {"critical", "high", "medium", "low"});
  read.info.cwe = entry.integer("cwe", 0, 1, 99'999);
  read.info.attack = entry.text("attack");
  if (!read.info.attack.empty() && !is_attack_id(read.info.attack))
    entry.wrong("attack", fmt::format("attack \"{}\" must be like T1048 or T1048.003", read.info.attack));
  read.technique = one_of(entry, "technique", entry.required_text("technique"), techniques);
  read_parameters(entry, "params", read.parameters);
  read_parameters(entry, "matrix", read.parameters);
  check_variants(entry, read);
  read.profile = one_of(entry, "profile", entry.text("profile", "standard"), {"standard", "full"});
  read.expect = read_expected(entry);
  read.info.why = entry.required_text("why");
  read.info.fix = entry.text("fix");
  read.info.references = entry.texts("refs");
  return read;
}

Result<void> read_file(const std::filesystem::path& path, const std::vector<std::string>& techniques, Seen& seen,
                       std::vector<Case>& cases) {
  BOTTLE_TRY(const TomlFile file, TomlFile::read(path));
  const TomlTable root = file.root();
  const auto entries = root.tables("case");
  if (entries.empty()) root.wrong("case", "no [[case]] in this file");
  for (const TomlTable& entry : entries) {
    Case read = read_case(entry, techniques);
    read.file = path;
    const auto [first, fresh] = seen.emplace(read.info.id, fmt::format("{}:{}", path.string(), read.line));
    if (!fresh && !read.info.id.empty())
      entry.wrong("id", fmt::format("case \"{}\" is already in {}", read.info.id, first->second));
    cases.push_back(std::move(read));
  }
  return file.finish();
}

}  // namespace

Result<std::vector<Case>> read_catalogues(const std::vector<std::filesystem::path>& folders,
                                          const std::vector<std::string>& techniques) {
  std::vector<Case> cases;
  Seen seen;
  for (const auto& folder : folders) {
    BOTTLE_TRY(const auto files, toml_files_in(folder, "catalogue folder"));
    for (const auto& file : files)
      if (auto done = read_file(file, techniques, seen, cases); !done) return fail(done.error());
  }
  return cases;
}

Result<std::vector<Case>> read_catalogue(const std::filesystem::path& folder,
                                         const std::vector<std::string>& techniques) {
  return read_catalogues({folder}, techniques);
}

std::vector<std::pair<std::string, Choice>> combinations(const Parameters& parameters) {
  std::vector<std::pair<std::string, Choice>> made = {{}};
  for (const auto& [name, values] : parameters) {
    std::vector<std::pair<std::string, Choice>> longer;
    for (const auto& [text, choice] : made) {
      for (const std::string& value : values) {
        longer.emplace_back(fmt::format("{}{}{}={}", text, text.empty() ? "" : ",", name, value), choice);
        longer.back().second[name] = value;
      }
    }
    made = std::move(longer);
  }
  return made;
}

}  // namespace bottle
