#include "reports/html/page.h"

#include <sstream>

#include "harness/digest.h"
#include "reports/html/writer.h"

namespace bottle {
namespace {

constexpr std::string_view kPageStyle = R"(
:root { color-scheme: light dark; --ink: #1c2128; --faint: #57606a; --paper: #ffffff; --raised: #f4f6f8;
  --rule: #c4ccd4; --good: #116329; --bad: #b3131d; --doubt: #7a4b00; --link: #0a58ca; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --faint: #9aa7b4; --paper: #0f141a; --raised: #1a212a;
  --rule: #3b4652; --good: #6fdd8b; --bad: #ff8f88; --doubt: #f0b84d; --link: #79b8ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
header, main, footer { max-width: 76rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.25rem; }
footer { padding: 1rem; border-top: 1px solid var(--rule); color: var(--faint); font-size: .875rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
p, ul, footer { overflow-wrap: anywhere; }
p, ul { margin: .5rem 0; max-width: 46rem; }
li { min-height: 24px; }
a { color: var(--link); }
a, summary { display: inline-block; min-height: 24px; min-width: 24px; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.faint { color: var(--faint); }
.good { color: var(--good); font-weight: 600; }
.bad { color: var(--bad); font-weight: 600; }
.doubt { color: var(--doubt); font-weight: 600; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9375rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--faint); padding: .25rem 0; font-size: .9rem; }
th, td { padding: .2rem .5rem; height: 24px; border-bottom: 1px solid var(--rule); text-align: left;
  overflow-wrap: break-word; }
thead th { background: var(--raised); vertical-align: bottom; }
.number { text-align: right; }
td.number { white-space: nowrap; }
tbody th { font-weight: 600; max-width: 15rem; }
dl { display: grid; grid-template-columns: minmax(auto, 20rem) 1fr; gap: .1rem 1rem; margin: .5rem 0; }
dt { color: var(--faint); overflow-wrap: anywhere; }
dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 40rem) { dl { display: block; } dd { margin: 0 0 .4rem 1rem; }
  tbody th { max-width: 9rem; } th, td { padding: .2rem .4rem; } h1 { font-size: 1.3rem; } }
@media print { :root { color-scheme: light; --ink: #000; --faint: #333; --paper: #fff; --raised: #fff; --rule: #777;
  --good: #063; --bad: #900; --doubt: #530; --link: #000; } .scroll { overflow: visible; }
  figure, tr { break-inside: avoid; } body { font-size: 11px; } header, main, footer { max-width: none; } }
)";

std::string policy_for(const std::string& style) {
  const std::string hash = to_base64(from_hex(sha256_hex(style)).value_or(""));
  return "default-src 'none'; style-src 'sha256-" + hash + "'; base-uri 'none'; form-action 'none'";
}

}  // namespace

std::string html_page(const HtmlPage& page) {
  const std::string style = std::string(kPageStyle) + page.style;
  std::ostringstream out;
  out << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      << "<meta http-equiv=\"Content-Security-Policy\" content=\"" << policy_for(style) << "\">\n"
      << "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  HtmlWriter html(out);
  html.leaf("title", page.title);
  out << "<style>" << style << "</style>\n</head>\n<body>\n<header>\n"
      << page.header << "</header>\n<main>\n"
      << page.body << "</main>\n";
  html.leaf("footer", page.footer);
  out << "</body>\n</html>\n";
  return out.str();
}

}  // namespace bottle
