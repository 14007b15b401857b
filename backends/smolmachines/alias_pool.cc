#include "backends/smolmachines/alias_pool.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include "backends/namespaces/canaries.h"

namespace bottle::smolmachines {
namespace {

constexpr int kReservedPort = 17'216;
constexpr int kAnyPort = 0;
constexpr char kUsualOther[] = "127.0.0.77";
#ifdef __APPLE__
constexpr char kAdd[] = "sudo ifconfig lo0 alias {}$i netmask 255.255.255.255";
#else
constexpr char kAdd[] = "sudo ip address add {}$i/32 dev lo";
#endif

bool is_of_this_host(const std::string& address) {
  return static_cast<bool>(warden::bound_at(address, kAnyPort, SOCK_STREAM));
}

}  // namespace

std::vector<std::string> AliasPool::addresses() const {
  std::vector<std::string> all;
  for (int number = first; number <= last; ++number) all.push_back(address(number));
  return all;
}

AliasPool loopback_aliases() { return {"127.0.0.", 16, 31}; }
AliasPool gateway_aliases() { return {"192.0.2.", 16, 31}; }

std::string how_to_add(const AliasPool& pool) {
  return fmt::format("for i in $(seq {} {}); do {}; done", pool.first, pool.last,
                     fmt::format(fmt::runtime(kAdd), pool.base));
}

Result<Alias> take_alias(const AliasPool& pool) {
  int here = 0;
  for (int number = pool.first; number <= pool.last; ++number) {
    const std::string address = pool.address(number);
    // Bound and no more: it is one of the addresses that the agent may dial.
    if (Fd reservation = warden::bound_at(address, kReservedPort, SOCK_STREAM); reservation)
      return Alias{address, std::move(reservation)};
    here += is_of_this_host(address) ? 1 : 0;
  }
  const std::string all = pool.address(pool.first) + " to " + pool.address(pool.last);
  if (here == 0)
    return fail("this host has none of the loopback aliases " + all + "; add them: " + how_to_add(pool),
                Fault::unavailable);
  if (here == pool.last - pool.first + 1)
    return fail("every loopback alias from " + all + " has a bottle already; wait for one to end", Fault::unavailable);
  return fail(fmt::format("of the loopback aliases {} this host has {}, and each has a bottle already; wait for one to "
                          "end, or add the others: {}",
                          all, here, how_to_add(pool)),
              Fault::unavailable);
}

std::string other_loopback(const std::string& own) {
  if (is_of_this_host(kUsualOther)) return kUsualOther;
  const AliasPool pool = loopback_aliases();
  for (int number = pool.last; number >= pool.first; --number) {
    if (pool.address(number) != own && is_of_this_host(pool.address(number))) return pool.address(number);
  }
  return {};
}

}  // namespace bottle::smolmachines
