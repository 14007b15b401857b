#include "probes/report_line.h"

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "probes/batch.h"
#include "probes/bytes.h"
#include "probes/nameservers.h"

namespace bottle::prober {
namespace {

using Json = nlohmann::ordered_json;

std::string line_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"; }

Json json_of(const Reply& reply) {
  Json json = {{"from", reply.from},
               {"bytes", reply.read.size()},
               {"head", to_base64(std::string_view(reply.read).substr(0, kReplyHead))}};
  if (reply.hashed) json["sha256"] = sha256_hex(reply.read);
  return json;
}

Json json_of(const Step& step) {
  return {{"argv0", step.argv0},        {"exit", step.exit},          {"signal", step.signal},
          {"out", to_base64(step.out)}, {"err", to_base64(step.err)}, {"out_bytes", step.out_bytes}};
}

}  // namespace

std::string start_line(const Batch& batch) {
  Json secrets = Json::object();
  for (const std::string& name : batch.secrets) {
    const char* value = std::getenv(name.c_str());
    secrets[name] = value == nullptr ? Json() : Json(sha256_hex(value));
  }
  return line_of({{"mark", "start"},
                  {"batch", batch.id},
                  {"actions", batch.actions.size()},
                  {"prober", kProberVersion},
                  {"secrets", std::move(secrets)},
                  {"nameservers", nameservers()}});
}

std::string report_line(const Report& report) {
  Json sent = Json::array();
  for (const Segment& segment : report.sent) {
    sent.push_back({{"what", segment.what}, {"bytes", segment.bytes}, {"sha256", segment.sha256}});
  }
  Json json = {{"nonce", report.nonce},   {"action", report.action}, {"start_ns", report.start_ns},
               {"end_ns", report.end_ns}, {"stage", report.stage},   {"error", report.error},
               {"detail", report.detail}, {"sent", std::move(sent)}};
  if (report.reply) json["reply"] = json_of(*report.reply);
  if (report.steps) {
    json["steps"] = Json::array();
    for (const Step& step : *report.steps) json["steps"].push_back(json_of(step));
  }
  return line_of(json);
}

std::string end_line(const std::string& batch, std::size_t reported) {
  return line_of({{"mark", "end"}, {"batch", batch}, {"reported", reported}});
}

}  // namespace bottle::prober
