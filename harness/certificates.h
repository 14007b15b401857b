// A small certificate authority (P-256, OpenSSL): the lab's, and the one a bundle intercepts TLS with.
// Minting a leaf costs one signature: the leaf key is made once and shared by all leaves of an authority.
#pragma once

#include <openssl/ssl.h>

#include <map>
#include <memory>
#include <string>

#include "harness/result.h"

namespace bottle {

class CertificateAuthority {
 public:
  // A fresh self-signed authority, valid from an hour ago for ten days.
  static Result<CertificateAuthority> make(const std::string& common_name);
  static Result<CertificateAuthority> from_pem(const std::string& certificate_pem, const std::string& key_pem);

  CertificateAuthority(CertificateAuthority&&) noexcept;
  CertificateAuthority& operator=(CertificateAuthority&&) noexcept;
  ~CertificateAuthority();

  std::string certificate_pem() const;
  std::string key_pem() const;

  // A server context that presents a leaf for this name or IP literal (subjectAltName dNSName or iPAddress).
  // Owned by the authority, cached by name, never null; an empty name gives a leaf for "nameless.invalid".
  // Names over 64 bytes or with bytes that a certificate cannot carry are still served: CN is cut, SAN is as given.
  SSL_CTX* server_context(const std::string& name);

  // Sets up an SSL_CTX so that the leaf is chosen by the client's SNI (`fallback` when there is none).
  // The authority must outlive the context. The caller frees it with SSL_CTX_free.
  SSL_CTX* make_sni_context(const std::string& fallback);

 private:
  struct State;
  explicit CertificateAuthority(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace bottle
