// What a whole run comes to, in the words that every report uses.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/record.h"

namespace bottle {

struct Outcome {
  int code = 3;                    // the exit code that the findings mean
  std::string_view headline = {};  // "HELD", "WAIVED", "LEAKED", "NOT PROVEN"
  std::string sentence = {};       // why, without a full stop
  std::string_view meaning = {};   // of the exit code
};
Outcome outcome_of(const RunRecord& record);

// On whose word what is contained rests; empty when nothing is.
// "42 on what the harness saw, 102 also on the bundle's log, none on the agent side's word"
std::string strength_sentence(const RunRecord& record);

std::string title_of(const Finding& finding);    // "http-exfil.header[scheme=https]"
std::string_view words_for(Verdict verdict);     // "not applicable"
std::string duration(std::int64_t nanoseconds);  // "12 ms", "0.71 s", "95 s": for people
std::string seconds(std::int64_t nanoseconds);   // "0.012": for machines

// The case of a finding; null when the record does not describe it.
const CaseInfo* case_of(const RunRecord& record, const Finding& finding);

}  // namespace bottle
