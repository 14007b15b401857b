#include "reports/xml.h"

#include "harness/safe_text.h"

namespace bottle {

std::string xml_escaped(std::string_view text) {
  std::string safe;
  for (const char c : safe_text(text, std::string::npos)) {
    switch (c) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      default: safe += c;
    }
  }
  return safe;
}

namespace {

// A parser turns a line end in an attribute into a space unless it is a reference.
std::string escaped_attribute(std::string_view text) {
  std::string safe;
  for (const char c : xml_escaped(text)) {
    if (c == '\n') {
      safe += "&#10;";
    } else if (c == '\t') {
      safe += "&#9;";
    } else {
      safe += c;
    }
  }
  return safe;
}

}  // namespace

XmlWriter::XmlWriter(std::ostream& out) : out_(out) { out_ << R"(<?xml version="1.0" encoding="UTF-8"?>)" << '\n'; }

void XmlWriter::begin(std::string_view name, const Attributes& attributes) {
  out_ << std::string(names_.size() * 2, ' ') << '<' << name;
  for (const auto& [key, value] : attributes) out_ << ' ' << key << "=\"" << escaped_attribute(value) << '"';
}

void XmlWriter::open(std::string_view name, const Attributes& attributes) {
  begin(name, attributes);
  out_ << ">\n";
  names_.emplace_back(name);
}

void XmlWriter::close() {
  const std::string name = std::move(names_.back());
  names_.pop_back();
  out_ << std::string(names_.size() * 2, ' ') << "</" << name << ">\n";
}

void XmlWriter::leaf(std::string_view name, const Attributes& attributes, std::string_view text) {
  begin(name, attributes);
  if (text.empty()) {
    out_ << "/>\n";
  } else {
    out_ << '>' << xml_escaped(text) << "</" << name << ">\n";
  }
}

}  // namespace bottle
