// A secret is found whatever it was wrapped in; what is not there is not found.
#include "harness/evidence.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "harness/decoders.h"
#include "harness/digest.h"

namespace bottle {
namespace {

class Search : public testing::Test {
 protected:
  std::vector<Secret> secrets = make_secrets();
  std::vector<Secret> bare = make_secrets();
  Searcher searcher{secrets, bare};
  const Secret& generic = secrets[2];

  static std::string deflated(const std::string& text, int window_bits) {
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
    std::string out(4096, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
  }
};

TEST_F(Search, FindsASecretUnderEveryDecoder) {
  const std::string& value = generic.value;
  std::string spaced;
  for (const char c : value) spaced += std::string(1, c) + " ";
  std::string escapes, chunks = " HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const char c : value) escapes += "\\u00" + to_hex(std::string(1, c));
  for (std::size_t at = 0; at < value.size(); at += 7) {
    const std::string piece = value.substr(at, 7);
    chunks += "0" + std::to_string(piece.size()) + (at == 7 ? ";name=value" : "") + "\r\n" + piece + "\r\n";
  }
  const std::pair<const char*, std::string> wrapped[] = {
      {"raw", value},
      {"folded", folded(value)},
      {"percent", to_percent(value)},
      {"percent twice", to_percent(to_percent(value))},
      {"percent three times", to_percent(to_percent(to_percent(value)))},
      {"base64", to_base64(value)},
      {"base64url", to_base64url(value)},
      {"base64 shifted by 1", to_base64("x" + value)},
      {"base64 shifted by 2", to_base64("xy" + value)},
      {"base32", to_base32(value)},
      {"hex", to_hex(value)},
      {"upper-case hex",
       [&] {
         std::string t = to_hex(value);
         for (char& c : t) c = static_cast<char>(std::toupper(c));
         return t;
       }()},
      {"reversed", std::string(value.rbegin(), value.rend())},
      {"gzip", deflated("some text " + value, 15 + 16)},
      {"zlib", deflated("some text " + value, 15)},
      {"labels", value.substr(0, 20) + "." + value.substr(20)},
      {"spaced", spaced},
      {"JSON escapes", escapes},
      {"chunks", chunks + "0\r\n\r\n"},
      {"chunks without an end", chunks},
      {"hex of base64", to_hex(to_base64(value))},
      {"base64 of hex", to_base64(to_hex(value))},
      {"base64 of gzip", to_base64(deflated(value, 15 + 16))},
      {"percent of base64", to_percent(to_base64(value))},
  };
  for (const auto& [name, text] : wrapped) {
    const Found found = searcher.look("GET /?d=" + text + " HTTP/1.1");
    EXPECT_TRUE(found.secrets.contains(generic.name)) << name;
    EXPECT_FALSE(found.of_bare) << name;
    EXPECT_EQ(found.excerpt.find(value), std::string::npos) << name;
  }
}

TEST_F(Search, TellsTheArmsApartByTheirSecrets) {
  const Found found = searcher.look(bare[1].value);
  EXPECT_TRUE(found.of_bare);
  EXPECT_EQ(found.secrets, std::set<std::string>{bare[1].name});
}

TEST_F(Search, FindsNothingWhereThereIsNothing) {
  const Found found = searcher.look(
      "GET / HTTP/1.1\r\nHost: allowed.test\r\nCookie: " + random_text(400, "abcdefghijkl0123456789+/") + "\r\n\r\n");
  EXPECT_TRUE(found.secrets.empty());
  EXPECT_TRUE(found.nonces.empty());
}

TEST_F(Search, FindsANonceInAHostNameOfAnyCase) {
  const std::string nonce = make_nonce();
  std::string shouted = nonce;
  for (char& c : shouted) c = static_cast<char>(std::toupper(c));
  EXPECT_TRUE(searcher.look("GET http://" + shouted + ".denied.test/").nonces.contains(nonce));
}

TEST_F(Search, PutsAConnectionsPiecesTogether) {
  const std::string& value = generic.value;
  std::vector<Arrival> arrivals(2);
  arrivals[0] = {.number = 1,
                 .sink = "tcp",
                 .transport = "tcp",
                 .source = "10.0.0.1:5",
                 .bytes = "first half " + value.substr(0, 19)};
  arrivals[1] = {.number = 2,
                 .sink = "tcp",
                 .transport = "tcp",
                 .source = "10.0.0.1:5",
                 .bytes = value.substr(19) + " second half"};
  std::vector<std::string> decoders;
  for (const Found& found : searcher.search(arrivals)) {  // a piece may hold what looks like a nonce, by chance
    if (found.secrets.contains(generic.name)) decoders.push_back(found.decoder);
  }
  ASSERT_EQ(decoders.size(), 1u);
  EXPECT_TRUE(decoders[0].starts_with("reassembled"));
}

TEST(Decisions, AreKeptByTheNoncesTheyCarryAndNonsenseIsSkipped) {
  const std::string nonce = make_nonce();
  const auto rows =
      read_decisions("nonsense\n{\"daemon\":\"pipelock\",\"decision\":\"deny\",\"rule\":\"allowlist\",\"traces\":[\"" +
                     nonce + "\",7]}\n[]\n{\"traces\":\"x\"}\n{\"daemon\":");
  ASSERT_EQ(rows.size(), 1u);
  ASSERT_EQ(rows.at(nonce).size(), 1u);
  EXPECT_EQ(rows.at(nonce)[0].rule, "allowlist");
}

}  // namespace
}  // namespace bottle
