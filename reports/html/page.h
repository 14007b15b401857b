// One HTML file that can be mailed and opened without a server: no script, nothing loaded, and a policy that would
// forbid both. Light and dark, narrow and wide, and on paper.
#pragma once

#include <string>
#include <string_view>

namespace bottle {

struct HtmlPage {
  std::string title = {};
  std::string style = {};   // what the body needs besides the style of every page
  std::string header = {};  // markup, inside <header>
  std::string body = {};    // markup, inside <main>
  std::string footer = {};  // text
};
std::string html_page(const HtmlPage& page);

}  // namespace bottle
