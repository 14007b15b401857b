// The names of the words, one table each: what is written is what is read.
#include "harness/verdict.h"

#include <array>
#include <utility>

namespace bottle {
namespace {

template <class T>
using Named = std::pair<T, std::string_view>;

constexpr std::array kVerdicts = {
    Named<Verdict>{Verdict::contained, "contained"},
    Named<Verdict>{Verdict::leaked, "leaked"},
    Named<Verdict>{Verdict::inconclusive, "inconclusive"},
    Named<Verdict>{Verdict::not_applicable, "not_applicable"},
    Named<Verdict>{Verdict::error, "error"},
};
constexpr std::array kDispositions = {
    Named<Disposition>{Disposition::none, "none"},         Named<Disposition>{Disposition::denied, "denied"},
    Named<Disposition>{Disposition::refused, "refused"},   Named<Disposition>{Disposition::dropped, "dropped"},
    Named<Disposition>{Disposition::redacted, "redacted"}, Named<Disposition>{Disposition::held, "held"},
};
constexpr std::array kLayers = {
    Named<Layer>{Layer::none, "none"},           Named<Layer>{Layer::vmm, "vmm"},
    Named<Layer>{Layer::network, "network"},     Named<Layer>{Layer::pipelock, "pipelock"},
    Named<Layer>{Layer::egress, "egress"},       Named<Layer>{Layer::git_gate, "git-gate"},
    Named<Layer>{Layer::supervise, "supervise"}, Named<Layer>{Layer::resolver, "resolver"},
    Named<Layer>{Layer::sandbox, "sandbox"},
};
constexpr std::array kWords = {
    Named<Word>{Word::nobody, "nobody"}, Named<Word>{Word::agent, "agent"},     Named<Word>{Word::bundle, "bundle"},
    Named<Word>{Word::sink, "sink"},     Named<Word>{Word::harness, "harness"},
};

template <class Table, class T>
constexpr std::string_view name_in(const Table& table, T value) {
  for (const auto& [known, name] : table) {
    if (known == value) return name;
  }
  return "?";  // a value that is no enumerator: a bug, and no name reads back as it
}

template <class T, std::size_t N>
constexpr std::optional<T> value_in(const std::array<Named<T>, N>& table, std::string_view name) {
  for (const auto& [value, known] : table) {
    if (known == name) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(Verdict verdict) { return name_in(kVerdicts, verdict); }
std::string_view name_of(Disposition disposition) { return name_in(kDispositions, disposition); }
std::string_view name_of(Layer layer) { return name_in(kLayers, layer); }
std::string_view name_of(Word word) { return name_in(kWords, word); }

std::optional<Verdict> verdict_named(std::string_view name) { return value_in(kVerdicts, name); }
std::optional<Disposition> disposition_named(std::string_view name) { return value_in(kDispositions, name); }
std::optional<Layer> layer_named(std::string_view name) { return value_in(kLayers, name); }
std::optional<Word> word_named(std::string_view name) { return value_in(kWords, name); }

}  // namespace bottle
