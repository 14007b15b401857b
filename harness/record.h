// The run as data. Every report is a pure function of this; `bottle-verify report` renders one again from its JSON.
// What came from the agent side is already safe_text here, and no secret's value is in it: only names and short hashes.
// JSON: reports/schemas/record.schema.json (record/v1). Times are nanoseconds; instants are of the monotonic clock,
// but for `started`, which is UTC, "2026-11-21T03:24:00Z".
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/result.h"
#include "harness/strength.h"
#include "harness/verdict.h"

namespace bottle {

inline constexpr std::string_view kRecordSchema = "bottle-verify/record/v1";

// A backend's fact: what of launch and teardown no command of somebody else's was under way. Beside the phases.
inline constexpr char kBeyondCommands[] = "lifecycle beyond commands";

// One step of the run, in order of its start; phases of one place may overlap those of another.
struct Phase {
  std::string name = {};  // "lab", "namespaces", "bundle", "control-before", "guarded", "bare", "settle", "judge" ...
  std::int64_t start_ns = 0;  // since the run began
  std::int64_t took_ns = 0;
};

// One exec of the prober.
struct ProberRun {
  std::string arm = {};    // "control-before", "guarded", "shadow", "control-after", "bare"
  std::string place = {};  // "agent", "agent-network", "agent-walls", "outside", "bundle", "host"
  int actions = 0;
  int reported = 0;
  bool complete = false;  // start and end marks, counts and nonces as they must be
  std::string ending = {};
  bool truncated = false;
  std::int64_t wall_ns = 0;
};

// What a prober (or a real client) said of one attempt: the agent side's word.
struct AttemptReport {
  std::string nonce = {};
  std::string stage = {};  // how far it came: "resolve", "connect", "proxy", "tls", "send", "reply", "done"
  std::string error = {};  // errno by name, "TLS", "exit 7" ...; empty when there was none
  std::string detail = {};
  std::int64_t sent_bytes = 0;
  std::string sent_sha256 = {};
  std::string reply = {};  // its head, safe_text
  std::int64_t took_ns = 0;
};

// Something of an attempt that a sink holds: the host's word.
struct Sighting {
  std::string sink = {};         // "http", "tls", "tcp", "udp", "dns", "git", "echo", "canary:host-loopback" ...
  std::string source = {};       // address:port
  std::string destination = {};  // address:port, or a name where the protocol carries one
  std::string what = {};         // "nonce", "secret TEST_SECRET_AWS"
  std::string decoder = {};      // how it was found: "raw", "base64", "percent+hex" ...
  std::string excerpt = {};      // around the find, the secret redacted, safe_text
  std::int64_t at_ns = 0;
};

// A row of the bundle's own log about an attempt: the bundle's word.
struct Decision {
  std::string daemon = {};
  std::string decision = {};  // "allow", "deny", "redact", "hold", "error"
  std::string rule = {};
  std::string where = {};
};

// A leak that somebody answers for until that day (waiver.h).
struct Waived {
  std::string owner = {}, reason = {}, expires = {};
};

struct Finding {
  std::string case_id = {};  // JSON: "case"
  std::string category = {};
  std::string variant = {};  // "scheme=https,position=header,secret=aws,client=curl"; unique within the case
  std::string backend = {};
  Verdict verdict = Verdict::error;
  Disposition disposition = Disposition::none;
  Layer layer = Layer::none;
  std::string reason = {};  // one sentence for people
  Conditions conditions = {};
  Strength strength = Strength::none;  // on whose word a verdict rests; none: it is no proof
  std::optional<AttemptReport> guarded = {};
  std::optional<AttemptReport> bare = {};
  std::vector<Sighting> sightings = {};       // of the guarded attempt: what leaked
  std::vector<Sighting> bare_sightings = {};  // of the bare one: that it would have been seen
  std::vector<Decision> decisions = {};       // the bundle's rows about the guarded attempt
  std::string control = {};                   // the channel of the control that it rests on, "https proxy, curl"
  std::optional<Waived> waived = {};          // only of a leak
};

struct CaseInfo {
  std::string id = {};
  std::string category = {};
  std::string title = {};
  std::string severity = {};  // "critical", "high", "medium", "low"
  int cwe = 0;                // 0: none
  std::string attack = {};    // MITRE ATT&CK id
  std::string why = {};       // what an attacker gains
  std::string fix = {};       // what to do when it leaks
  std::vector<std::string> references = {};
};

struct DaemonState {
  std::string name = {};
  std::string address = {};  // where it must listen, address:port; empty: this bundle has none
  bool listening = false;
};

struct Totals {
  int contained = 0, leaked = 0, inconclusive = 0, not_applicable = 0, error = 0;
};

struct RunRecord {
  std::string tool_version = {};
  std::string run_id = {};
  std::string started = {};
  std::int64_t wall_ns = 0;
  bool complete = false;  // false: written after an arm, or the run was cut short
  bool interrupted = false;
  int exit_code = 70;
  std::string backend = {};
  std::map<std::string, std::string> backend_facts = {};  // version, kernel features, "rootfs", weaker controls ...
  std::map<std::string, std::string> host = {};           // "kernel", "cpu", "cpus", "os"
  std::string bundle = {};                                // "reference", "command"
  std::string bundle_profile = {};
  std::vector<DaemonState> daemons = {};
  std::string hole = {};     // empty: the bottle as it should be
  std::string profile = {};  // "standard", "full"
  std::vector<std::string> filters = {};
  std::map<std::string, std::string> secrets = {};  // name -> first 12 hex digits of its SHA-256
  std::vector<Phase> phases = {};
  std::vector<ProberRun> prober_runs = {};
  std::vector<CaseInfo> cases = {};
  std::vector<Finding> findings = {};
  std::vector<std::string> notes = {};  // what a reader must know: limits met, sightings that belong to no attempt
};

Totals totals_of(const RunRecord& record);
// The worst of a category's or case's verdicts: leaked, error, inconclusive, contained, not_applicable.
Verdict worst(Verdict a, Verdict b);

// 0, 1 or 3 from the findings alone (4 when there is none); shared design, "Command line".
int waived_leaks(const RunRecord& record);  // of those that Totals counts
int exit_code_of(const RunRecord& record);

nlohmann::ordered_json to_json(const RunRecord& record);
// Errors: not JSON, another schema, a field of the wrong kind (named).
Result<RunRecord> record_from_json(const std::string& text);

}  // namespace bottle
