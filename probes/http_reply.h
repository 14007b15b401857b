// Knows where one HTTP/1 reply ends. It understands just enough for that: status, Content-Length, chunks.
#pragma once

#include <string>
#include <string_view>

namespace bottle::prober {

class HttpReply {
 public:
  // `headers_only`: a reply to HEAD has no body, whatever its headers say.
  explicit HttpReply(bool headers_only) : headers_only_(headers_only) {}

  std::string& bytes() { return bytes_; }  // add to it, then look()
  void look();

  int status() const { return status_; }           // 0: not known, or not HTTP
  bool has_headers() const { return body_ != 0; }  // of the final reply: 100 Continue is passed over
  bool complete() const { return complete_; }
  bool ends_with_connection() const { return has_headers() && until_end_; }

 private:
  void read_headers(std::string_view headers);
  void look_for_last_chunk();

  bool headers_only_;
  std::string bytes_ = {};
  std::size_t from_ = 0;   // where the reply's headers begin
  std::size_t body_ = 0;   // where its body begins; 0: not known yet
  std::size_t chunk_ = 0;  // where the next chunk begins
  std::size_t length_ = 0;
  int status_ = 0;
  bool chunked_ = false, until_end_ = false, complete_ = false;
};

}  // namespace bottle::prober
