#include "reports/csv.h"

#include "harness/safe_text.h"

namespace bottle {
namespace {

// Of a text that begins with a sign.
bool is_number(std::string_view text) {
  return text.find_first_of("0123456789") != std::string_view::npos &&
         text.find_first_not_of(".0123456789", 1) == std::string_view::npos;
}

std::string field_of(const std::string& text) {
  std::string safe = safe_text(text);
  if (!safe.empty() && std::string_view("=+-@\t").find(safe.front()) != std::string_view::npos && !is_number(safe))
    safe.insert(0, 1, '\'');
  if (safe.find_first_of(",\"\r\n") == std::string::npos) return safe;
  std::string quoted = "\"";
  for (const char c : safe) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace

std::string csv_line(const std::vector<std::string>& fields) {
  std::string line;
  for (const std::string& field : fields) {
    if (&field != &fields.front()) line += ',';
    line += field_of(field);
  }
  return line + "\r\n";
}

}  // namespace bottle
