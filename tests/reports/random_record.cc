#include "random_record.h"

#include <random>

namespace bottle {
namespace {

using std::string_literals::operator""s;

class Maker {
 public:
  explicit Maker(std::uint32_t seed) : random_(seed) {}

  RunRecord record() {
    RunRecord r;
    r.tool_version = text(), r.run_id = text(), r.started = text(), r.wall_ns = number();
    r.complete = chance(), r.interrupted = chance(), r.exit_code = below(200);
    r.backend = text(), r.bundle = text(), r.bundle_profile = text(), r.hole = text(), r.profile = text();
    r.backend_facts = map(), r.host = map(), r.secrets = map();
    for (int i = below(4); i > 0; --i) r.filters.push_back(text());
    for (int i = below(4); i > 0; --i) r.notes.push_back(text());
    for (int i = below(4); i > 0; --i) r.daemons.push_back({text(), text(), chance()});
    for (int i = below(4); i > 0; --i) r.phases.push_back({text(), number(), number()});
    for (int i = below(4); i > 0; --i)
      r.prober_runs.push_back({text(), text(), below(9), below(9), chance(), text(), chance(), number()});
    for (int i = below(5); i > 0; --i) {
      r.cases.push_back(
          {text(), text(), text(), chance() ? "high" : text(), below(2000), text(), text(), text(), {text(), text()}});
    }
    for (int i = below(7); i > 0; --i) r.findings.push_back(finding(r));
    return r;
  }

 private:
  int below(int limit) { return static_cast<int>(random_() % static_cast<std::uint32_t>(limit)); }
  bool chance() { return below(2) == 0; }
  std::int64_t number() {
    return static_cast<std::int64_t>((std::uint64_t{random_()} << 32 | random_()) >> below(40)) * (chance() ? 1 : -1);
  }

  std::string text() {
    static const std::string kPieces[] = {"\x1b[31m",
                                          "\0"s,
                                          "\xFF",
                                          "\xC0\xAF",
                                          "\xED\xA0\x80",
                                          "]]>",
                                          "<script>",
                                          "&#0;",
                                          "::error::",
                                          "##[error]",
                                          "\u202E",
                                          "\xC2\x9B",
                                          "\uFFFE",
                                          "\r\n",
                                          "\n::warning::",
                                          "\"",
                                          "'",
                                          "\\",
                                          "[[ATTACHMENT|x]]",
                                          "](http://x)",
                                          "{0}",
                                          " ",
                                          "word",
                                          "\u4f60",
                                          "\U000E0041",
                                          "\x7f",
                                          "\t",
                                          "%s",
                                          "../",
                                          "a.b-c"};
    if (below(8) == 0) return "";
    std::string made;
    for (int i = below(8); i >= 0; --i) made += kPieces[below(static_cast<int>(std::size(kPieces)))];
    if (below(500) == 0) made.append(static_cast<std::size_t>(below(100'000)), 'x');
    return made;
  }

  std::map<std::string, std::string> map() {
    std::map<std::string, std::string> made;
    for (int i = below(3); i > 0; --i) made[text()] = text();
    return made;
  }
  Condition condition() { return {chance(), text(), static_cast<Word>(below(5))}; }
  std::optional<AttemptReport> attempt() {
    if (chance()) return std::nullopt;
    return AttemptReport{text(), text(), text(), text(), number(), text(), text(), number()};
  }
  std::vector<Sighting> sightings() {
    std::vector<Sighting> made;
    for (int i = below(8); i > 0; --i) made.push_back({text(), text(), text(), text(), text(), text(), number()});
    return made;
  }

  Finding finding(const RunRecord& record) {
    Finding f;
    const bool known = !record.cases.empty() && chance();
    f.case_id = known ? record.cases[0].id : text();
    f.category = known ? record.cases[0].category : text();
    f.variant = text(), f.backend = text(), f.reason = text(), f.control = text();
    f.verdict = static_cast<Verdict>(below(5)), f.disposition = static_cast<Disposition>(below(6)),
    f.layer = static_cast<Layer>(below(9));
    f.strength = static_cast<Strength>(below(4));
    f.conditions = {condition(), condition(), condition(), condition(), condition()};
    if (f.verdict == Verdict::contained) {
      for (Condition* c : {&f.conditions.tried, &f.conditions.could_have, &f.conditions.would_show,
                           &f.conditions.was_not, &f.conditions.refused}) {
        c->met = true;
      }
    }
    f.guarded = attempt(), f.bare = attempt();
    f.sightings = sightings(), f.bare_sightings = sightings();
    for (int i = below(8); i > 0; --i) f.decisions.push_back({text(), text(), text(), text()});
    return f;
  }

  std::mt19937 random_;
};

}  // namespace

RunRecord random_record(std::uint32_t seed) { return Maker(seed).record(); }

}  // namespace bottle
