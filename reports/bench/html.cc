#include "reports/bench/html.h"

#include <fmt/format.h>

#include <map>
#include <sstream>

#include "harness/safe_text.h"
#include "reports/bench/html_tables.h"
#include "reports/bench/plots/history.h"
#include "reports/bench/plots/phases.h"
#include "reports/bench/plots/strip.h"
#include "reports/bench/units.h"
#include "reports/bench/verdicts.h"
#include "reports/bench/warnings.h"
#include "reports/columns.h"
#include "reports/html/page.h"
#include "reports/html/writer.h"
#include "reports/outcome.h"

namespace bottle {
namespace {

constexpr const char* kFigureStyle = R"(
figure { margin: .75rem 0; }
.plot { display: block; max-width: 100%; height: auto; min-width: 34rem; }
)";

struct Meaning {
  const char* word;
  const char* meaning;
};
constexpr Meaning kMeanings[] = {
    {"cold start", "From create until the payload's first byte, by the clock of the host."},
    {"native", "The same payload without any walls, once in every round: what the machine itself costs."},
    {"95 % interval", "Made so, it holds the true median 19 times out of 20."},
    {"times native",
     "The contender's cold start over native's of the same round, the median of all rounds. What slows "
     "the machine slows both, so this moves less between sessions than milliseconds do."},
    {"p90, p95, p99", "So many percent of the samples were at most this. Left out below 10, 20 and 100 samples."},
    {"none", "No such phase for this contender, or too few samples to say."},
};

void write_picture(HtmlWriter& html, const Picture& picture, const std::string& id, const std::string& caption) {
  html.open("figure");
  html.open("section", {{"class", "scroll"}, {"aria-labelledby", id}, {"tabindex", "0"}});
  html.markup(picture.in_page());
  html.close();
  html.leaf("figcaption", caption, {{"class", "faint"}, {"id", id}});
  html.close();
}

void write_warning_list(HtmlWriter& html, const BenchReport& report) {
  const auto warnings = warnings_of(report);
  if (warnings.empty()) return;
  html.open("section");
  html.leaf("h2", "What to beware of");
  html.open("ul");
  for (const BenchWarning& warning : warnings) {
    html.open("li");
    html.leaf("span", warning.about + ":", {{"class", warning.failure ? "bad" : "doubt"}});
    html.leaf("span", warning.text);
    html.close();
  }
  html.close();
  html.close();
}

std::string class_of(Tone tone) {
  switch (tone) {
    case Tone::good: return "good";
    case Tone::bad: return "bad";
    case Tone::doubt: return "doubt";
    case Tone::faint: return "faint";
    case Tone::plain:
    case Tone::strong: return "label";
  }
  return "label";
}

void write_headline(HtmlWriter& html, const BenchSentence& headline) {
  const std::string about = headline.about.empty() ? headline.text : headline.about;
  html.leaf("p", headline.verdict + (about.empty() ? "" : ": " + about), {{"class", class_of(headline.tone)}});
}

void write_verdicts(HtmlWriter& html, const std::vector<BenchSentence>& sentences, const std::string& of) {
  html.open("section");
  html.leaf("h2", of);
  open_table(html, of + ": a sentence for each", {"Of what", "Verdict", "Why"}, of == "Check" ? "check" : "comparison",
             3);
  for (const BenchSentence& sentence : sentences) {
    html.open("tr");
    html.leaf("th", sentence.about.empty() ? "Besides" : sentence.about, {{"scope", "row"}});
    html.leaf("td", sentence.verdict, {{"class", class_of(sentence.tone)}});
    html.leaf("td", sentence.text);
    html.close();
  }
  close_table(html);
  html.close();
}

void write_history(HtmlWriter& html, const BenchReport& report) {
  if (report.history.size() < 2) return;  // this session alone is no history
  html.open("section");
  html.leaf("h2", "From session to session");
  write_picture(html, history_plot(report.history, report.baseline), "history-caption",
                "Sessions of the same machine and settings. A band: what is usual. Dashed: the level changed.");
  write_history_table(html, report.history);
  html.close();
}

void write_facts(HtmlWriter& html, const std::map<std::string, std::string>& facts, const std::string& prefix) {
  for (const auto& [name, value] : facts) {
    html.leaf("dt", prefix + name);
    html.leaf("dd", value);
  }
}

void write_session(HtmlWriter& html, const BenchSession& session) {
  html.open("section");
  html.leaf("h2", "The session");
  html.open("dl");
  write_facts(html,
              {{"started", session.started},
               {"rounds", fmt::format("{}; {} warm-ups, left out", rounds_sentence(session), session.warm_ups)},
               {"seed", std::to_string(session.seed)},
               {"took", duration(session.wall)},
               {"load", fmt::format("{} before, {} after", three_digits(session.noise.load_before),
                                    three_digits(session.noise.load_after))}},
              "");
  write_facts(html, session.host, "host: ");
  write_facts(html, session.git, "git: ");
  for (const BenchContender& contender : session.contenders) {
    if (!contender.title.empty()) write_facts(html, {{"", contender.title}}, contender.name);
    write_facts(html, contender.facts, contender.name + ": ");
  }
  html.close();
  html.close();
}

void write_meanings(HtmlWriter& html) {
  html.open("section");
  html.leaf("h2", "How to read this");
  html.open("dl");
  for (const Meaning& meaning : kMeanings) {
    html.leaf("dt", meaning.word);
    html.leaf("dd", meaning.meaning);
  }
  html.close();
  html.close();
}

std::string header_of(const BenchReport& report) {
  std::ostringstream out;
  HtmlWriter html(out);
  html.leaf("h1", "Cold starts");
  html.leaf("p", fmt::format("{} UTC, {}", minute_of(report.session.started), rounds_sentence(report.session)),
            {{"class", "faint"}});
  if (report.check) write_headline(html, headline_of(*report.check));
  if (report.comparison) write_headline(html, headline_of(*report.comparison));
  if (report.session.interrupted) html.leaf("p", "Interrupted: this is a part of a session.", {{"class", "doubt"}});
  return out.str();
}

std::string body_of(const BenchReport& report) {
  std::ostringstream out;
  HtmlWriter html(out);
  if (report.check) write_verdicts(html, sentences_of(*report.check), "Check");
  if (report.comparison) write_verdicts(html, sentences_of(*report.comparison), "Comparison");
  html.open("section");
  html.leaf("h2", "Figures");
  write_cold_start_table(html, report);
  write_picture(html, strip_plot(report), "strip-caption",
                "A dot is a sample, the line the median, the box its 95 % interval. Nothing was removed.");
  html.close();
  write_warning_list(html, report);
  html.open("section");
  html.leaf("h2", "Phases");
  write_picture(html, phases_plot(report), "phases-caption",
                "create, start and first_exec are the cold start. Medians do not add up exactly.");
  write_phase_table(html, report);
  html.close();
  write_history(html, report);
  write_meanings(html);
  write_session(html, report.session);
  return out.str();
}

}  // namespace

std::string bench_html(const BenchReport& report) {
  return html_page(
      {.title = fmt::format("Cold starts, {} UTC", cut_to(safe_line(minute_of(report.session.started)), 20)),
       .style = kFigureStyle + std::string(picture_style()),
       .header = header_of(report),
       .body = body_of(report),
       .footer = fmt::format("bottle-verify {}, seed {}", report.session.tool_version, report.session.seed)});
}

}  // namespace bottle
