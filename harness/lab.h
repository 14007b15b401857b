// The harness's end of the lab (fixtures/internet): the sinks' log, of one lab's process or of several as one.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/arrival.h"
#include "harness/lab_channel.h"
#include "harness/lab_config.h"

namespace bottle {

// For one thread at a time.
class Lab {
 public:
  // `input`: the lab's stdin, `output`: its stdout. `canaries`: NAME -> "address:port" as bound.
  Lab(Fd input, Fd output, std::map<std::string, std::string> canaries);

  // Opens the lab and waits until it is ready; once, before anything else.
  Result<void> open(const std::string& open_line, std::chrono::milliseconds limit);
  // From now on this is both: what either heard, and the canaries of both. The CA and IPv6 stay this one's. Both are
  // open already, and the other's arrivals have not been asked for.
  void join(Lab other);

  const std::string& ca_pem() const { return greeting_.ca_pem; }
  bool ipv6() const { return greeting_.ipv6; }  // whether it hears IPv6
  const std::map<std::string, std::string>& canaries() const { return canaries_; }

  // Waits until nothing has arrived for `quiet`, at all labs in the same window, at most `limit`; false: it was never
  // quiet.
  Result<bool> settle(std::chrono::milliseconds quiet, std::chrono::milliseconds limit);
  // All arrivals so far, numbered as they were told: an arrival keeps its number. What is new is told in order of time,
  // also of several labs; what one of them heard while another was being asked may come after what is later. An error
  // of any lab (lab_channel.h) is one of all, for good.
  Result<std::vector<Arrival>> arrivals();

 private:
  struct Part {
    LabChannel channel;
    std::vector<std::uint64_t> numbers = {};  // under which its arrivals were told, in its own order
  };
  Result<void> hear_news();
  Result<void> tell(Part& part, Arrival arrival);

  std::vector<Part> parts_;
  std::map<std::string, std::string> canaries_;
  LabGreeting greeting_;
  std::vector<Arrival> told_;
  std::optional<Error> trouble_;
};

}  // namespace bottle
