// The unix action: connects to a Unix socket (the host's docker socket, an abstract one) and sends.
#include <sys/socket.h>

#include "probes/actions.h"
#include "probes/talk.h"

namespace bottle::prober {

Trouble try_unix(Attempt& attempt) {
  Fields fields(attempt.action().fields);
  Talk wish;
  const std::string path = fields.text("path");
  const std::string type = fields.text("type", "stream");
  if (type != "stream" && type != "dgram") fields.complain("type: neither stream nor dgram");
  wish.type = type == "dgram" ? SOCK_DGRAM : SOCK_STREAM;
  wish.send = fields.bytes("send");
  wish.read = fields.milliseconds("read_ms", 200);
  if (Trouble trouble = fields.trouble()) return trouble;
  attempt.reached("connect");
  if (Trouble trouble = unix_address(path, wish.address)) return trouble;
  return talk(wish, attempt);
}

}  // namespace bottle::prober
