// The icmp action: one echo request with bytes of ours behind its header, one reply. From a ping socket, which needs no
// privilege; it is connected, so that ICMP errors show. Where the kernel gives nobody one (root of a virtual machine's
// usual kernel has none), a raw socket.
#include <netinet/in.h>
#include <sys/socket.h>

#include "probes/actions.h"
#include "probes/talk.h"

namespace bottle::prober {
namespace {

constexpr char kEchoRequest = 8, kEchoRequest6 = static_cast<char>(128);  // RFC 792, RFC 4443

// RFC 1071, over an even number of bytes or as if there were one more.
std::string with_checksum(std::string message) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < message.size(); ++i) {
    const auto byte = std::uint32_t{static_cast<unsigned char>(message[i])};
    sum += i % 2 == 0 ? byte << 8U : byte;
  }
  while (sum >> 16U != 0) sum = (sum & 0xffffU) + (sum >> 16U);
  message[2] = static_cast<char>(~sum >> 8U & 0xffU);
  message[3] = static_cast<char>(~sum & 0xffU);
  return message;
}

// A raw socket hears everything of ICMP's, on a loopback also what it has sent, each with its IP header (RFC 791).
std::string echo_reply_in(const std::string& datagram) {
  constexpr char kEchoReply = 0;
  const std::size_t header = datagram.empty() ? 0 : 4 * (static_cast<unsigned char>(datagram[0]) & 0x0fU);
  const bool is_reply = header > 0 && datagram.size() > header && datagram[header] == kEchoReply;
  return is_reply ? datagram.substr(header) : "";
}

}  // namespace

Trouble try_icmp(Attempt& attempt) {
  Fields fields(attempt.action().fields);
  Talk wish;
  wish.type = SOCK_DGRAM;
  const auto address = ip_address(fields.text("address"), 0);
  if (!address) fields.complain("address: not an IP literal");
  wish.send = fields.bytes("send");
  wish.read = fields.milliseconds("read_ms", 200);
  if (Trouble trouble = fields.trouble()) return trouble;
  wish.address = *address;
  const bool ipv6 = address->family() == AF_INET6;
  wish.protocol = ipv6 ? int{IPPROTO_ICMPV6} : int{IPPROTO_ICMP};
  // Type and sequence number; the kernel fills in the checksum and an identifier of its own.
  wish.header = {ipv6 ? kEchoRequest6 : kEchoRequest, 0, 0, 0, 0, 0, 0, 1};
  Trouble trouble = talk(wish, attempt);
  if (trouble.detail == "socket" && !ipv6) {  // the kernel's part is ours then: identifier and checksum
    wish.type = SOCK_RAW;
    wish.reply_in = echo_reply_in;
    wish.header[5] = 1;
    wish.header = with_checksum(wish.header + wish.send).substr(0, wish.header.size());
    trouble = talk(wish, attempt);
  }
  // Not being allowed to ping at all is nobody's refusal of this one.
  if (trouble.detail == "socket") return {"NOPING", trouble.error};
  return trouble;
}

}  // namespace bottle::prober
