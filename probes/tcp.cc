// The tcp action: connects, sends, reads what comes.
#include <sys/socket.h>

#include "probes/actions.h"
#include "probes/talk.h"

namespace bottle::prober {

Trouble try_tcp(Attempt& attempt) {
  Fields fields(attempt.action().fields);
  Talk wish;
  wish.address = read_ip_address(fields);
  wish.opening = fields.bytes("opening");
  wish.until = fields.bytes("until");
  wish.send = fields.bytes("send");
  wish.to_end = fields.flag("to_end", false);
  wish.read = fields.milliseconds("read_ms", 200);
  if (wish.opening.empty() != wish.until.empty()) fields.complain("opening, until: one without the other");
  if (Trouble trouble = fields.trouble()) return trouble;
  return talk(wish, attempt);
}

}  // namespace bottle::prober
