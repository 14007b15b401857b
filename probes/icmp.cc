// The icmp action: one echo request with bytes of ours behind its header, one reply. From a ping socket, which needs no
// privilege; it is connected, so that ICMP errors show.
#include <netinet/in.h>
#include <sys/socket.h>

#include "probes/actions.h"
#include "probes/talk.h"

namespace bottle::prober {
namespace {

constexpr char kEchoRequest = 8, kEchoRequest6 = static_cast<char>(128);  // RFC 792, RFC 4443

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
  // Not being allowed to ping at all is nobody's refusal of this one.
  if (trouble.detail == "socket") return {"NOPING", trouble.error};
  return trouble;
}

}  // namespace bottle::prober
