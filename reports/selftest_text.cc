#include "reports/selftest_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>

#include "reports/outcome.h"
#include "reports/page.h"

namespace bottle {
namespace {

constexpr std::size_t kShownMistakes = 40;  // the JSON has them all
constexpr int kName = 28;

// One case in one bottle: all its variants in one sign. What is wrong outranks everything.
struct Sign {
  char letter = ' ';
  Tone tone = Tone::faint;
};

Sign sign_of(const std::vector<const SelftestCell*>& cells) {
  const auto count = [&](auto holds) { return std::count_if(cells.begin(), cells.end(), holds); };
  const auto any = [&](Grade grade) { return count([&](const auto* cell) { return cell->grade == grade; }) > 0; };
  if (any(Grade::false_pass)) return {'P', Tone::bad};
  if (any(Grade::false_alarm)) return {'A', Tone::bad};
  if (any(Grade::unexplained) || any(Grade::missed)) return {'U', Tone::bad};
  const auto total = static_cast<std::ptrdiff_t>(cells.size());
  const auto leaked = count([](const auto* cell) { return cell->promise == Promise::leaked; });
  const auto gaps = count([](const auto* cell) { return cell->promise == Promise::known_gap; });
  const auto unproven = count([](const auto* cell) { return cell->promise == Promise::unproven; });
  const auto believed = count([](const auto* cell) { return cell->promise == Promise::believed; });
  if (leaked > 0) return {leaked == total ? 'X' : 'x', Tone::good};
  if (gaps > 0) return {'g', Tone::doubt};
  if (unproven > 0) return {unproven == total ? '?' : '-', Tone::doubt};
  if (believed > 0) return {'w', Tone::doubt};
  if (count([](const auto* cell) { return cell->verdict == Verdict::contained; }) > 0) return {'.', Tone::faint};
  return {};
}

using CellsByCase = std::map<std::string, std::vector<const SelftestCell*>>;

CellsByCase by_case(const SelftestBottle& bottle) {
  CellsByCase cells;
  for (const SelftestCell& cell : bottle.cells) cells[cell.case_id].push_back(&cell);
  return cells;
}

// "denied-host" of "denied-host.through-proxy"
std::string category_of(const std::string& case_id) { return case_id.substr(0, case_id.find('.')); }

// The categories above their columns, each as far as it has room; a bar where one begins.
void write_heads(Page& page, const std::vector<std::string>& cases) {
  std::string names(kName, ' ');
  for (std::size_t from = 0; from < cases.size();) {
    const std::string category = category_of(cases[from]);
    std::size_t to = from;
    while (to < cases.size() && category_of(cases[to]) == category) ++to;
    std::string head = "|" + category;
    head.resize(to - from + 1, ' ');
    names += head;
    from = to;
  }
  page.line({{names, Tone::faint}});
}

void write_row(Page& page, const SelftestBottle& bottle, const std::vector<std::string>& cases) {
  const bool good = bottle.kind == "sound" || bottle.caught();
  std::vector<Piece> line{{fmt::format("{:<{}.{}}", bottle.name, kName, kName - 1), good ? Tone::plain : Tone::bad}};
  if (!bottle.ran()) {
    line.push_back({bottle.unsupported.empty() ? "could not be run: " + bottle.problem
                                               : "not on this backend: " + bottle.unsupported,
                    Tone::doubt});
    page.line(line);
    return;
  }
  const CellsByCase cells = by_case(bottle);
  std::string category;
  for (const std::string& id : cases) {
    if (category_of(id) != category) line.push_back({"|", Tone::faint});
    category = category_of(id);
    const auto found = cells.find(id);
    const Sign sign = found == cells.end() ? Sign{} : sign_of(found->second);
    line.push_back({std::string(1, sign.letter), sign.tone});
  }
  page.line(line);
}

void write_columns(Page& page, const std::vector<std::string>& cases) {
  page.blank();
  std::string category, text;
  const auto flush = [&] {
    if (!text.empty()) page.entry(0, {category, Tone::faint}, kName, {text, Tone::faint});
    text.clear();
  };
  for (const std::string& id : cases) {
    if (category_of(id) != category) flush();
    category = category_of(id);
    text += (text.empty() ? "" : ", ") + id.substr(std::min(id.size(), category.size() + 1));
  }
  flush();
}

void write_mistakes(Page& page, const SelftestRecord& record, bool all) {
  std::size_t shown = 0, left = 0;
  for (const SelftestBottle& bottle : record.bottles) {
    for (const SelftestCell& cell : bottle.cells) {
      if (cell.grade == Grade::kept) continue;
      if (!all && shown == kShownMistakes) {
        ++left;
        continue;
      }
      if (shown++ == 0) page.blank();
      page.entry(0, {std::string(name_of(cell.grade)), Tone::bad}, 14,
                 {fmt::format("{}: {}[{}] promised {}, was {}: {}", bottle.name, cell.case_id, cell.variant,
                              name_of(cell.promise), name_of(cell.verdict), cell.reason)});
    }
  }
  if (left > 0) page.text(14, {fmt::format("and {} more (-o json=FILE, or -v)", left)});
}

// What a second run explained.
void write_asked_again(Page& page, const SelftestRecord& record) {
  bool first = true;
  for (const SelftestBottle& bottle : record.bottles) {
    for (const SelftestCell& cell : bottle.asked_again) {
      if (std::exchange(first, false)) page.blank();
      page.entry(0, {"asked again", Tone::doubt}, 14,
                 {fmt::format("{}: {}[{}] had no verdict the first time: {}", bottle.name, cell.case_id, cell.variant,
                              cell.reason)});
    }
  }
}

void write_figures(Page& page, const SelftestFigures& figures) {
  page.blank();
  const auto figure = [&](const char* name, const std::string& value, bool good, const char* meaning) {
    page.line({{fmt::format("{:<14}", name)},
               {fmt::format("{:>9}", value), good ? Tone::good : Tone::bad},
               {fmt::format("  {}", meaning), Tone::faint}});
  };
  figure("holes caught", fmt::format("{} of {}", figures.caught, figures.holes()), figures.caught == figures.holes(),
         "every case that a hole opens leaked; in a dead or hostile bottle nothing that needs it passed");
  figure("false passes", std::to_string(figures.false_passes), figures.false_passes == 0,
         "variants that were contained although the hole is open, or what they need is dead");
  figure("false alarms", std::to_string(figures.false_alarms), figures.false_alarms == 0,
         "variants that leaked although the hole does not open them");
  figure("unexplained", std::to_string(figures.unexplained), figures.unexplained == 0,
         "variants without a verdict although one was possible");
  if (figures.asked_again > 0)
    page.text(0, {fmt::format("{} bottle{} ran twice: a verdict was missing the first time (-v: which)",
                              figures.asked_again, figures.asked_again == 1 ? "" : "s"),
                  Tone::doubt});
  if (figures.not_run > 0) figure("not run", std::to_string(figures.not_run), false, "bottles that did not start");
  if (figures.known_gaps > 0)
    page.text(0, {fmt::format("{} variant{} in every bottle of this backend, as it says itself: g", figures.known_gaps,
                              figures.known_gaps == 1 ? " leaks" : "s leak"),
                  Tone::doubt});
  if (figures.believed > 0)
    page.text(0,
              {fmt::format("{} verdict{} on the word of an agent that lies, whom nobody can check on this backend: w",
                           figures.believed, figures.believed == 1 ? " rests" : "s rest"),
               Tone::doubt});
  if (figures.unsupported > 0)
    page.text(0, {fmt::format("{} holes cannot be made on this backend", figures.unsupported), Tone::doubt});
}

void write_sentence(Page& page, const SelftestRecord& record, const SelftestFigures& figures) {
  const std::string what =
      fmt::format("{} bottles on {}: {} open, {} dead, {} hostile and a sound one, in {}", record.bottles.size(),
                  record.backend, figures.open, figures.dead, figures.hostile, duration(record.wall_ns));
  if (record.interrupted) {
    page.line({{"INTERRUPTED", Tone::doubt}, {"  after " + what}});
  } else if (figures.sound()) {
    page.line({{"SOUND", Tone::good}, {"  every check bites.  " + what}});
  } else {
    page.line({{"UNSOUND", Tone::bad}, {"  not every check can be trusted.  " + what}});
  }
}

}  // namespace

void write_selftest(const SelftestRecord& record, std::ostream& out, const ConsoleStyle& style) {
  Page page(out, style);
  const SelftestFigures figures = figures_of(record);
  if (!style.quiet) {
    page.entry(0, {fmt::format("bottle-verify {}", record.tool_version), Tone::strong}, 4,
               {fmt::format(" self-test, backend {}, {} of the catalogue", record.backend, record.profile)});
    page.blank();
    write_heads(page, record.cases);
    for (const SelftestBottle& bottle : record.bottles) write_row(page, bottle, record.cases);
    page.text(0, {". contained   X leaked as it must (x: some variants)   ? not proven as it must be (-: some)   "
                  "P false pass   A false alarm   U unexplained",
                  Tone::faint});
    if (style.verbose) write_columns(page, record.cases);
    write_mistakes(page, record, style.verbose);
    if (style.verbose) write_asked_again(page, record);
    write_figures(page, figures);
    page.blank();
  }
  write_sentence(page, record, figures);
}

std::string selftest_text(const SelftestRecord& record) {
  std::ostringstream text;
  write_selftest(record, text, {});
  return text.str();
}

}  // namespace bottle
