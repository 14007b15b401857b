#include "backends/smolmachines/host_road.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "harness/bottle.h"
#include "harness/platform/descriptors.h"
#include "harness/platform/no_broken_pipe.h"
#include "harness/secrets.h"

namespace bottle::smolmachines {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kDialLimit{3'000}, kArrivalLimit{5'000}, kLook{2};

// Connected; or none, and errno says why.
Fd dial(const std::string& address, int port) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(static_cast<std::uint16_t>(port));
  if (::inet_pton(AF_INET, address.c_str(), &where.sin_addr) != 1) return errno = EINVAL, Fd();
  Fd socket = make_socket(AF_INET, SOCK_STREAM, Blocking::no);
  if (!socket || ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0) return socket;
  if (errno != EINPROGRESS) return {};
  pollfd waiting{socket.get(), POLLOUT, 0};
  if (::poll(&waiting, 1, static_cast<int>(kDialLimit.count())) != 1) return errno = ETIMEDOUT, Fd();
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0) return socket;
  return errno = error, Fd();
}

bool say(const Fd& socket, const std::string& line) {
  const NoBrokenPipeSignal guard;
  return ::send(socket.get(), line.data(), line.size(), 0) == static_cast<ssize_t>(line.size());
}

Result<bool> holds(Lab& lab, const std::string& word) {
  BOTTLE_TRY(const auto arrivals, lab.arrivals());
  return std::any_of(arrivals.begin(), arrivals.end(),
                     [&](const Arrival& arrival) { return arrival.bytes.find(word) != std::string::npos; });
}

tl::unexpected<Error> unheard(const std::string& where, const std::string& why) {
  return fail("what a machine got past its wall would not be heard, so nothing was tried: this host dialled " + where +
                  ", which is the lab's, and it did not arrive there (" + why + ")",
              Fault::unavailable);
}

}  // namespace

Result<void> show_that_host_is_heard(Lab& lab, const std::string& address) {
  const std::string where = address + ":" + std::to_string(kNearbyPort), word = make_nonce();
  const Fd socket = dial(address, kNearbyPort);
  if (!socket) return unheard(where, std::strerror(errno));
  if (!say(socket, word + "\n")) return unheard(where, std::strerror(errno));
  const auto deadline = std::chrono::steady_clock::now() + kArrivalLimit;
  while (std::chrono::steady_clock::now() < deadline) {
    BOTTLE_TRY(const bool arrived, holds(lab, word));
    if (arrived) return {};
    std::this_thread::sleep_for(kLook);
  }
  return unheard(where, "somebody else took the connection");
}

}  // namespace bottle::smolmachines
