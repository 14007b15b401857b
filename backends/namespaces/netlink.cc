#include "backends/namespaces/netlink.h"

#include <sys/socket.h>

#include <array>

namespace bottle::warden {
namespace {

constexpr std::size_t kMostTold = 10'000;  // a namespace of ours has a handful of routes

Result<void> send_whole(int socket, NetlinkMessage& message, int flags, const std::string& what) {
  const auto& bytes = message.finished(flags);
  if (::send(socket, bytes.data(), bytes.size(), 0) < 0) return fail_os(what);
  return {};
}

Result<void> read_error(const nlmsghdr& header, const std::string& what) {
  if (header.nlmsg_len < NLMSG_LENGTH(sizeof(nlmsgerr))) return fail(what + ": netlink's answer is cut short");
  nlmsgerr result{};
  std::memcpy(&result, reinterpret_cast<const char*>(&header) + NLMSG_HDRLEN, sizeof(result));
  errno = -result.error;
  if (result.error != 0) return fail_os(what);
  return {};
}

}  // namespace

NetlinkMessage::NetlinkMessage(int type, int flags) {
  nlmsghdr header{};
  header.nlmsg_type = static_cast<std::uint16_t>(type);
  header.nlmsg_flags = static_cast<std::uint16_t>(flags);
  append(header);
}

NetlinkMessage::NetlinkMessage(std::vector<char> told, int type) : bytes_(std::move(told)) {
  nlmsghdr header{};
  header.nlmsg_type = static_cast<std::uint16_t>(type);
  std::memcpy(bytes_.data(), &header, sizeof(header));
}

void NetlinkMessage::attribute(int type, const void* data, std::size_t size) {
  const std::size_t start = begin(type);
  append_bytes(data, size);
  end(start);
}

std::size_t NetlinkMessage::begin(int type) {
  const std::size_t start = bytes_.size();
  append(rtattr{0, static_cast<unsigned short>(type)});
  return start;
}

void NetlinkMessage::end(std::size_t start) {
  const auto size = static_cast<unsigned short>(bytes_.size() - start);
  std::memcpy(&bytes_[start], &size, sizeof(size));
  pad();
}

const std::vector<char>& NetlinkMessage::finished(int flags) {
  nlmsghdr header{};
  std::memcpy(&header, bytes_.data(), sizeof(header));
  header.nlmsg_len = static_cast<std::uint32_t>(bytes_.size());
  header.nlmsg_flags = static_cast<std::uint16_t>(header.nlmsg_flags | NLM_F_REQUEST | flags);
  std::memcpy(bytes_.data(), &header, sizeof(header));
  return bytes_;
}

void NetlinkMessage::append_bytes(const void* data, std::size_t size) {
  const char* first = static_cast<const char*>(data);
  bytes_.insert(bytes_.end(), first, first + size);
  pad();
}

Result<void> exchange(int socket, NetlinkMessage& message, const std::string& what) {
  if (auto sent = send_whole(socket, message, NLM_F_ACK, what); !sent) return sent;
  alignas(nlmsghdr) std::array<char, 8192> reply{};
  const ssize_t got = ::recv(socket, reply.data(), reply.size(), 0);
  if (got < static_cast<ssize_t>(NLMSG_LENGTH(sizeof(nlmsgerr)))) return fail_os(what);
  const auto& header = *reinterpret_cast<const nlmsghdr*>(reply.data());
  if (header.nlmsg_type != NLMSG_ERROR) return fail(what + ": netlink gave no answer");
  return read_error(header, what);
}

Result<std::vector<std::vector<char>>> dump(int socket, NetlinkMessage& message, const std::string& what) {
  if (auto sent = send_whole(socket, message, NLM_F_DUMP, what); !sent) return fail(sent.error());
  std::vector<std::vector<char>> told;
  for (;;) {
    alignas(nlmsghdr) std::array<char, 32768> bytes{};
    const ssize_t got = ::recv(socket, bytes.data(), bytes.size(), 0);
    if (got <= 0) return fail_os(what);
    auto left = static_cast<unsigned>(got);
    for (auto* header = reinterpret_cast<nlmsghdr*>(bytes.data()); NLMSG_OK(header, left);
         header = NLMSG_NEXT(header, left)) {
      if (header->nlmsg_type == NLMSG_DONE) return told;
      if (header->nlmsg_type == NLMSG_ERROR) {
        if (auto wrong = read_error(*header, what); !wrong) return fail(wrong.error());
        return fail(what + ": netlink gave no answer");
      }
      if (told.size() == kMostTold) return fail(what + ": more than anybody would have");
      const char* first = reinterpret_cast<const char*>(header);
      told.emplace_back(first, first + header->nlmsg_len);
    }
  }
}

}  // namespace bottle::warden
