#include "attacks/git_objects.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <zlib.h>

#include <algorithm>
#include <stdexcept>

#include "harness/digest.h"

namespace bottle {
namespace {

constexpr std::string_view kWhen = " 1700000000 +0000";
constexpr int kZlib = 15, kGzip = 15 + 16;  // window bits, as zlib wants them

std::string sha1(std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha1(), nullptr) != 1)
    throw std::runtime_error("OpenSSL has no SHA-1");
  return {reinterpret_cast<const char*>(digest), size};
}

std::string deflated(std::string_view bytes, int window_bits) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
  std::string result(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  deflate(&stream, Z_FINISH);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

// Git sorts a folder as if its name ended with a slash.
std::string sort_key(const TreeEntry& entry) { return entry.name + (entry.mode == "40000" ? "/" : ""); }

int number_in_pack(std::string_view kind) { return kind == "commit" ? 1 : kind == "tree" ? 2 : kind == "blob" ? 3 : 4; }

// Kind and size before each object: four bits of the size, then seven a byte, the lowest first.
std::string pack_header(const GitObject& object) {
  std::size_t rest = object.content.size();
  unsigned byte = static_cast<unsigned>(number_in_pack(object.kind)) << 4 | (rest & 0x0f);
  std::string header;
  for (rest >>= 4; rest > 0; rest >>= 7) {
    header += static_cast<char>(byte | 0x80);
    byte = rest & 0x7f;
  }
  return header + static_cast<char>(byte);
}

std::string big_endian(std::size_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xff);
  return bytes;
}

}  // namespace

std::string GitObjects::add(std::string kind, std::string content) {
  const std::string named = fmt::format("{} {}", kind, content.size()) + '\0' + content;
  GitObject object{.kind = std::move(kind), .content = std::move(content), .id = to_hex(sha1(named))};
  const bool known = std::any_of(all_.begin(), all_.end(), [&](const GitObject& one) { return one.id == object.id; });
  if (!known) all_.push_back(object);
  return object.id;
}

std::string GitObjects::blob(std::string content) { return add("blob", std::move(content)); }

std::string GitObjects::tree(std::vector<TreeEntry> entries) {
  std::sort(entries.begin(), entries.end(),
            [](const TreeEntry& a, const TreeEntry& b) { return sort_key(a) < sort_key(b); });
  std::string content;
  for (const TreeEntry& entry : entries)
    content += entry.mode + " " + entry.name + '\0' + from_hex(entry.id).value_or("");
  return add("tree", std::move(content));
}

std::string GitObjects::commit(const CommitText& text) {
  std::string content = "tree " + text.tree + "\n";
  for (const std::string& parent : text.parents) content += "parent " + parent + "\n";
  content += fmt::format("author {}{}\ncommitter agent <agent@bottle.test>{}\n\n", text.author, kWhen, kWhen);
  return add("commit", content + text.message);
}

std::string GitObjects::tag(const std::string& name, const std::string& commit, const std::string& message) {
  return add("tag", fmt::format("object {}\ntype commit\ntag {}\ntagger agent <agent@bottle.test>{}\n\n{}", commit,
                                name, kWhen, message));
}

std::string GitObjects::pack() const {
  std::string bytes = "PACK" + big_endian(2) + big_endian(all_.size());
  for (const GitObject& object : all_) bytes += pack_header(object) + deflated(object.content, kZlib);
  return bytes + sha1(bytes);
}

std::string gzipped(std::string_view bytes) { return deflated(bytes, kGzip); }

std::string pkt_line(std::string_view text) { return fmt::format("{:04x}", text.size() + 4) + std::string(text); }

}  // namespace bottle
