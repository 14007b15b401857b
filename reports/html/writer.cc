#include "reports/html/writer.h"

#include "reports/xml.h"

namespace bottle {

void HtmlWriter::begin(std::string_view name, const Attributes& attributes) {
  out_ << '<' << name;
  for (const auto& [key, value] : attributes) out_ << ' ' << key << "=\"" << xml_escaped(value) << '"';
  out_ << '>';
}

void HtmlWriter::open(std::string_view name, const Attributes& attributes) {
  begin(name, attributes);
  out_ << '\n';
  names_.emplace_back(name);
}

void HtmlWriter::close() {
  out_ << "</" << names_.back() << ">\n";
  names_.pop_back();
}

void HtmlWriter::leaf(std::string_view name, std::string_view text, const Attributes& attributes) {
  begin(name, attributes);
  out_ << xml_escaped(text) << "</" << name << ">\n";
}

void HtmlWriter::markup(std::string_view ours) { out_ << ours; }

}  // namespace bottle
