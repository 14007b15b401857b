// Reads what a prober wrote: the agent side's words, hostile from the first byte. Nothing here decides a verdict; it
// only sorts what was said by attempt, and says what is missing.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "harness/attempt.h"
#include "harness/exec.h"
#include "harness/record.h"

namespace bottle {

struct Told {
  AttemptReport report = {};                                   // for the record: safe_text, secrets redacted
  std::vector<std::pair<std::string, std::string>> sent = {};  // segment, SHA-256
  std::string answer = {};                                     // raw: the reply's head, or what a client printed
  int dns_rcode = -1;
  std::int64_t start_ns = 0, end_ns = 0;  // the guest's clock: only differences mean anything
  bool tool_missing = false;
};

struct ProberReport {
  bool complete = false;     // both marks, this batch's nonce, each action once and nothing else
  std::string problem = {};  // why not
  int reported = 0;
  std::map<std::string, Told> by_nonce = {};
  std::map<std::string, std::string> secret_hashes = {};  // NAME -> SHA-256 of its value in that environment
};

ProberReport read_prober_report(const ExecResult& result, const std::string& batch,
                                const std::vector<const Attempt*>& attempts, const std::vector<Secret>& secrets);

}  // namespace bottle
