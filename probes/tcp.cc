// The tcp action: connects, sends, reads what comes.
#include <sys/socket.h>

#include "probes/actions.h"
#include "probes/talk.h"

namespace bottle::prober {

Trouble try_tcp(Attempt& attempt) {
  Fields fields(attempt.action().fields);
  Talk wish;
  wish.address = read_ip_address(fields);
  wish.send = fields.bytes("send");
  wish.read = fields.milliseconds("read_ms", 200);
  if (Trouble trouble = fields.trouble()) return trouble;
  return talk(wish, attempt);
}

}  // namespace bottle::prober
