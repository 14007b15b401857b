#include "probes/http_reply.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace bottle::prober {
namespace {

constexpr std::size_t kEndless = std::size_t{1} << 40;  // beyond any cap

// The number that the text begins with; `otherwise` when there is none, or one that is too large.
std::size_t number_in(std::string_view text, int base, std::size_t otherwise) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return error == std::errc() ? number : otherwise;
}

std::string lower(std::string_view text) {
  std::string lowered(text);
  std::transform(lowered.begin(), lowered.end(), lowered.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lowered;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

int status_in(std::string_view line) {
  const std::size_t space = line.find(' ');
  if (!line.starts_with("HTTP/") || space == std::string_view::npos) return 0;
  const std::size_t status = number_in(line.substr(space + 1), 10, 0);
  return status >= 100 && status <= 999 ? static_cast<int>(status) : 0;
}

}  // namespace

void HttpReply::read_headers(std::string_view headers) {
  status_ = status_in(headers);
  bool measured = false;
  while (!headers.empty()) {
    const std::string_view line = headers.substr(0, headers.find('\n'));
    headers.remove_prefix(std::min(line.size() + 1, headers.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string name = lower(line.substr(0, colon)), value = lower(trimmed(line.substr(colon + 1)));
    if (name == "transfer-encoding" && value.ends_with("chunked")) chunked_ = true;
    if (name == "content-length") {
      measured = true;
      length_ = number_in(value, 10, kEndless);
    }
  }
  if (headers_only_ || status_ == 204 || status_ == 304) {
    chunked_ = false;
    measured = true;
    length_ = 0;
  }
  until_end_ = !chunked_ && !measured;
}

void HttpReply::look() {
  while (body_ == 0) {
    const std::size_t end = bytes_.find("\r\n\r\n", from_);
    if (end == std::string::npos) return;
    read_headers(std::string_view(bytes_).substr(from_, end - from_));
    if (status_ >= 100 && status_ < 200 && status_ != 101) {
      from_ = end + 4;
      status_ = 0;
    } else {
      body_ = chunk_ = end + 4;
    }
  }
  if (chunked_)
    look_for_last_chunk();
  else if (!until_end_)
    complete_ = bytes_.size() - body_ >= length_;
}

void HttpReply::look_for_last_chunk() {
  while (chunk_ < bytes_.size()) {
    const std::size_t line = bytes_.find("\r\n", chunk_);
    if (line == std::string::npos) return;
    // What is not a number, or beyond any cap, never ends: the reader's cap or deadline ends it.
    const std::size_t size =
        std::min(number_in(std::string_view(bytes_).substr(chunk_, line - chunk_), 16, kEndless), kEndless);
    if (size == 0) {
      complete_ = bytes_.find("\r\n\r\n", line) != std::string::npos;  // an empty line, after trailers if there are any
      return;
    }
    if (line + 2 + size + 2 > bytes_.size()) return;
    chunk_ = line + 2 + size + 2;
  }
}

}  // namespace bottle::prober
