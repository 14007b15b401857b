// The evidence of one finding as lines for people: the five conditions, what sinks saw, what the client and the bundle
// said.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/record.h"

namespace bottle {

enum class Side { plain, good, bad };

struct EvidenceLine {
  Side side = Side::plain;
  std::string label = {};  // "met", "NOT MET", "sink", "client", "bundle", ...
  std::string text = {};   // one line, safe
};

std::vector<EvidenceLine> evidence_of(const Finding& finding);

std::string waiver_sentence(const Waived& waived);  // "by NAME until 2027-01-31: REASON"

// The same as plain text, every line behind its label, so that no line begins with another's words. At most `limit`
// bytes.
std::string evidence_text(const Finding& finding, std::size_t limit);

}  // namespace bottle
