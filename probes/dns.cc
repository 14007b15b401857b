// The dns action: one DNS message as it is given, over UDP, TCP or TLS, and one reply. The message is not looked at.
#include <sys/socket.h>

#include "probes/actions.h"
#include "probes/fields.h"
#include "probes/nameservers.h"
#include "probes/stream.h"

namespace bottle::prober {
namespace {

// On a stream a message has its length before it; the report's hash is of the message alone.
Trouble ask_over_stream(Stream& stream, const std::string& message, std::string& reply, std::chrono::milliseconds read,
                        Attempt& attempt) {
  std::string framed = {static_cast<char>(message.size() >> 8), static_cast<char>(message.size() & 0xff)};
  framed += message;
  if (Trouble trouble = stream.send(framed, attempt.deadline())) return trouble;
  attempt.sent("query", message);
  attempt.reached("reply");
  const Deadline until = within(read, "NOREPLY", attempt.deadline());
  std::string got;
  std::size_t wanted = 2;
  while (got.size() < wanted) {
    if (Trouble trouble = stream.read(got, wanted - got.size(), until)) return trouble;
    if (got.size() == 2) wanted += static_cast<unsigned char>(got[0]) * 256u + static_cast<unsigned char>(got[1]);
  }
  reply = got.substr(2);
  return {};
}

Trouble ask_over_udp(Stream& stream, const std::string& message, std::string& reply, std::chrono::milliseconds read,
                     Attempt& attempt) {
  if (Trouble trouble = stream.send_datagram(message, attempt.deadline())) return trouble;
  attempt.sent("query", message);
  attempt.reached("reply");
  return stream.receive_datagram(reply, within(read, "NOREPLY", attempt.deadline()));
}

// The server's address; stage `resolve` is where there is none.
Trouble find_server(std::string server, int port, Address& address) {
  if (server == "default") {
    const std::vector<std::string> known = nameservers();
    if (known.empty()) return {"ENOENT", "/etc/resolv.conf names no nameserver"};
    server = known.front();
  }
  const auto found = ip_address(server, port);
  if (!found) return {"EINVAL", "the nameserver of /etc/resolv.conf is not an IP literal"};
  address = *found;
  return {};
}

}  // namespace

Trouble try_dns(Attempt& attempt) {
  Fields fields(attempt.action().fields);
  const std::string transport = fields.text("transport");
  const bool dot = transport == "dot", udp = transport == "udp";
  if (!dot && !udp && transport != "tcp") fields.complain("transport: not udp, tcp or dot");
  const std::string server = fields.text("server");
  if (server != "default" && !ip_address(server, 1)) fields.complain("server: not an IP literal");
  const int port = fields.port("port", dot ? 853 : 53);
  const std::string message = fields.bytes("message");
  if (message.empty()) fields.complain("message: missing");
  if (message.size() > 65535) fields.complain("message: over 65535 bytes");
  const auto read = fields.milliseconds("read_ms", 200);
  if (Trouble trouble = fields.trouble()) return trouble;

  attempt.reached("resolve");
  Address address;
  if (Trouble trouble = find_server(server, port, address)) return trouble;
  attempt.reached("connect");
  Stream stream;
  if (Trouble trouble = stream.connect(address, udp ? SOCK_DGRAM : SOCK_STREAM, attempt.deadline())) return trouble;
  if (dot) {
    // Whoever answers on that port is asked: a resolver's certificate is not what is under test.
    attempt.reached("tls");
    if (Trouble trouble = stream.start_tls({.verify = false}, attempt.deadline())) return trouble;
  }
  attempt.reached("send");
  std::string reply;
  if (Trouble trouble = udp ? ask_over_udp(stream, message, reply, read, attempt)
                            : ask_over_stream(stream, message, reply, read, attempt)) {
    return trouble;
  }
  attempt.replied("server", std::move(reply));
  attempt.reached("done");
  return {};
}

}  // namespace bottle::prober
