#include "probes/talk.h"

#include <sys/socket.h>

namespace bottle::prober {
namespace {

// Reads until the peer hangs up. What it had said before it fell silent is still its answer.
Trouble listen_to_end(Stream& stream, Deadline until, Attempt& attempt) {
  std::string reply;
  Trouble trouble;
  while (!trouble && reply.size() < kReplyCap) trouble = stream.read(reply, kReplyCap - reply.size(), until);
  if (reply.empty()) return trouble;
  attempt.replied("server", std::move(reply));
  if (trouble && trouble.error != "EOF") return {trouble.error, "the reply is cut short"};
  attempt.reached("done");
  return {};
}

// Byte by byte: what comes after it belongs to the answer.
Trouble open(Stream& stream, const Talk& talk, Attempt& attempt) {
  attempt.reached("opening");
  if (Trouble trouble = stream.send(talk.opening, attempt.deadline())) return trouble;
  attempt.sent("opening", talk.opening);
  const Deadline until = within(talk.read, "NOREPLY", attempt.deadline());
  std::string said;
  Trouble trouble;
  while (!trouble && !said.ends_with(talk.until)) {
    if (said.size() == kReplyCap) trouble = {"EPROTO", "it says too much"};
    if (!trouble) trouble = stream.read(said, 1, until);
  }
  if (trouble && !said.empty()) attempt.replied("server", std::move(said));
  return trouble;
}

// Reads until something comes, or `until`. The first bytes are answer enough: waiting for more would make every
// exchange as slow as a silent one. Silence to the end of `until` is how such an exchange may end.
Trouble listen(Stream& stream, Deadline until, Attempt& attempt) {
  std::string reply;
  Trouble trouble;
  while (!trouble && reply.empty()) trouble = stream.read(reply, kReplyCap, until);
  const bool silent = reply.empty();
  if (!silent) attempt.replied("server", std::move(reply));
  const bool listened_out = trouble.error == "NOREPLY";
  if (trouble && !listened_out && (silent || trouble.error != "EOF")) return trouble;
  attempt.reached("done");
  return listened_out && silent ? trouble : Trouble{};
}

Trouble listen_for_datagram(Stream& stream, const Talk& talk, Deadline until, Attempt& attempt) {
  std::string reply;
  Trouble trouble;
  do {
    trouble = stream.receive_datagram(reply, until);
    if (!trouble && talk.reply_in != nullptr) reply = talk.reply_in(reply);
  } while (!trouble && talk.reply_in != nullptr && reply.empty());
  if (!trouble) attempt.replied("server", std::move(reply));
  if (!trouble || trouble.error == "NOREPLY") attempt.reached("done");
  return trouble;
}

}  // namespace

Address read_ip_address(Fields& fields) {
  const std::string literal = fields.text("address");
  const int port = fields.port("port");
  if (const auto address = ip_address(literal, port)) return *address;
  fields.complain("address: not an IP literal");
  return {};
}

Trouble talk(const Talk& talk, Attempt& attempt) {
  const bool datagram = talk.type != SOCK_STREAM;
  Stream stream;
  attempt.reached("connect");
  if (Trouble trouble = stream.connect(talk.address, talk.type, attempt.deadline(), talk.protocol)) return trouble;
  if (!talk.opening.empty()) {
    if (Trouble trouble = open(stream, talk, attempt)) return trouble;
  }
  attempt.reached("send");
  Trouble unsent = datagram ? stream.send_datagram(talk.header + talk.send, attempt.deadline())
                            : stream.send(talk.send, attempt.deadline());
  if (unsent) return unsent;
  if (datagram || !talk.send.empty()) attempt.sent(datagram ? "datagram" : "data", talk.send);
  attempt.reached("reply");
  const Deadline until = within(talk.read, "NOREPLY", attempt.deadline());
  if (datagram) return listen_for_datagram(stream, talk, until, attempt);
  return talk.to_end ? listen_to_end(stream, until, attempt) : listen(stream, until, attempt);
}

}  // namespace bottle::prober
