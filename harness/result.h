// Result<T>: a value or an Error. Expected failures are values, exceptions are for bugs; libraries that throw are
// wrapped where they are called.
#pragma once

#include <cerrno>
#include <cstring>
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace bottle {

// What callers tell apart. Everything else about an error is for people, in `what`.
enum class Fault {
  failed,       // the operation did not work
  usage,        // the user's input is wrong: exit 2
  unavailable,  // a backend or tool is not there: exit 5
  nothing,      // what was asked for selects nothing: exit 4
  unsupported,  // this backend cannot do that
  timeout,
};

struct Error {
  Fault fault = Fault::failed;
  std::string what = {};  // one line: what, where, what to do
  int os_errno = 0;
};

template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {  // tl::expected 1.0 is not nodiscard itself
 public:
  using tl::expected<T, Error>::expected;
};

inline tl::unexpected<Error> fail(std::string what, Fault fault = Fault::failed) {
  return tl::unexpected<Error>(Error{fault, std::move(what), 0});
}

// Takes errno before anything else can change it; "what: No such file or directory".
inline tl::unexpected<Error> fail_os(const std::string& what) {
  const int code = errno;
  return tl::unexpected<Error>(Error{Fault::failed, what + ": " + std::strerror(code), code});
}

inline tl::unexpected<Error> fail(const Error& error) { return tl::unexpected<Error>(error); }

}  // namespace bottle

#define BOTTLE_CONCAT_INNER(a, b) a##b
#define BOTTLE_CONCAT(a, b) BOTTLE_CONCAT_INNER(a, b)
#define BOTTLE_TRY_IMPL(result, declaration, expression) \
  auto result = (expression);                            \
  if (!result) return ::bottle::fail(result.error());    \
  declaration = std::move(*result)
// BOTTLE_TRY(auto x, make_x());  returns the error to the caller, or declares x.
#define BOTTLE_TRY(declaration, expression) \
  BOTTLE_TRY_IMPL(BOTTLE_CONCAT(bottle_result_, __COUNTER__), declaration, expression)
