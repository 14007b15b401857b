#include "probes/tls.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <mutex>
#include <utility>

#include "probes/fields.h"

namespace bottle::prober {
namespace {

// OpenSSL's reason for what just failed; `ssl` is null when there is no connection yet.
Trouble tls_trouble(const SSL* ssl) {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = ERR_reason_error_string(code);
  std::string detail = reason == nullptr ? "unknown" : reason;
  if (ERR_GET_REASON(code) == SSL_R_CERTIFICATE_VERIFY_FAILED && ssl != nullptr) {
    detail += std::string(": ") + X509_verify_cert_error_string(SSL_get_verify_result(ssl));
  }
  ERR_clear_error();
  return {"TLS", detail};
}

using Context = std::shared_ptr<SSL_CTX>;

Trouble make_context(const TlsWish& wish, Context& made) {
  made.reset(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  if (!made) return tls_trouble(nullptr);
  // An origin that closes without close_notify has still ended its reply.
  SSL_CTX_set_options(made.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_session_cache_mode(made.get(), SSL_SESS_CACHE_OFF);
  if (!wish.verify) return {};
  const int loaded = wish.ca.empty() ? SSL_CTX_set_default_verify_paths(made.get())
                                     : SSL_CTX_load_verify_file(made.get(), wish.ca.c_str());
  if (loaded != 1) return {"TLS", "the CA could not be loaded: " + tls_trouble(nullptr).detail};
  SSL_CTX_set_verify(made.get(), SSL_VERIFY_PEER, nullptr);
  return {};
}

// One for all attempts of the batch that trust the same: with OpenSSL 3 a context costs more than its handshake.
Trouble context_for(const TlsWish& wish, Context& found) {
  static std::mutex mutex;
  static std::map<std::pair<bool, std::string>, Context> contexts;
  const std::lock_guard lock(mutex);
  Context& context = contexts[{wish.verify, wish.verify ? wish.ca : std::string()}];
  if (!context) {
    if (Trouble trouble = make_context(wish, context)) {
      context.reset();
      return trouble;
    }
  }
  found = context;
  return {};
}

Trouble set_name(SSL* ssl, const std::string& name) {
  // Not SSL_set1_host alone: in OpenSSL 3.0 it takes an address for a DNS name.
  X509_VERIFY_PARAM* parameters = SSL_get0_param(ssl);
  if (X509_VERIFY_PARAM_set1_ip_asc(parameters, name.c_str()) == 1) return {};
  ERR_clear_error();
  return SSL_set1_host(ssl, name.c_str()) == 1 ? Trouble{} : tls_trouble(ssl);
}

}  // namespace

TlsWish read_tls_wish(Fields& fields, bool verify_by_default) {
  TlsWish wish;
  wish.sni = fields.text("sni", "");
  wish.verify = fields.flag("verify", verify_by_default);
  wish.ca = fields.text("ca", "");
  wish.verify_name = fields.text("verify_name", wish.sni);
  return wish;
}

Trouble Tls::handshake(int socket, const TlsWish& wish, Deadline deadline) {
  ERR_clear_error();
  socket_ = socket;
  Context context;
  if (Trouble trouble = context_for(wish, context)) return trouble;
  ssl_.reset(SSL_new(context.get()));  // which holds on to its context
  if (!ssl_ || SSL_set_fd(ssl_.get(), socket) != 1) return tls_trouble(nullptr);
  if (!wish.sni.empty() && SSL_set_tlsext_host_name(ssl_.get(), wish.sni.c_str()) != 1) return tls_trouble(nullptr);
  if (wish.verify && !wish.verify_name.empty()) {
    if (Trouble trouble = set_name(ssl_.get(), wish.verify_name)) return trouble;
  }
  for (;;) {
    ERR_clear_error();
    const int result = SSL_connect(ssl_.get());
    if (result == 1) return {};
    if (Trouble trouble = after(result, deadline)) return trouble;
  }
}

Trouble Tls::send(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    ERR_clear_error();
    const int part = static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 20));
    const int result = SSL_write(ssl_.get(), bytes.data(), part);
    if (result > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(result));
    } else if (Trouble trouble = after(result, deadline)) {
      return trouble;
    }
  }
  return {};
}

Trouble Tls::read(std::string& onto, std::size_t most, Deadline deadline) {
  char buffer[16 * 1024];
  for (;;) {
    ERR_clear_error();
    const int result = SSL_read(ssl_.get(), buffer, static_cast<int>(std::min(most, sizeof buffer)));
    if (result > 0) {
      onto.append(buffer, static_cast<std::size_t>(result));
      return {};
    }
    if (Trouble trouble = after(result, deadline)) return trouble;
  }
}

Trouble Tls::after(int result, Deadline deadline) {
  const int number = errno;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ: return wait_for(socket_, POLLIN, deadline);
    case SSL_ERROR_WANT_WRITE: return wait_for(socket_, POLLOUT, deadline);
    case SSL_ERROR_ZERO_RETURN: return {"EOF", {}};
    case SSL_ERROR_SYSCALL: return number == 0 ? Trouble{"EOF", {}} : errno_trouble(number);
    default:
      if (ERR_GET_REASON(ERR_peek_last_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) return {"EOF", {}};
      return tls_trouble(ssl_.get());
  }
}

}  // namespace bottle::prober
