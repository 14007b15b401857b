#include "harness/lab_config.h"

#include <nlohmann/json.hpp>

namespace bottle {
namespace {

using nlohmann::json;

json place_of(const LabNetwork& network) {
  if (!network.doors.empty()) return {{"doors", network.doors}};
  return {{"namespace_fd", network.namespace_fd}};
}

// Those whose address begins like this.
json chosen(const std::map<std::string, std::string>& canaries, const char* start) {
  json found = json::object();
  for (const auto& [name, where] : canaries) {
    if (where.starts_with(start)) found[name] = where;
  }
  return found;
}

}  // namespace

std::string open_command(const LabConfig& config, const LabPart& part) {
  json command = {{"op", "open"}, {"names", config.names}, {"wrongs", config.wrongs}};
  if (!config.allowed_besides.empty()) command["allowed_besides"] = config.allowed_besides;
  if (part.internet) command["tproxy_port"] = 1;
  if (!config.proxy_address.empty())
    command["proxy"] = {{"address", config.proxy_address}, {"port", config.proxy_port}};
  if (part.echo.is_given()) {
    command["echo"] = place_of(part.echo);
    command["echo"]["port"] = config.echo_port;
    command["twins"] = chosen(part.canaries, "127.");
  }
  if (part.agent.is_given() && !config.echo_socket.empty()) {
    command["abstract"] = place_of(part.agent);
    command["abstract"]["echo"] = config.echo_socket;
    if (part.shares_abstract) command["abstract"]["shared"] = chosen(part.canaries, "@");
  }
  if (!part.echo_fds.empty()) command["echo_fds"] = part.echo_fds;
  if (!part.loopback.fds.empty())
    command["loopback"] = {{"addresses", part.loopback.addresses}, {"fds", part.loopback.fds}};
  command["canaries"] = json::array();
  for (const auto& [name, fd] : part.canary_fds) command["canaries"].push_back({{"name", name}, {"fd", fd}});
  return command.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

LabConfig without_abstract_sockets(LabConfig config) {
  std::erase_if(config.canaries, [](const std::string& canary) { return canary.find("=@") != std::string::npos; });
  config.echo_socket.clear();
  return config;
}

}  // namespace bottle
