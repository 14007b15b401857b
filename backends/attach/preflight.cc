#include "backends/attach/preflight.h"

#include "backends/attach/presence.h"
#include "harness/digest.h"

namespace bottle::attach {
namespace {

using State = Check::State;

// $1: a mark for its own words, $2: a name that nobody has.
std::string look() {
  return std::string("name=$2 dir=\n") + kFindPlace + R"sh(
[ -z "$dir" ] || rm -rf "$dir"
printf '\n%s %s\n' "$1" "${dir:+$base}"
)sh";
}

std::string ending_of(const Result<ExecResult>& result) {
  if (!result) return result.error().what;
  const std::string said = last_words(result->err);
  return describe(result->ending) + (said.empty() ? "" : ": " + said);
}

// Whether it is the way in that does not work, or the shell.
Check explain(const WayIn& way, const Result<ExecResult>& looked) {
  const std::string what = way.text() + " sh: " + ending_of(looked);
  const Check no_way{"way in", State::missing, what, "name a command that runs another in the bottle"};
  if (!looked || std::holds_alternative<TimedOut>(looked->ending)) return no_way;
  const auto entered = way.run({"true"});
  if (!entered || !succeeded(*entered)) return no_way;
  return {"shell", State::missing, what, "a bottle without sh cannot be attached to"};
}

}  // namespace

std::vector<Check> preflight(const Install& install, const WayIn& way) {
  std::vector<Check> checks;
  for (const char* helper : {"bottle-hand", "bottle-lab", "bottle-prober"}) {
    if (const auto found = install.helper(helper); !found)
      checks.push_back({helper, State::missing, found.error().what, "build it, or install it beside bottle-verify"});
  }
  if (way.words.empty()) {
    checks.push_back({"bottle", State::missing, "none was named", "bottle-verify attach --exec 'docker exec -i NAME'"});
    return checks;
  }
  const std::string mark = random_text(24, "abcdefghijklmnopqrstuvwxyz234567");
  const auto looked = way.run({"sh", "-c", look(), "sh", mark, "bottle-verify-" + mark});
  const auto said = looked ? looked->out.find("\n" + mark + " ") : std::string::npos;
  if (said == std::string::npos) {
    checks.push_back(explain(way, looked));
    return checks;
  }
  const auto begin = said + mark.size() + 2;
  const std::string place = last_words(looked->out.substr(begin, looked->out.find('\n', begin) - begin));
  checks.push_back({"way in", State::ok, way.text(), ""});
  if (place.empty())
    checks.push_back({"place", State::missing, "nowhere in the bottle can a file be written and executed",
                      "mount a tmpfs without noexec at /tmp, or set TMPDIR there"});
  else
    checks.push_back({"place", State::ok, place, ""});
  return checks;
}

}  // namespace bottle::attach
