#include "backends/docker/hand/incoming.h"

#include <sys/mman.h>

#include <algorithm>
#include <array>

#include "backends/namespaces/files.h"

namespace bottle::hand {
namespace {

constexpr std::size_t kChunk = 64u << 10;

Result<void> read_exactly(int from, char* to, std::size_t size) {
  while (size > 0) {
    const ssize_t got = ::read(from, to, size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_os("stdin");
    if (got == 0) return fail("stdin ended too early");
    to += got;
    size -= static_cast<std::size_t>(got);
  }
  return {};
}

// "1234\n"
Result<std::size_t> receive_size(int from) {
  std::size_t size = 0;
  for (int digits = 0; size <= docker::kMostErrandBytes; ++digits) {
    char next = 0;
    if (auto read = read_exactly(from, &next, 1); !read) return fail(read.error());
    if (next == '\n' && digits > 0) return size;
    if (next < '0' || next > '9') return fail("stdin does not begin with the size of an errand");
    size = size * 10 + static_cast<std::size_t>(next - '0');
  }
  return fail("the errand is larger than " + std::to_string(docker::kMostErrandBytes) + " bytes");
}

}  // namespace

Result<docker::HandErrand> receive_errand(int from) {
  BOTTLE_TRY(const std::size_t size, receive_size(from));
  std::string cbor(size, '\0');
  if (auto read = read_exactly(from, cbor.data(), size); !read) return fail(read.error());
  return docker::read_errand(cbor);
}

Result<Fd> receive_file(int from, std::uint64_t size) {
  Fd content(::memfd_create("file", MFD_CLOEXEC));
  if (!content) return fail_os("memfd_create");
  std::array<char, kChunk> buffer;
  while (size > 0) {
    const auto now = static_cast<std::size_t>(std::min<std::uint64_t>(size, buffer.size()));
    if (auto read = read_exactly(from, buffer.data(), now); !read) return fail(read.error());
    if (auto kept = warden::write_all(content.get(), {buffer.data(), now}); !kept) return fail(kept.error());
    size -= now;
  }
  return content;
}

bool has_ended(int from) {
  std::array<char, 4096> ignored;
  const ssize_t got = ::read(from, ignored.data(), ignored.size());
  return got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN);
}

}  // namespace bottle::hand
