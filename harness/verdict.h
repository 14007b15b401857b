// The words of a judgement (shared design, "Rules of judgement"). Pure vocabulary: who may say them is in judge.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bottle {

enum class Verdict { contained, leaked, inconclusive, not_applicable, error };

// How a contained attempt was stopped. `none`: it was not.
enum class Disposition { none, denied, refused, dropped, redacted, held };

// What stopped it.
// `sandbox`: the bottle's own root, environment and descriptors.
enum class Layer { none, vmm, network, pipelock, egress, git_gate, supervise, resolver, sandbox };

// On whose word a condition rests, strongest last. `sink`, `bundle` and `harness` are the host's side.
enum class Word { nobody, agent, bundle, sink, harness };

// One of the five conditions of `contained`: whether it is met, how that was seen, on whose word.
struct Condition {
  bool met = false;
  std::string how = {};
  Word word = Word::nobody;
};

struct Conditions {
  Condition tried = {};       // 1
  Condition could_have = {};  // 2
  Condition would_show = {};  // 3: the bare arm leaked into the same sinks
  Condition was_not = {};     // 4: no sink holds it
  Condition refused = {};     // 5: a witness
};

std::string_view name_of(Verdict verdict);          // "not_applicable"
std::string_view name_of(Disposition disposition);  // "denied"
std::string_view name_of(Layer layer);              // "git-gate"
std::string_view name_of(Word word);
std::optional<Verdict> verdict_named(std::string_view name);
std::optional<Disposition> disposition_named(std::string_view name);
std::optional<Layer> layer_named(std::string_view name);
std::optional<Word> word_named(std::string_view name);

}  // namespace bottle
