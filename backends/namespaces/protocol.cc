#include "backends/namespaces/protocol.h"

#include <sys/socket.h>
#include <time.h>

#include <array>

namespace bottle::warden {
namespace {

constexpr std::size_t kMostDescriptors = 64;
constexpr std::size_t kMostBytes = 192u << 10;  // below the default socket buffer

}  // namespace

Result<void> send_request(int socket, const Message& body, const std::vector<int>& fds) {
  std::vector<std::uint8_t> bytes = Message::to_cbor(body);
  if (bytes.size() > kMostBytes) return fail("arguments and environment are over 192 KiB");
  if (fds.size() > kMostDescriptors) return fail("too many descriptors for one request");
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kMostDescriptors * sizeof(int))> control{};
  iovec part{bytes.data(), bytes.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (!fds.empty()) {
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(fds.size() * sizeof(int));
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(fds.size() * sizeof(int));
    std::memcpy(CMSG_DATA(header), fds.data(), fds.size() * sizeof(int));
  }
  while (::sendmsg(socket, &message, MSG_NOSIGNAL) < 0) {
    if (errno != EINTR) return fail_os("the warden does not listen");
  }
  return {};
}

Result<std::optional<Request>> receive_request(int socket) {
  std::vector<std::uint8_t> bytes(kMostBytes);
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kMostDescriptors * sizeof(int))> control{};
  iovec part{bytes.data(), bytes.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t got = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  if (got < 0) return fail_os("receive");
  if (got == 0) return std::optional<Request>();
  Request request;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof(int));
      request.fds.emplace_back(fd);
    }
  }
  bytes.resize(static_cast<std::size_t>(got));
  request.body = Message::from_cbor(bytes, true, false);
  if (!request.body.is_object()) return fail("a request that is not CBOR");
  return std::optional<Request>(std::move(request));
}

void answer(int reply, const Message& body) {
  const std::string line = body.dump(-1, ' ', true, Message::error_handler_t::replace) + "\n";
  static_cast<void>(!::write(reply, line.data(), line.size()));
}

void answer_failure(int reply, const Error& error) {
  answer(reply, {{"failed", error.what}, {"errno", error.os_errno}});
}

std::int64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace bottle::warden
