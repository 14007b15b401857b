// Finds nonces and secrets in what the sinks hold, under every decoder; and reads the bundle's log. Pure: bytes in,
// sightings out.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/lab.h"
#include "harness/record.h"
#include "harness/secrets.h"

namespace bottle {

// One arrival (or several of one connection, put together) in which something of ours was found.
struct Found {
  const Arrival* arrival = nullptr;
  std::string decoder = {};  // of the best find: "raw" before everything else
  std::set<std::string> nonces = {};
  std::set<std::string> secrets = {};  // names of this arm's secrets, "TEST_SECRET_AWS"
  bool of_bare = false;                // the secrets are the bare arm's
  std::string excerpt = {};            // redacted, safe_text
};

// Decoders: raw, percent (up to three times), base64 and base64url at every alignment, base32, hex, reversed, gzip and
// zlib, labels joined; up to three deep. Arrivals of one source are also looked at put together.
class Searcher {
 public:
  Searcher(const std::vector<Secret>& guarded, const std::vector<Secret>& bare);
  std::vector<Found> search(const std::vector<Arrival>& arrivals) const;
  Found look(std::string_view bytes) const;  // without an arrival
  // Whether twelve characters in a row of a guarded secret's random part are in there: what a redactor left standing.
  bool holds_fragment(std::string_view bytes, const std::string& secret_name) const;

 private:
  struct Needle {
    std::string name, value, folded;
    bool bare = false;
  };
  std::vector<Found> look_at_each(const std::vector<std::string_view>& texts) const;
  void match(std::string_view text, const std::string& decoder, Found& found) const;
  std::vector<Secret> guarded_, bare_;
  std::vector<Needle> needles_;
};

// The rows of BOTTLE_DECISIONS by the nonces ("traces") that they carry; lines that make no sense are skipped.
std::map<std::string, std::vector<Decision>> read_decisions(std::string_view log);

}  // namespace bottle
