// The smallest bundle: listens on the ports of its arguments, answers every connection with "tiny\n", says "bye" on
// stderr and to an address of the internet when it is asked to end. A port of 0 ends it at once with exit 7.
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <vector>

int main(int argc, char** argv) {
  ::signal(SIGTERM, [](int) {
    static_cast<void>(!::write(2, "bye\n", 4));
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in away{};
    away.sin_family = AF_INET;
    away.sin_port = htons(4444);
    away.sin_addr.s_addr = htonl(0xcb007109);  // 203.0.113.9
    static_cast<void>(!::sendto(fd, "bye", 3, 0, reinterpret_cast<sockaddr*>(&away), sizeof(away)));
    ::_exit(0);
  });
  std::vector<pollfd> listeners;
  for (int i = 1; i < argc; ++i) {
    const int port = std::atoi(argv[i]);
    if (port == 0) return 7;
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    if (::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 || ::listen(fd, 16) != 0) return 1;
    listeners.push_back({fd, POLLIN, 0});
  }
  while (::poll(listeners.data(), listeners.size(), -1) >= 0) {
    for (const auto& listener : listeners) {
      if (listener.revents == 0) continue;
      const int client = ::accept(listener.fd, nullptr, nullptr);
      static_cast<void>(!::write(client, "tiny\n", 5));
      ::close(client);
    }
  }
}
