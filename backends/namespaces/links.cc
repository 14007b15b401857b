#include "backends/namespaces/links.h"

#include <arpa/inet.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

#include <array>
#include <vector>

#include "backends/namespaces/netlink.h"

namespace bottle::warden {
namespace {

constexpr int kAfterMainTable = 33'000;  // its rule has 32766; one that finds no route lets the next rule look

struct Literal {
  int family = AF_INET;
  std::array<unsigned char, 16> bytes = {};
  std::size_t size = 4;
};

Result<Literal> parse(const std::string& text) {
  Literal literal;
  if (::inet_pton(AF_INET, text.c_str(), literal.bytes.data()) == 1) return literal;
  literal.family = AF_INET6;
  literal.size = 16;
  if (::inet_pton(AF_INET6, text.c_str(), literal.bytes.data()) == 1) return literal;
  return fail("'" + text + "' is no address");
}

ifinfomsg link_header(int index, unsigned flags) {
  ifinfomsg link{};
  link.ifi_index = index;
  link.ifi_flags = flags;
  link.ifi_change = flags;
  return link;
}

ifaddrmsg address_header(const Literal& local, int bits, int index) {
  ifaddrmsg address{};
  address.ifa_family = static_cast<unsigned char>(local.family);
  address.ifa_prefixlen = static_cast<unsigned char>(bits);
  address.ifa_flags = IFA_F_NODAD;  // duplicate detection would take a second
  address.ifa_index = static_cast<unsigned>(index);
  return address;
}

// Whether a dump's route is one of the main table's that somebody has made: IPv6 lists what it has learnt, too.
bool is_in_main_table(const std::vector<char>& told, bool only_default) {
  nlmsghdr header{};
  rtmsg route{};
  if (told.size() < NLMSG_LENGTH(sizeof(route))) return false;
  std::memcpy(&header, told.data(), sizeof(header));
  std::memcpy(&route, told.data() + NLMSG_HDRLEN, sizeof(route));
  if (header.nlmsg_type != RTM_NEWROUTE || (route.rtm_flags & RTM_F_CLONED) != 0) return false;
  return route.rtm_table == RT_TABLE_MAIN && (!only_default || route.rtm_dst_len == 0);
}

rtmsg route_header(int family, int type, int scope) {
  rtmsg route{};
  route.rtm_family = static_cast<unsigned char>(family);
  route.rtm_table = RT_TABLE_MAIN;
  route.rtm_protocol = RTPROT_STATIC;
  route.rtm_type = static_cast<unsigned char>(type);
  route.rtm_scope = static_cast<unsigned char>(scope);
  return route;
}

}  // namespace

Result<Links> Links::open() {
  Fd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!socket) return fail_os("rtnetlink socket");
  return Links(std::move(socket));
}

Result<void> Links::make_veth(const VethEnd& one, const VethEnd& other) {
  NetlinkMessage message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  message.append(link_header(one.index, 0));  // up comes later: the peer of a veth cannot be up before the pair is one
  message.attribute(IFLA_IFNAME, one.name);
  message.attribute(IFLA_NET_NS_FD, one.network_namespace);
  const auto info = message.begin(IFLA_LINKINFO);
  message.attribute(IFLA_INFO_KIND, std::string("veth"));
  const auto data = message.begin(IFLA_INFO_DATA);
  const auto peer = message.begin(VETH_INFO_PEER);
  message.append(link_header(other.index, 0));
  message.attribute(IFLA_IFNAME, other.name);
  message.attribute(IFLA_NET_NS_FD, other.network_namespace);
  message.end(peer);
  message.end(data);
  message.end(info);
  return exchange(socket_.get(), message, "veth " + one.name + "-" + other.name);
}

Result<void> Links::set_up(int index) {
  NetlinkMessage message(RTM_NEWLINK, 0);
  message.append(link_header(index, IFF_UP));
  return exchange(socket_.get(), message, "link up");
}

// The kernel notices a carrier in a work queue; until then IPv6 does not use the link.
Result<void> Links::await_running(const std::string& name) {
  ifreq request{};
  name.copy(request.ifr_name, IFNAMSIZ - 1);
  constexpr timespec kPause{0, 200'000};
  for (int i = 0; i < 10'000; ++i) {
    if (::ioctl(socket_.get(), SIOCGIFFLAGS, &request) != 0) return fail_os(name);
    if ((request.ifr_flags & IFF_RUNNING) != 0) return {};
    ::nanosleep(&kPause, nullptr);
  }
  return fail(name + ": the link does not come up");
}

Result<void> Links::add_address(int index, const std::string& own, const std::string& peer) {
  BOTTLE_TRY(const auto local, parse(own));
  BOTTLE_TRY(const auto remote, parse(peer));
  NetlinkMessage message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
  message.append(address_header(local, static_cast<int>(local.size * 8), index));
  message.attribute(IFA_LOCAL, local.bytes.data(), local.size);
  message.attribute(IFA_ADDRESS, remote.bytes.data(), remote.size);
  return exchange(socket_.get(), message, "address " + own);
}

Result<void> Links::add_address(int index, const Destination& own) {
  BOTTLE_TRY(const auto local, parse(own.network));
  NetlinkMessage message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
  message.append(address_header(local, own.bits, index));
  message.attribute(IFA_LOCAL, local.bytes.data(), local.size);
  message.attribute(IFA_ADDRESS, local.bytes.data(), local.size);
  return exchange(socket_.get(), message, "address " + own.network + "/" + std::to_string(own.bits));
}

Result<void> Links::add_default_route(int index, const std::string& gateway) {
  const bool ipv6 = gateway.find(':') != std::string::npos;
  return add_route(index, gateway, {ipv6 ? "::" : "0.0.0.0", 0});
}

Result<void> Links::add_route(int index, const std::string& gateway, const Destination& to, int table) {
  BOTTLE_TRY(const auto via, parse(gateway));
  BOTTLE_TRY(const auto network, parse(to.network));
  NetlinkMessage message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
  rtmsg header = route_header(via.family, RTN_UNICAST, RT_SCOPE_UNIVERSE);
  header.rtm_flags = RTNH_F_ONLINK;  // the carrier may not be there yet, and IPv6 would find no way to the gateway
  header.rtm_dst_len = static_cast<unsigned char>(to.bits);
  message.append(header);
  if (to.bits != 0) message.attribute(RTA_DST, network.bytes.data(), network.size);
  if (table != 0) message.attribute(RTA_TABLE, table);
  message.attribute(RTA_GATEWAY, via.bytes.data(), via.size);
  message.attribute(RTA_OIF, index);
  return exchange(socket_.get(), message, "route to " + to.network + "/" + std::to_string(to.bits));
}

Result<void> Links::add_neighbour_route(int index, const std::string& neighbour) {
  BOTTLE_TRY(const auto address, parse(neighbour));
  NetlinkMessage message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
  rtmsg header = route_header(address.family, RTN_UNICAST, RT_SCOPE_LINK);
  header.rtm_dst_len = static_cast<unsigned char>(address.size * 8);
  message.append(header);
  message.attribute(RTA_DST, address.bytes.data(), address.size);
  message.attribute(RTA_OIF, index);
  return exchange(socket_.get(), message, "route to " + neighbour);
}

// In the table that is looked up first, where the loopback's own addresses are.
Result<void> Links::refuse(const std::string& address) {
  BOTTLE_TRY(const auto literal, parse(address));
  NetlinkMessage message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
  rtmsg header = route_header(literal.family, RTN_PROHIBIT, RT_SCOPE_UNIVERSE);
  header.rtm_table = RT_TABLE_LOCAL;
  header.rtm_dst_len = static_cast<unsigned char>(literal.size * 8);
  message.append(header);
  message.attribute(RTA_DST, literal.bytes.data(), literal.size);
  return exchange(socket_.get(), message, "refuse " + address);
}

Result<void> Links::remove_routes(bool ipv6, bool only_default) {
  NetlinkMessage question(RTM_GETROUTE, 0);
  rtmsg header{};
  header.rtm_family = ipv6 ? AF_INET6 : AF_INET;
  question.append(header);
  BOTTLE_TRY(auto routes, dump(socket_.get(), question, "list the routes"));
  for (auto& told : routes) {
    if (!is_in_main_table(told, only_default)) continue;
    NetlinkMessage removal(std::move(told), RTM_DELROUTE);
    auto removed = exchange(socket_.get(), removal, "remove a route");
    if (!removed && removed.error().os_errno != ESRCH) return removed;  // ESRCH: it went with another
  }
  return {};
}

Result<void> Links::add_rule(bool ipv6, const std::string& protocol, int port, int table) {
  NetlinkMessage message(RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL);
  fib_rule_hdr header{};
  header.family = ipv6 ? AF_INET6 : AF_INET;
  header.action = FR_ACT_TO_TBL;
  message.append(header);
  unsigned char number = IPPROTO_TCP;
  if (protocol == "udp") number = IPPROTO_UDP;
  if (protocol == "icmp") number = IPPROTO_ICMP;
  if (protocol == "icmp" && ipv6) number = IPPROTO_ICMPV6;
  message.attribute(FRA_IP_PROTO, &number, sizeof(number));
  const auto end = static_cast<std::uint16_t>(port);
  const fib_rule_port_range ports{end, end};
  if (port != 0) message.attribute(FRA_DPORT_RANGE, &ports, sizeof(ports));
  message.attribute(FRA_TABLE, table);
  message.attribute(FRA_PRIORITY, kAfterMainTable + table);
  return exchange(socket_.get(), message, "rule for " + protocol);
}

// In the main table, not in `local`: there, IPv6 would send its answers to the loopback too.
Result<void> Links::answer_to_every_address(bool ipv6) {
  NetlinkMessage message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
  message.append(route_header(ipv6 ? AF_INET6 : AF_INET, RTN_LOCAL, ipv6 ? RT_SCOPE_UNIVERSE : RT_SCOPE_HOST));
  message.attribute(RTA_OIF, kLoopback);
  return exchange(socket_.get(), message, ipv6 ? "local ::/0" : "local 0.0.0.0/0");
}

}  // namespace bottle::warden
