// Small real servers on loopback, in threads of the test.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace bottle::testing {

// Listens on 127.0.0.1 (or a Unix path) and gives each connection to `serve`, one after the other, which closes
// nothing.
class StreamServer {
 public:
  explicit StreamServer(std::function<void(int socket)> serve, const std::string& unix_path = {});
  ~StreamServer();
  int port() const { return port_; }
  int connections() const { return connections_; }

 private:
  int listener_ = -1, port_ = 0;
  std::atomic<bool> stop_{false};
  std::atomic<int> connections_{0};
  std::thread thread_;
};

// Answers each datagram with what `answer` returns; nothing when that is empty.
class DatagramServer {
 public:
  explicit DatagramServer(std::function<std::string(const std::string&)> answer);
  ~DatagramServer();
  int port() const { return port_; }

 private:
  int socket_ = -1, port_ = 0;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

// A port of 127.0.0.1 that we hold, and on which nothing listens: it refuses.
class RefusingPort {
 public:
  RefusingPort();
  ~RefusingPort();
  int port() const { return port_; }

 private:
  int socket_ = -1, port_ = 0;
};

// Reads until this text has come, the end, or three seconds have passed; returns all of it.
std::string read_until(int socket, const std::string& text);
void say(int socket, const std::string& text);
// Waits until the peer hangs up, at most ten seconds.
void stay_silent(int socket);
// The next close() of it resets the connection.
void reset_on_close(int socket);

}  // namespace bottle::testing
