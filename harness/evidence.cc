#include "harness/evidence.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>

#include "harness/decoders.h"
#include "harness/safe_text.h"

namespace bottle {

namespace {

constexpr int kDepth = 3;

bool is_nonce_character(char c) { return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7'); }

// Every token that has a nonce's shape. Case is folded before: DNS and host names do not keep it.
void collect_nonces(std::string_view text, std::set<std::string>& nonces) {
  for (std::size_t at = text.find("bv"); at != std::string_view::npos; at = text.find("bv", at + 1)) {
    if (at + kNonceSize > text.size()) break;
    const std::string_view token = text.substr(at, kNonceSize);
    if (std::all_of(token.begin(), token.end(), is_nonce_character)) nonces.emplace(token);
  }
}

// Whether anything of ours can be in there at all: nonces, secrets and their encodings are long runs of printable
// characters; only compressed data is not. What random bytes decode to is dropped here, and with it most of the work.
bool worth_looking(std::string_view bytes) {
  constexpr int kShortest = 16;
  int run = 0;
  for (const char c : bytes) {
    run = c > ' ' && c < 0x7f ? run + 1 : 0;
    if (run >= kShortest) return true;
  }
  for (const std::string_view magic : {"\x1f\x8b", "\x78\x01", "\x78\x5e", "\x78\x9c", "\x78\xda"}) {
    if (bytes.find(magic) != std::string_view::npos) return true;  // gzip, zlib at its four levels
  }
  return false;
}

std::string excerpt_around(std::string_view text, std::size_t at, std::size_t size) {
  constexpr std::size_t kAround = 60;
  const std::size_t begin = at > kAround ? at - kAround : 0;
  return std::string(text.substr(begin, std::min(text.size(), at + size + kAround) - begin));
}

}  // namespace

Searcher::Searcher(const std::vector<Secret>& guarded, const std::vector<Secret>& bare)
    : guarded_(guarded), bare_(bare) {
  for (const Secret& secret : guarded) needles_.push_back({secret.name, secret.value, folded(secret.value), false});
  for (const Secret& secret : bare) needles_.push_back({secret.name, secret.value, folded(secret.value), true});
}

namespace {

// Shows `visit` the bytes and everything that they may mean.
using Visit = std::function<void(std::string_view text, const std::string& decoder)>;
void unfold(std::string_view bytes, const std::string& decoder, int depth, const Visit& visit) {
  visit(bytes, decoder);
  if (depth == 0) return;
  for (const Decoder& one : all_decoders()) {
    // A text read backwards is only read forwards again by reading it backwards twice.
    if (std::string_view(one.name) == "reversed" && depth != kDepth) continue;
    for (const std::string& text : one.decode(bytes)) {
      if (!worth_looking(text)) continue;
      unfold(text, decoder == "raw" ? one.name : decoder + "+" + one.name, depth - 1, visit);
    }
  }
}

}  // namespace

void Searcher::match(std::string_view bytes, const std::string& decoder, Found& found) const {
  const std::string lower = folded(bytes);
  const std::size_t before = found.nonces.size() + found.secrets.size();
  collect_nonces(lower, found.nonces);
  for (const Needle& needle : needles_) {
    const std::size_t at = lower.find(needle.folded);
    if (at == std::string::npos) continue;
    found.of_bare = needle.bare;
    if (!found.secrets.insert(needle.name).second) continue;
    found.decoder = decoder;
    found.excerpt = excerpt_around(bytes, at, needle.value.size());
  }
  if (found.decoder.empty() && found.nonces.size() + found.secrets.size() > before) {
    found.decoder = decoder;
    found.excerpt = std::string(bytes.substr(0, 160));
  }
}

bool Searcher::holds_fragment(std::string_view bytes, const std::string& secret_name) const {
  constexpr std::size_t kFragment = 12;
  const auto named = [&](const std::vector<Secret>& secrets) {
    return std::find_if(secrets.begin(), secrets.end(), [&](const Secret& s) { return s.name == secret_name; });
  };
  const auto guarded = named(guarded_), bare = named(bare_);
  if (guarded == guarded_.end() || bare == bare_.end()) return false;
  const std::string value = folded(guarded->value), other = folded(bare->value);
  // What both arms' values begin with is their shape, and no secret.
  const auto random = std::mismatch(value.begin(), value.end(), other.begin(), other.end()).first - value.begin();
  bool held = false;
  unfold(bytes, "raw", kDepth, [&](std::string_view text, const std::string&) {
    const std::string lower = folded(text);
    for (auto at = static_cast<std::size_t>(random); !held && at + kFragment <= value.size(); ++at)
      held = lower.find(std::string_view(value).substr(at, kFragment)) != std::string::npos;
  });
  return held;
}

Found Searcher::look(std::string_view bytes) const {
  Found found;
  unfold(bytes, "raw", kDepth, [&](std::string_view text, const std::string& how) { match(text, how, found); });
  std::vector<Secret> all = guarded_;
  all.insert(all.end(), bare_.begin(), bare_.end());
  found.excerpt = safe_line(without_returns(redact(found.excerpt, all)), 400);
  return found;
}

namespace {

// What one connection brought, piece by piece.
struct Connection {
  const Arrival* last = nullptr;
  int pieces = 0;
  std::string bytes;
  std::set<std::string> secrets;  // found in a single piece already
};

}  // namespace

// Looking is nearly all of what judging costs: on as many threads as there are processors, up to four.
std::vector<Found> Searcher::look_at_each(const std::vector<std::string_view>& texts) const {
  std::vector<Found> looked(texts.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < texts.size(); i = next++) {
      if (!texts[i].empty()) looked[i] = look(texts[i]);
    }
  };
  std::vector<std::future<void>> helpers;
  for (unsigned i = 1; i < std::min(4U, std::thread::hardware_concurrency()); ++i)
    helpers.push_back(std::async(std::launch::async, work));
  work();
  for (auto& helper : helpers) helper.get();
  return looked;
}

std::vector<Found> Searcher::search(const std::vector<Arrival>& arrivals) const {
  std::vector<std::string_view> texts;
  for (const Arrival& arrival : arrivals) texts.emplace_back(arrival.bytes);
  std::vector<Found> looked = look_at_each(texts);
  std::vector<Found> all;
  std::map<std::string, Connection> connections;  // by source
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    const Arrival& arrival = arrivals[i];
    if (arrival.bytes.empty()) continue;
    Found& found = looked[i];
    found.arrival = &arrival;
    if (arrival.sink == "dns") found.excerpt.resize(std::min(found.excerpt.size(), found.excerpt.find("\\n")));
    if (arrival.transport != "udp" && arrival.sink != "git") {
      Connection& connection = connections[arrival.source];
      connection.last = &arrival;
      ++connection.pieces;
      connection.secrets.insert(found.secrets.begin(), found.secrets.end());
      if (connection.bytes.size() < kDecodedLimit) connection.bytes += arrival.bytes;
    }
    if (!found.nonces.empty() || !found.secrets.empty()) all.push_back(std::move(found));
  }
  // Only what no piece holds by itself is news: else one request's secret would be held against its neighbours on a
  // connection that was kept alive.
  std::erase_if(connections, [](const auto& one) { return one.second.pieces < 2; });
  texts.clear();
  for (const auto& [source, connection] : connections) texts.emplace_back(connection.bytes);
  looked = look_at_each(texts);
  auto next = looked.begin();
  for (const auto& [source, connection] : connections) {
    Found& found = *next++;
    for (const std::string& known : connection.secrets) found.secrets.erase(known);
    if (found.secrets.empty()) continue;
    found.arrival = connection.last;
    found.decoder = "reassembled+" + found.decoder;
    all.push_back(std::move(found));
  }
  return all;
}

std::map<std::string, std::vector<Decision>> read_decisions(std::string_view log) {
  std::map<std::string, std::vector<Decision>> rows;
  while (!log.empty()) {
    const std::size_t end = std::min(log.find('\n'), log.size());
    const nlohmann::json line = nlohmann::json::parse(log.substr(0, end), nullptr, false);
    log.remove_prefix(std::min(end + 1, log.size()));
    if (!line.is_object() || !line.contains("traces") || !line["traces"].is_array()) continue;
    const auto text = [&](const char* key) {
      const auto found = line.find(key);
      return found != line.end() && found->is_string() ? safe_line(found->get<std::string>(), 120) : std::string();
    };
    const Decision row{
        .daemon = text("daemon"), .decision = text("decision"), .rule = text("rule"), .where = text("where")};
    std::set<std::string> once;
    for (const auto& trace : line["traces"]) {
      if (trace.is_string() && once.insert(trace.get<std::string>()).second)
        rows[trace.get<std::string>()].push_back(row);
    }
  }
  return rows;
}

}  // namespace bottle
