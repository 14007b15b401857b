// Errnos by name. A table of our own: strerrorname_np is glibc's alone, and the prober should build with musl too.
#pragma once

#include <string>

namespace bottle::prober {

// "ECONNREFUSED"; "E<number>" for one that the table does not hold.
std::string errno_name(int number);

// What went wrong with an action; an empty error means nothing did.
struct Trouble {
  std::string error = {};  // an errno by name, or one of the words of README.md
  std::string detail = {};

  explicit operator bool() const { return !error.empty(); }
};

Trouble errno_trouble(int number, const std::string& detail = {});

}  // namespace bottle::prober
