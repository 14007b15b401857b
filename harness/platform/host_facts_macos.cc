#include <sys/sysctl.h>
#include <sys/utsname.h>

#include <array>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "harness/host_facts.h"
#include "harness/safe_text.h"

namespace bottle {
namespace {

std::optional<std::string> text_of(const char* name) {
  std::array<char, 256> text{};
  std::size_t size = text.size() - 1;
  if (::sysctlbyname(name, text.data(), &size, nullptr, 0) != 0) return std::nullopt;
  return std::string(text.data());
}

template <class Number>
std::optional<Number> number_of(const char* name) {
  Number number = 0;
  std::size_t size = sizeof number;
  if (::sysctlbyname(name, &number, &size, nullptr, 0) != 0 || size != sizeof number) return std::nullopt;
  return number;
}

std::optional<std::string> kernel() {
  utsname names = {};
  if (::uname(&names) != 0) return std::nullopt;
  return fmt::format("{} {}", names.sysname, names.release);
}

}  // namespace

// What it knows is not in files, so another root has none of it.
std::map<std::string, std::string> host_facts(const std::filesystem::path& root) {
  std::map<std::string, std::string> facts;
  if (root != "/") return facts;
  const auto add = [&](const char* name, const std::optional<std::string>& value) {
    if (value && !value->empty()) facts[name] = safe_line(*value, 200);
  };
  add("kernel", kernel());
  add("cpu", text_of("machdep.cpu.brand_string"));
  if (const auto cpus = number_of<std::int32_t>("hw.logicalcpu")) add("cpus", std::to_string(*cpus));
  if (const auto bytes = number_of<std::uint64_t>("hw.memsize"))
    add("memory", fmt::format("{:.1f} GiB", static_cast<double>(*bytes) / (1024.0 * 1024.0 * 1024.0)));
  if (const auto version = text_of("kern.osproductversion")) add("os", "macOS " + *version);
  return facts;
}

}  // namespace bottle
