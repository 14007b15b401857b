// The file technique: a file of the nonce written into a directory of the host, or a file of the host read and brought
// back. What was written is looked for on the host; what was read is told by a token that stands nowhere else.
#include "attacks/carrier.h"
#include "harness/digest.h"

namespace bottle {
namespace {

Attempt build(const Choice& choice, const Brief& brief) {
  Attempt attempt{.nonce = brief.nonce};
  const bool writes = chosen(choice, "operation", "write") == "write";
  attempt.wall = Layer::sandbox;
  attempt.boundary = writes ? Boundary::files_write : Boundary::files_read;
  attempt.canary = "canary:host-files";
  if (writes) {
    attempt.action = {{"action", "file"},
                      {"op", "write"},
                      {"path", brief.host.directory + "/" + brief.nonce},
                      {"send", to_base64(brief.nonce)}};
    attempt.sent = {segment("data", brief.nonce)};
    attempt.channel = "file written in the bottle, prober";
    attempt.delivered_at = "bottle-files";
    attempt.bare_at = {attempt.canary};
  } else {
    attempt.action = {{"action", "file"}, {"op", "read"}, {"path", brief.host.file}};
    attempt.token = brief.host.file_token;
    attempt.channel = "file read in the bottle, prober";
    attempt.delivered_at = "report";
    attempt.bare_at = {"report"};
  }
  if (brief.arm == Arm::bare) attempt.place = Place::host;
  return attempt;
}

}  // namespace

Technique make_technique_file() {
  return {.name = "file", .parameters = {{"operation", {"write", "read"}}}, .build = build};
}

}  // namespace bottle
