// The client's side of TLS over a non-blocking socket, with OpenSSL.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>

#include "probes/wait.h"

namespace bottle::prober {

class Fields;

struct TlsWish {
  std::string sni = {};  // empty: none is sent
  bool verify = true;
  std::string ca = {};           // a PEM file; empty: what OpenSSL trusts by default (SSL_CERT_FILE)
  std::string verify_name = {};  // the name or IP literal that the certificate must have; empty: none is looked at
};

TlsWish read_tls_wish(Fields& fields, bool verify_by_default);

class Tls {
 public:
  Trouble handshake(int socket, const TlsWish& wish, Deadline deadline);
  Trouble send(std::string_view bytes, Deadline deadline);
  Trouble read(std::string& onto, std::size_t most, Deadline deadline);

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  // After a call that returned `result`: waits when it only has to be called again, else says what is wrong.
  Trouble after(int result, Deadline deadline);

  std::unique_ptr<SSL, Free> ssl_;
  int socket_ = -1;
};

}  // namespace bottle::prober
