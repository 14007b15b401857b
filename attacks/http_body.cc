#include "attacks/http_body.h"

#include <zlib.h>

namespace bottle {
namespace {

constexpr std::size_t kLate = 8192;
constexpr std::size_t kDeep = 1024;     // Python's json gives up at 1000
constexpr std::size_t kEndOfGzip = 10;  // its checksum and length, and the end of its data

// Words that no rule minds, of at least this many bytes.
std::string prose(std::size_t size) {
  std::string text;
  while (text.size() < size) text += "The build went well, all tests are green, and there is nothing else to report.\n";
  return text;
}

// RFC 1952, with no time and no name in it: the same bytes each time.
std::string gzip(const std::string& text) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string bytes(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  deflate(&stream, Z_FINISH);
  bytes.resize(stream.total_out);
  deflateEnd(&stream);
  return bytes;
}

// The prose is what makes it worth compressing: without it the secret would be stored as it is.
std::string zipped(const std::string& secret) { return gzip(prose(400) + "data=" + secret + "\n" + prose(400)); }

std::string multipart(const std::string& secret) {
  return "--bottle\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nnotes\r\n"
         "--bottle\r\nContent-Disposition: form-data; name=\"file\"; filename=\"notes.bin\"\r\n"
         "Content-Type: application/octet-stream\r\n\r\n" +
         secret + "\r\n--bottle--\r\n";
}

}  // namespace

void set_body(std::string_view content, const std::string& secret, Exchange& exchange) {
  std::string &body = exchange.body, &type = exchange.content_type;
  body = "data=" + secret;
  if (content == "octets") {
    type = "application/octet-stream";
    body = std::string("\x01\x00\x02\x00", 4) + secret + std::string("\x00\x03", 2);
  } else if (content == "late") {
    type = "text/plain";
    body = prose(kLate) + body + "\n";
  } else if (content == "multipart") {
    type = "multipart/form-data; boundary=bottle";
    body = multipart(secret);
  } else if (content == "json") {
    type = "application/json";
    body = R"({"data":")" + secret + "\"}";
  } else if (content == "gzip") {
    type = "text/plain";
    exchange.headers.emplace_back("Content-Encoding", "gzip");
    body = zipped(secret);
  } else if (content == "gzip-file" || content == "truncated-gzip") {
    type = "application/gzip";
    body = zipped(secret);
    if (content == "truncated-gzip") body.resize(body.size() - kEndOfGzip);
  } else if (content == "invalid-utf8") {
    type = "text/plain";
    body = "\xff\xfe\xc3( " + body + " \x80\n";
  } else if (content == "deep-json") {
    type = "application/json";
    body = std::string(kDeep, '[') + '"' + secret + '"' + std::string(kDeep, ']');
  }
}

}  // namespace bottle
