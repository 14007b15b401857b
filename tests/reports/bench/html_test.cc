#include "reports/bench/html.h"

#include <gmock/gmock.h>

#include "harness/digest.h"
#include "reports/html/page.h"
#include "sessions.h"

namespace bottle {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string between(const std::string& text, const std::string& from, const std::string& to) {
  const auto start = text.find(from);
  if (start == std::string::npos) return "";
  const auto end = text.find(to, start + from.size());
  return text.substr(start + from.size(), end - start - from.size());
}

std::size_t count_of(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

TEST(BenchHtml, ThePolicyAllowsOnlyTheStyleThatIsThere) {
  for (const auto& [name, report] : sample_reports()) {
    const std::string html = bench_html(report);
    const std::string style = between(html, "<style>", "</style>");
    ASSERT_FALSE(style.empty());
    const auto hash = from_hex(sha256_hex(style));
    EXPECT_THAT(html, HasSubstr("content=\"default-src 'none'; style-src 'sha256-" + to_base64(*hash) +
                                "'; base-uri 'none'; form-action 'none'\""));
    EXPECT_EQ(count_of(html, "<style"), 1u) << name;
    EXPECT_EQ(count_of(html, " style="), 0u) << name;
  }
}

TEST(BenchHtml, LoadsAndRunsNothingWhateverTheNames) {
  for (const auto& [name, report] : sample_reports()) {
    const std::string html = bench_html(report);
    for (const char* word : {"<script", "<img", "<link", "<iframe", "http:", "https:", "url(", "@import"})
      EXPECT_EQ(html.find(word), std::string::npos) << name << ": " << word;
  }
  EXPECT_THAT(bench_html(sample_report("hostile")), HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;&quot;"));
}

TEST(BenchHtml, EveryPictureIsDescribedAndHasItsNumbersInATable) {
  const std::string html = bench_html(sample_report("everything"));
  EXPECT_EQ(count_of(html, "<svg "), 3u);
  EXPECT_EQ(count_of(html, "role=\"img\""), 3u);
  EXPECT_EQ(count_of(html, "<desc id="), 3u);
  for (const char* table : {"cold-start-table", "phase-table", "history-table"})
    EXPECT_EQ(count_of(html, "<caption id=\"" + std::string(table) + "\""), 1u) << table;
  EXPECT_EQ(count_of(html, "<table>"), count_of(html, "<caption "));
  EXPECT_EQ(count_of(html, "<th "), count_of(html, "<th scope="));
}

TEST(BenchHtml, WhatIsMissingIsAWord) {
  const std::string html = bench_html(sample_report("no-samples"));
  EXPECT_THAT(html, HasSubstr("<td class=\"number faint\">none</td>"));
  EXPECT_THAT(html, Not(HasSubstr("nan")));
}

TEST(BenchHtml, P99IsAColumnOnlyWhereItIsKnown) {
  EXPECT_THAT(bench_html(sample_report("typical")), Not(HasSubstr(">p99<")));
  EXPECT_THAT(bench_html(sample_report("thousand")), HasSubstr(">p99<"));
}

TEST(BenchHtml, ASessionAloneIsNoHistory) {
  BenchReport report = sample_report("typical");
  report.history = {report.session};
  EXPECT_THAT(bench_html(report), Not(HasSubstr("From session to session")));
  EXPECT_THAT(bench_html(sample_report("everything")), HasSubstr("From session to session"));
}

TEST(BenchHtml, TheVerdictComesFirst) {
  const std::string html = bench_html(sample_report("everything"));
  EXPECT_THAT(html, HasSubstr("<p class=\"bad\">OVER BUDGET: bubblewrap</p>"));
  EXPECT_LT(html.find("OVER BUDGET"), html.find("<main>"));
  EXPECT_THAT(html, HasSubstr("the budget for &lt;nobody&gt; was not checked"));
}

TEST(HtmlPage, EscapesItsTitleAndFooter) {
  const std::string html = html_page({.title = "<b>&\"", .footer = "</footer><script>"});
  EXPECT_THAT(html, HasSubstr("<title>&lt;b&gt;&amp;&quot;</title>"));
  EXPECT_THAT(html, Not(HasSubstr("<script>")));
}

}  // namespace
}  // namespace bottle
