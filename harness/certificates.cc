#include "harness/certificates.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <mutex>

namespace bottle {
namespace {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, Deleter<X509_free>>;
using ContextPtr = std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>>;
using BioPtr = std::unique_ptr<BIO, Deleter<BIO_free_all>>;

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

tl::unexpected<Error> fail_openssl(const std::string& what) {
  const unsigned long code = ERR_get_error();
  char text[256] = "unknown OpenSSL error";
  if (code != 0) ERR_error_string_n(code, text, sizeof text);
  ERR_clear_error();
  return fail(what + ": " + text);
}

void set_common_name(X509_NAME* name, const std::string& text) {
  const std::string cut = text.substr(0, 64);  // ub-common-name
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(cut.data()),
                             static_cast<int>(cut.size()), -1, 0);
}

void set_serial_and_dates(X509* certificate) {
  unsigned char serial[16];
  RAND_bytes(serial, sizeof serial);
  serial[0] &= 0x7f;
  std::unique_ptr<BIGNUM, Deleter<BN_free>> number(BN_bin2bn(serial, sizeof serial, nullptr));
  BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate));
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 10L * 24 * 3600);
}

void add_extension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  if (X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value)) {
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }
}

// Built by hand, not through X509V3_EXT_conf_nid: a hostile name with a comma would be read as configuration.
void add_subject_alternative_name(X509* certificate, const std::string& name) {
  unsigned char address[16];
  GENERAL_NAME* general = GENERAL_NAME_new();
  int size = 0;
  if (inet_pton(AF_INET, name.c_str(), address) == 1) size = 4;
  if (size == 0 && inet_pton(AF_INET6, name.c_str(), address) == 1) size = 16;
  if (size != 0) {
    ASN1_OCTET_STRING* octets = ASN1_OCTET_STRING_new();
    ASN1_OCTET_STRING_set(octets, address, size);
    GENERAL_NAME_set0_value(general, GEN_IPADD, octets);
  } else {
    ASN1_IA5STRING* text = ASN1_IA5STRING_new();
    ASN1_STRING_set(text, name.data(), static_cast<int>(name.size()));
    GENERAL_NAME_set0_value(general, GEN_DNS, text);
  }
  GENERAL_NAMES* names = GENERAL_NAMES_new();
  sk_GENERAL_NAME_push(names, general);
  X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT);
  GENERAL_NAMES_free(names);
}

}  // namespace

struct CertificateAuthority::State {
  KeyPtr key;
  CertificatePtr certificate;
  KeyPtr leaf_key;
  std::mutex mutex;  // the fixtures mint from several threads
  std::map<std::string, ContextPtr> contexts;

  ContextPtr mint(const std::string& name) const {
    CertificatePtr leaf(X509_new());
    X509_set_version(leaf.get(), 2);
    set_serial_and_dates(leaf.get());
    set_common_name(X509_get_subject_name(leaf.get()), name);
    X509_set_issuer_name(leaf.get(), X509_get_subject_name(certificate.get()));
    X509_set_pubkey(leaf.get(), leaf_key.get());
    add_subject_alternative_name(leaf.get(), name);
    add_extension(leaf.get(), certificate.get(), NID_ext_key_usage, "serverAuth");
    add_extension(leaf.get(), certificate.get(), NID_authority_key_identifier, "keyid");
    X509_sign(leaf.get(), key.get(), EVP_sha256());
    ContextPtr context(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_use_certificate(context.get(), leaf.get());
    SSL_CTX_use_PrivateKey(context.get(), leaf_key.get());
    return context;
  }
};

CertificateAuthority::CertificateAuthority(std::unique_ptr<State> state) : state_(std::move(state)) {}
CertificateAuthority::CertificateAuthority(CertificateAuthority&&) noexcept = default;
CertificateAuthority& CertificateAuthority::operator=(CertificateAuthority&&) noexcept = default;
CertificateAuthority::~CertificateAuthority() = default;

Result<CertificateAuthority> CertificateAuthority::make(const std::string& common_name) {
  auto state = std::make_unique<State>();
  state->key.reset(EVP_EC_gen("P-256"));
  state->leaf_key.reset(EVP_EC_gen("P-256"));
  state->certificate.reset(X509_new());
  X509* certificate = state->certificate.get();
  if (!state->key || !state->leaf_key || certificate == nullptr) return fail_openssl("could not make a CA key");
  X509_set_version(certificate, 2);
  set_serial_and_dates(certificate);
  set_common_name(X509_get_subject_name(certificate), common_name);
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
  X509_set_pubkey(certificate, state->key.get());
  add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(certificate, certificate, NID_subject_key_identifier, "hash");
  if (X509_sign(certificate, state->key.get(), EVP_sha256()) == 0) return fail_openssl("could not sign the CA");
  return CertificateAuthority(std::move(state));
}

Result<CertificateAuthority> CertificateAuthority::from_pem(const std::string& certificate_pem,
                                                            const std::string& key_pem) {
  auto state = std::make_unique<State>();
  BioPtr certificate(BIO_new_mem_buf(certificate_pem.data(), static_cast<int>(certificate_pem.size())));
  BioPtr key(BIO_new_mem_buf(key_pem.data(), static_cast<int>(key_pem.size())));
  state->certificate.reset(PEM_read_bio_X509(certificate.get(), nullptr, nullptr, nullptr));
  state->key.reset(PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr));
  state->leaf_key.reset(EVP_EC_gen("P-256"));
  if (!state->certificate || !state->key || !state->leaf_key) return fail_openssl("could not read the CA");
  return CertificateAuthority(std::move(state));
}

std::string CertificateAuthority::certificate_pem() const {
  BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), state_->certificate.get());
  return text_of(bio.get());
}

std::string CertificateAuthority::key_pem() const {
  BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), state_->key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(bio.get());
}

SSL_CTX* CertificateAuthority::server_context(const std::string& name) {
  const std::string key = name.empty() ? "nameless.invalid" : name;
  const std::lock_guard lock(state_->mutex);
  ContextPtr& context = state_->contexts[key];
  if (!context) context = state_->mint(key);
  return context.get();
}

SSL_CTX* CertificateAuthority::make_sni_context(const std::string& fallback) {
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  SSL_CTX* first = server_context(fallback);
  SSL_CTX_use_certificate(context, SSL_CTX_get0_certificate(first));
  SSL_CTX_use_PrivateKey(context, SSL_CTX_get0_privatekey(first));
  // A plain function pointer: the State is the argument, and it does not move when the authority does.
  SSL_CTX_set_tlsext_servername_arg(context, state_.get());
  SSL_CTX_set_tlsext_servername_callback(
      context, +[](SSL* ssl, int*, void* argument) {
        auto* state = static_cast<State*>(argument);
        const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
        if (name == nullptr) return SSL_TLSEXT_ERR_OK;
        const std::lock_guard lock(state->mutex);
        ContextPtr& leaf = state->contexts[name];
        if (!leaf) leaf = state->mint(name);
        SSL_set_SSL_CTX(ssl, leaf.get());
        return SSL_TLSEXT_ERR_OK;
      });
  return context;
}

}  // namespace bottle
