#include "harness/toml_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <system_error>
#include <utility>

#include "harness/safe_text.h"
#include "harness/suggestion.h"
#include "harness/toml_tree.h"

namespace bottle {

namespace {

constexpr std::uintmax_t kMostTomlBytes = 1u << 20;

void place(TomlNode& node, const toml::source_position& at) {
  node.line = static_cast<int>(at.line);
  node.column = static_cast<int>(at.column);
}

// "[a.b]" for a table called b in [a]; "[[a]]" for an item of a list of tables called a.
std::string path_of(const std::string& parent, const std::string& key, bool item) {
  const auto first = parent.find_first_not_of('[');
  const std::string stem = first == std::string::npos ? "" : parent.substr(first, parent.find(']') - first) + ".";
  const std::string full = stem + safe_line(key, 80);
  return item ? "[[" + full + "]]" : "[" + full + "]";
}

TomlNode own_tree(const toml::node& from, std::string key, const std::string& parent, bool item) {
  TomlNode node;
  node.key = std::move(key);
  place(node, from.source().begin);
  if (const auto* table = from.as_table()) {
    if (!node.key.empty()) node.path = path_of(parent, node.key, item);
    for (const auto& [name, value] : *table) {
      node.children.push_back(own_tree(value, std::string(name.str()), node.path, false));
      // A table's own header is where it begins; everything else is found by its key.
      if (!value.is_table() || value.as_table()->is_inline()) place(node.children.back(), name.source().begin);
    }
    std::stable_sort(node.children.begin(), node.children.end(), [](const TomlNode& a, const TomlNode& b) {
      return std::pair(a.line, a.column) < std::pair(b.line, b.column);
    });
  } else if (const auto* list = from.as_array()) {
    node.kind = TomlNode::Kind::list;
    for (const auto& value : *list) node.children.push_back(own_tree(value, node.key, parent, true));
  } else if (const auto* text = from.as_string()) {
    node.kind = TomlNode::Kind::text;
    node.text = text->get();
  } else if (const auto* number = from.as_integer()) {
    node.kind = TomlNode::Kind::integer;
    node.number = number->get();
    node.text = std::to_string(node.number);
  } else if (const auto* boolean = from.as_boolean()) {
    node.kind = TomlNode::Kind::boolean;
    node.number = boolean->get() ? 1 : 0;
    node.text = boolean->get() ? "true" : "false";
  } else {
    node.kind = from.is_floating_point() ? TomlNode::Kind::real : TomlNode::Kind::time;
  }
  return node;
}

// A table that nobody asked for is reported as a whole, not key by key.
void collect_unknown(const TomlNode& node, std::vector<TomlProblem>& problems) {
  if (node.rejected) return;
  for (const TomlNode& child : node.children) {
    if (node.kind == TomlNode::Kind::table && !child.asked) {
      problems.push_back({child.line, fmt::format("unknown key \"{}\"{}{}", safe_line(child.key, 80), in(node),
                                                  suggestion(child.key, node.known))});
    } else {
      collect_unknown(child, problems);
    }
  }
}

const TomlProblem* earliest(const std::vector<TomlProblem>& problems) {
  const auto found = std::min_element(problems.begin(), problems.end(),
                                      [](const TomlProblem& a, const TomlProblem& b) { return a.line < b.line; });
  return found == problems.end() ? nullptr : &*found;
}

}  // namespace

TomlFile::TomlFile() = default;
TomlFile::TomlFile(TomlFile&&) noexcept = default;
TomlFile& TomlFile::operator=(TomlFile&&) noexcept = default;
TomlFile::~TomlFile() = default;

Result<TomlFile> TomlFile::parse(std::string_view text, const std::filesystem::path& file) {
  TomlFile read;
  read.file_ = file;
  read.problems_ = std::make_unique<TomlProblems>();
  try {
    const toml::table table = toml::parse(text, std::string_view(file.native()));
    read.root_ = std::make_unique<TomlNode>(own_tree(table, "", "", false));
  } catch (const toml::parse_error& error) {
    return fail(fmt::format("{}:{}: {}", file.string(), error.source().begin.line, safe_line(error.description())),
                Fault::usage);
  }
  return read;
}

Result<TomlFile> TomlFile::read(const std::filesystem::path& file) {
  std::error_code code;
  if (!std::filesystem::is_regular_file(file, code))
    return fail(fmt::format("{}: {}", file.string(), code ? code.message() : "not a file"), Fault::usage);
  const std::uintmax_t size = std::filesystem::file_size(file, code);
  if (code) return fail(fmt::format("{}: {}", file.string(), code.message()), Fault::usage);
  if (size > kMostTomlBytes) return fail(fmt::format("{}: over 1 MiB", file.string()), Fault::usage);
  std::ifstream stream(file, std::ios::binary);
  std::string text(static_cast<std::size_t>(size), '\0');
  if (!stream.read(text.data(), static_cast<std::streamsize>(text.size())))
    return fail(fmt::format("{}: cannot be read", file.string()), Fault::usage);
  return parse(text, file);
}

TomlTable TomlFile::root() const { return TomlTable(root_.get(), problems_.get()); }

Result<void> TomlFile::finish() const {
  std::vector<TomlProblem> unknown;
  collect_unknown(*root_, unknown);
  const TomlProblem* first = earliest(unknown);
  if (first == nullptr) first = earliest(problems_->all);
  if (first == nullptr) return {};
  return fail(fmt::format("{}:{}: {}", file_.string(), first->line, first->what), Fault::usage);
}

Result<std::vector<std::filesystem::path>> toml_files_in(const std::filesystem::path& folder, const std::string& kind) {
  std::error_code code;
  if (!std::filesystem::is_directory(folder, code))
    return fail(fmt::format("{}: no such {}", folder.string(), kind), Fault::usage);
  std::vector<std::filesystem::path> files;
  std::filesystem::directory_iterator entry(folder, code);
  for (; !code && entry != std::filesystem::directory_iterator(); entry.increment(code))
    if (entry->path().extension() == ".toml") files.push_back(entry->path());
  if (code) return fail(fmt::format("{}: {}", folder.string(), code.message()), Fault::usage);
  if (files.empty()) return fail(fmt::format("{}: no *.toml in this {}", folder.string(), kind), Fault::usage);
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace bottle
