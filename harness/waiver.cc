#include "harness/waiver.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "harness/plan.h"
#include "harness/toml_file.h"

namespace bottle {
namespace {

constexpr std::size_t kDay = 10;  // of "2027-01-31"

bool is_day(const std::string& text) {
  std::string shape;
  for (const char c : text) shape += c >= '0' && c <= '9' ? '0' : c;
  if (shape != "0000-00-00") return false;
  const std::chrono::year_month_day day{std::chrono::year{std::stoi(text)},
                                        std::chrono::month{static_cast<unsigned>(std::stoi(text.substr(5)))},
                                        std::chrono::day{static_cast<unsigned>(std::stoi(text.substr(8)))}};
  return day.ok();
}

bool covers(const Waiver& waiver, const Finding& finding) {
  const bool here = waiver.backend.empty() || waiver.backend == finding.backend;
  return here && matches_pattern(waiver.pattern, finding.case_id, finding.variant);
}

std::string name_of(const Waiver& waiver) { return fmt::format("{}'s waiver for {}", waiver.owner, waiver.pattern); }

}  // namespace

std::vector<Waiver> read_waivers(const TomlTable& root) {
  std::vector<Waiver> waivers;
  for (const TomlTable& table : root.tables("waiver")) {
    Waiver waiver{.pattern = table.required_text("case"),
                  .backend = table.text("backend"),
                  .owner = table.required_text("owner"),
                  .reason = table.required_text("reason"),
                  .expires = table.required_text("expires")};
    if (!waiver.expires.empty() && !is_day(waiver.expires))
      table.wrong("expires",
                  fmt::format("\"{}\" is no day: write YYYY-MM-DD, the last one on which it holds", waiver.expires));
    waivers.push_back(std::move(waiver));
  }
  return waivers;
}

// Days in this form are in order as text.
void apply_waivers(const std::vector<Waiver>& waivers, RunRecord& record) {
  const std::string today = record.started.substr(0, kDay);
  for (const Waiver& waiver : waivers) {
    const bool expired = waiver.expires < today;
    int covered = 0;
    for (Finding& finding : record.findings) {
      if (finding.verdict != Verdict::leaked || !covers(waiver, finding)) continue;
      ++covered;
      if (!expired && !finding.waived) finding.waived = Waived{waiver.owner, waiver.reason, waiver.expires};
    }
    if (covered > 0 && expired)
      record.notes.push_back(
          fmt::format("{} ended on {}; what leaked there counts again", name_of(waiver), waiver.expires));
    if (covered == 0 && (waiver.backend.empty() || waiver.backend == record.backend))
      record.notes.push_back(name_of(waiver) + " covers no leak of this run; it may no longer be needed");
  }
}

}  // namespace bottle
