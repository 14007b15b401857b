#include "probes/actions.h"

#include <new>

#include "probes/fields.h"

namespace bottle::prober {
namespace {

struct Entry {
  std::string_view name;
  Trouble (*attempt)(Attempt&);
};

constexpr Entry kActions[] = {
    {"tcp", try_tcp},
    {"udp", try_udp},
    {"icmp", try_icmp},
    {"dns", try_dns},
    {"http", try_http},
    {"unix", try_unix},
    {"file", try_file},
    {"client", try_client},
    {"environment", try_environment},
    {"descriptors", try_descriptors},
};

}  // namespace

Trouble try_action(Attempt& attempt, Deadline batch_deadline) {
  const Action& action = attempt.action();
  if (batch_deadline.passed()) return {batch_deadline.name, "never begun"};
  Fields fields(action.fields);
  const auto timeout = fields.milliseconds("timeout_ms", 1500);
  attempt.begin(within(timeout, "TIMEOUT", batch_deadline));
  if (action.nonce.empty()) fields.complain("nonce: missing, or not a text");
  if (Trouble trouble = fields.trouble()) return trouble;
  for (const Entry& entry : kActions) {
    if (entry.name != action.kind) continue;
    try {
      return entry.attempt(attempt);
    } catch (const std::bad_alloc&) {
      return {"ENOMEM", "the prober's own"};
    }
  }
  return {"BADACTION", "action: no such one"};
}

}  // namespace bottle::prober
