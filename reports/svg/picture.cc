#include "reports/svg/picture.h"

#include <fmt/format.h>

#include "reports/xml.h"

namespace bottle {
namespace {

constexpr std::string_view kPictureStyle = R"(
.plot text { font: 13px system-ui, sans-serif; fill: currentColor; }
.plot .name { font-weight: 600; }
.plot .tick, .plot .note { font-size: 12px; }
.plot .grid { stroke: currentColor; stroke-opacity: .2; }
.plot .axis { stroke: currentColor; stroke-opacity: .6; }
.plot .dots { fill: none; stroke: currentColor; stroke-opacity: .45; stroke-width: 4.5; stroke-linecap: round; }
.plot .fine { stroke-width: 2; }
.plot .range { fill: #2f7fd6; fill-opacity: .35; }
.plot .middle { stroke: #2f7fd6; stroke-width: 3; }
.plot .band { fill: #2c9a57; fill-opacity: .2; }
.plot .level { stroke: #2c9a57; stroke-width: 1.5; }
.plot .change { stroke: #d1590c; stroke-width: 2; stroke-dasharray: 5 4; }
.plot .trend { fill: none; stroke: currentColor; stroke-width: 1.5; }
.plot .box { stroke: currentColor; stroke-opacity: .7; stroke-width: .7; }
.plot .fill-1 { fill: #8ecae6; } .plot .fill-2 { fill: #ffc35c; } .plot .fill-3 { fill: #9bd8b0; }
.plot .fill-4 { fill: #d3bfe6; } .plot .fill-5 { fill: #f3aaa6; }
.plot text.inside { fill: #111; font-size: 12px; }
)";

constexpr std::string_view kStyleOfFile = R"(
svg { color-scheme: light dark; color: #1c2128; } .paper { fill: #fff; }
@media (prefers-color-scheme: dark) { svg { color: #e6edf3; } .paper { fill: #0f141a; } }
)";

std::string_view word_for(Anchor anchor) {
  switch (anchor) {
    case Anchor::start: return "start";
    case Anchor::middle: return "middle";
    case Anchor::end: return "end";
  }
  return "start";
}

}  // namespace

std::string_view picture_style() { return kPictureStyle; }

std::string coordinate(double value) {
  const std::string text = fmt::format("{:.1f}", value);
  return text == "-0.0" ? "0.0" : text;
}

void Picture::line(double x1, double y1, double x2, double y2, std::string_view kind) {
  body_ += fmt::format("<line class=\"{}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>\n", kind, coordinate(x1),
                       coordinate(y1), coordinate(x2), coordinate(y2));
}

void Picture::rectangle(double x, double y, double width, double height, std::string_view kind) {
  body_ += fmt::format("<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>\n", kind, coordinate(x),
                       coordinate(y), coordinate(width), coordinate(height));
}

void Picture::text(double x, double y, std::string_view text, std::string_view kind, Anchor anchor) {
  body_ += fmt::format("<text class=\"{}\" x=\"{}\" y=\"{}\" text-anchor=\"{}\">{}</text>\n", kind, coordinate(x),
                       coordinate(y), word_for(anchor), xml_escaped(text));
}

void Picture::path(const std::string& data, std::string_view kind) {
  body_ += fmt::format("<path class=\"{}\" d=\"{}\"/>\n", kind, data);
}

void Picture::resize(double width, double height) {
  width_ = width;
  height_ = height;
}

std::string Picture::root(bool alone) const {
  return fmt::format(
      "<svg {}class=\"plot\" viewBox=\"0 0 {:.0f} {:.0f}\" width=\"{:.0f}\" height=\"{:.0f}\" role=\"img\" "
      "aria-labelledby=\"{}-title {}-desc\">\n<title id=\"{}-title\">{}</title>\n<desc id=\"{}-desc\">{}</desc>\n",
      alone ? "xmlns=\"http://www.w3.org/2000/svg\" " : "", width_, height_, width_, height_, id_, id_, id_,
      xml_escaped(title_), id_, xml_escaped(description_));
}

std::string Picture::in_page() const { return root(false) + body_ + "</svg>\n"; }

std::string Picture::as_file() const {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + root(true) + "<style>" + std::string(kPictureStyle) +
         std::string(kStyleOfFile) + "</style>\n" +
         fmt::format("<rect class=\"paper\" width=\"{:.0f}\" height=\"{:.0f}\"/>\n", width_, height_) + body_ +
         "</svg>\n";
}

}  // namespace bottle
