#include <fmt/format.h>

#include <algorithm>

#include "harness/safe_text.h"
#include "harness/toml_file.h"
#include "harness/toml_tree.h"

namespace bottle {
namespace {

std::string_view name_of(TomlNode::Kind kind) {
  switch (kind) {
    case TomlNode::Kind::text: return "a string";
    case TomlNode::Kind::integer: return "an integer";
    case TomlNode::Kind::real: return "a number with a point";
    case TomlNode::Kind::boolean: return "true or false";
    case TomlNode::Kind::time: return "a date or time";
    case TomlNode::Kind::list: return "a list";
    case TomlNode::Kind::table: return "a table";
  }
  return "";
}

bool is_scalar(TomlNode::Kind kind) {
  return kind == TomlNode::Kind::text || kind == TomlNode::Kind::integer || kind == TomlNode::Kind::boolean;
}

const TomlNode* child_of(const TomlNode& node, std::string_view key) {
  const auto found =
      std::find_if(node.children.begin(), node.children.end(), [&](const TomlNode& child) { return child.key == key; });
  return found == node.children.end() ? nullptr : &*found;
}

}  // namespace

bool TomlTable::has(std::string_view key) const { return child_of(*node_, key) != nullptr; }

bool TomlTable::is_text(std::string_view key) const {
  const TomlNode* child = child_of(*node_, key);
  return child != nullptr && child->kind == TomlNode::Kind::text;
}

int TomlTable::line() const { return node_->line; }

int TomlTable::line_of(std::string_view key) const {
  const TomlNode* child = child_of(*node_, key);
  return child == nullptr ? node_->line : child->line;
}

std::vector<std::string> TomlTable::keys() const {
  std::vector<std::string> names;
  for (const TomlNode& child : node_->children) names.push_back(child.key);
  return names;
}

const TomlNode* TomlTable::ask(std::string_view key) const {
  if (std::find(node_->known.begin(), node_->known.end(), key) == node_->known.end()) node_->known.emplace_back(key);
  const TomlNode* child = child_of(*node_, key);
  if (child != nullptr) child->asked = true;
  return child;
}

const TomlNode* TomlTable::ask_required(std::string_view key) const {
  const TomlNode* child = ask(key);
  if (child == nullptr) problems_->all.push_back({node_->line, fmt::format("missing key \"{}\"{}", key, in(*node_))});
  return child;
}

void TomlTable::complain(const TomlNode& node, const std::string& wanted) const {
  node.rejected = true;
  problems_->all.push_back({node.line, fmt::format("\"{}\"{} must be {}, not {}", safe_line(node.key, 80), in(*node_),
                                                   wanted, name_of(node.kind))});
}

void TomlTable::wrong(std::string_view key, const std::string& what) const {
  problems_->all.push_back({line_of(key), safe_line(what)});
}

std::string TomlTable::text_of(const TomlNode& node) const {
  if (node.kind != TomlNode::Kind::text) complain(node, "a string");
  return node.text;
}

int TomlTable::integer_of(const TomlNode& node, int least, int most) const {
  if (node.kind != TomlNode::Kind::integer) {
    complain(node, "an integer");
  } else if (node.number < least || node.number > most) {
    wrong(node.key,
          fmt::format("\"{}\"{} must be from {} to {}, not {}", node.key, in(*node_), least, most, node.text));
  } else {
    return static_cast<int>(node.number);
  }
  return least;
}

std::string TomlTable::text(std::string_view key, std::string fallback) const {
  const TomlNode* child = ask(key);
  return child == nullptr ? fallback : text_of(*child);
}

std::string TomlTable::required_text(std::string_view key) const {
  const TomlNode* child = ask_required(key);
  if (child == nullptr) return {};
  if (child->kind == TomlNode::Kind::text && child->text.empty())
    wrong(key, fmt::format("\"{}\"{} must not be empty", key, in(*node_)));
  return text_of(*child);
}

int TomlTable::integer(std::string_view key, int fallback, int least, int most) const {
  const TomlNode* child = ask(key);
  return child == nullptr ? fallback : integer_of(*child, least, most);
}

int TomlTable::required_integer(std::string_view key, int least, int most) const {
  const TomlNode* child = ask_required(key);
  return child == nullptr ? least : integer_of(*child, least, most);
}

bool TomlTable::boolean(std::string_view key, bool fallback) const {
  const TomlNode* child = ask(key);
  if (child == nullptr) return fallback;
  if (child->kind != TomlNode::Kind::boolean) complain(*child, "true or false");
  return child->number != 0;
}

std::vector<std::string> TomlTable::texts(std::string_view key) const {
  std::vector<std::string> found;
  const TomlNode* child = ask(key);
  if (child == nullptr) return found;
  if (child->kind != TomlNode::Kind::list) complain(*child, "a list of strings");
  for (const TomlNode& item : child->children) {
    if (item.kind != TomlNode::Kind::text) complain(item, "a list of strings only");
    found.push_back(item.text);
  }
  return found;
}

std::vector<std::string> TomlTable::scalars(std::string_view key, bool only_lists) const {
  const TomlNode* child = ask(key);
  if (child == nullptr) return {};
  if (is_scalar(child->kind) && !only_lists) return {child->text};
  if (child->kind != TomlNode::Kind::list) {
    complain(*child, only_lists ? "a list" : "a string, an integer, true or false, or a list of these");
    return {};
  }
  std::vector<std::string> found;
  for (const TomlNode& item : child->children) {
    if (!is_scalar(item.kind)) complain(item, "a list of strings, integers, true and false");
    found.push_back(item.text);
  }
  return found;
}

std::optional<TomlTable> TomlTable::table(std::string_view key) const {
  const TomlNode* child = ask(key);
  if (child == nullptr) return std::nullopt;
  if (child->kind != TomlNode::Kind::table) {
    complain(*child, "a table");
    return std::nullopt;
  }
  return TomlTable(child, problems_);
}

std::vector<TomlTable> TomlTable::tables(std::string_view key) const {
  std::vector<TomlTable> found;
  const TomlNode* child = ask(key);
  if (child == nullptr) return found;
  if (child->kind != TomlNode::Kind::list) complain(*child, fmt::format("a list of tables, [[{}]]", key));
  for (const TomlNode& item : child->children) {
    if (child->kind != TomlNode::Kind::list) break;
    if (item.kind != TomlNode::Kind::table) {
      complain(item, fmt::format("a list of tables, [[{}]]", key));
    } else {
      found.push_back(TomlTable(&item, problems_));
    }
  }
  return found;
}

}  // namespace bottle
