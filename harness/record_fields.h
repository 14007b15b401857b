// The record's JSON, field by field: each structure is described once, and the writer and the reader of record_json.cc
// both walk that description, so what is written can be read and nothing else can.
#pragma once

#include <string>

#include "harness/record.h"

namespace bottle::record_fields {

// `Visitor::Of<T>` is T for the reader and const T for the writer.
template <class V>
void describe(V& v, typename V::template Of<Condition>& c) {
  v.field("met", c.met), v.field("how", c.how), v.field("word", c.word);
}

template <class V>
void describe(V& v, typename V::template Of<Conditions>& c) {
  v.field("tried", c.tried), v.field("could_have", c.could_have), v.field("would_show", c.would_show);
  v.field("was_not", c.was_not), v.field("refused", c.refused);
}

template <class V>
void describe(V& v, typename V::template Of<AttemptReport>& a) {
  v.field("nonce", a.nonce), v.field("stage", a.stage), v.field("error", a.error), v.field("detail", a.detail);
  v.field("sent_bytes", a.sent_bytes), v.field("sent_sha256", a.sent_sha256);
  v.field("reply", a.reply), v.field("took_ns", a.took_ns);
}

template <class V>
void describe(V& v, typename V::template Of<Sighting>& s) {
  v.field("sink", s.sink), v.field("source", s.source), v.field("destination", s.destination);
  v.field("what", s.what), v.field("decoder", s.decoder), v.field("excerpt", s.excerpt), v.field("at_ns", s.at_ns);
}

template <class V>
void describe(V& v, typename V::template Of<Decision>& d) {
  v.field("daemon", d.daemon), v.field("decision", d.decision), v.field("rule", d.rule), v.field("where", d.where);
}

template <class V>
void describe(V& v, typename V::template Of<Waived>& w) {
  v.field("owner", w.owner), v.field("reason", w.reason), v.field("expires", w.expires);
}

template <class V>
void describe(V& v, typename V::template Of<Finding>& f) {
  v.field("case", f.case_id), v.field("category", f.category), v.field("variant", f.variant);
  v.field("backend", f.backend), v.field("verdict", f.verdict), v.field("disposition", f.disposition);
  v.field("layer", f.layer), v.field("reason", f.reason), v.field("conditions", f.conditions);
  v.field("strength", f.strength);
  v.field("control", f.control), v.field("waived", f.waived);
  v.group("attempts", [&](auto& in) { in.field("guarded", f.guarded), in.field("bare", f.bare); });
  v.field("sightings", f.sightings), v.field("bare_sightings", f.bare_sightings), v.field("decisions", f.decisions);
}

template <class V>
void describe(V& v, typename V::template Of<CaseInfo>& c) {
  v.field("id", c.id), v.field("category", c.category), v.field("title", c.title), v.field("severity", c.severity);
  v.field("cwe", c.cwe), v.field("attack", c.attack), v.field("why", c.why), v.field("fix", c.fix);
  v.field("references", c.references);
}

template <class V>
void describe(V& v, typename V::template Of<DaemonState>& d) {
  v.field("name", d.name), v.field("address", d.address), v.field("listening", d.listening);
}

template <class V>
void describe(V& v, typename V::template Of<Phase>& p) {
  v.field("name", p.name), v.field("start_ns", p.start_ns), v.field("took_ns", p.took_ns);
}

template <class V>
void describe(V& v, typename V::template Of<ProberRun>& p) {
  v.field("arm", p.arm), v.field("place", p.place), v.field("actions", p.actions), v.field("reported", p.reported);
  v.field("complete", p.complete), v.field("ending", p.ending), v.field("truncated", p.truncated);
  v.field("wall_ns", p.wall_ns);
}

template <class V>
void describe(V& v, typename V::template Of<Totals>& t) {
  v.field("contained", t.contained), v.field("leaked", t.leaked), v.field("inconclusive", t.inconclusive);
  v.field("not_applicable", t.not_applicable), v.field("error", t.error);
}

// What the JSON holds and the record does not.
struct Header {
  std::string schema = std::string(kRecordSchema);
  std::string tool = "bottle-verify";
  Totals totals = {};
};

template <class V>
void describe(V& v, typename V::template Of<RunRecord>& r, Header& header) {
  v.field("schema", header.schema);
  v.group("tool", [&](auto& in) { in.field("name", header.tool), in.field("version", r.tool_version); });
  v.group("run", [&](auto& in) {
    in.field("id", r.run_id), in.field("started", r.started), in.field("wall_ns", r.wall_ns);
    in.field("complete", r.complete), in.field("interrupted", r.interrupted), in.field("exit_code", r.exit_code);
  });
  v.field("host", r.host);
  v.group("backend", [&](auto& in) { in.field("name", r.backend), in.field("facts", r.backend_facts); });
  v.group("bundle", [&](auto& in) {
    in.field("kind", r.bundle), in.field("profile", r.bundle_profile), in.field("daemons", r.daemons);
  });
  v.field("hole", r.hole);
  v.group("selection", [&](auto& in) { in.field("profile", r.profile), in.field("filters", r.filters); });
  v.field("secrets", r.secrets), v.field("totals", header.totals), v.field("phases", r.phases);
  v.field("prober_runs", r.prober_runs), v.field("cases", r.cases), v.field("findings", r.findings);
  v.field("notes", r.notes);
}

}  // namespace bottle::record_fields
