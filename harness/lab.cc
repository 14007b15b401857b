#include "harness/lab.h"

#include <algorithm>
#include <charconv>

namespace bottle {
namespace {

using Clock = std::chrono::steady_clock;

constexpr char kConnection[] = "connection";  // the detail that names another arrival by its number

}  // namespace

Lab::Lab(Fd input, Fd output, std::map<std::string, std::string> canaries) : canaries_(std::move(canaries)) {
  parts_.push_back({LabChannel(std::move(input), std::move(output))});
}

Result<void> Lab::open(const std::string& open_line, std::chrono::milliseconds limit) {
  BOTTLE_TRY(greeting_, parts_.front().channel.open(open_line, limit));
  return {};
}

void Lab::join(Lab other) {
  if (!other.told_.empty() || other.trouble_)  // it would be forgotten
    trouble_ = Error{.what = "a lab was joined after its arrivals had been asked for"};
  std::move(other.parts_.begin(), other.parts_.end(), std::back_inserter(parts_));
  canaries_.merge(other.canaries_);
}

Result<bool> Lab::settle(std::chrono::milliseconds quiet, std::chrono::milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    for (Part& part : parts_) {
      if (auto asked = part.channel.ask_settle(quiet, left); !asked) return fail(asked.error());
    }
    bool settled = true, same_window = true;
    for (Part& part : parts_) {
      BOTTLE_TRY(const LabRest rest, part.channel.hear_settle());
      settled = settled && rest.settled;
      same_window = same_window && rest.undisturbed;
    }
    // One that became quiet after another had answered may have set that one going again: they are asked once more.
    if (!settled || same_window || parts_.size() == 1) return settled;
  }
}

Result<std::vector<Arrival>> Lab::arrivals() {
  if (trouble_) return fail(*trouble_);
  if (auto heard = hear_news(); !heard) {
    trouble_ = heard.error();
    return fail(*trouble_);
  }
  return told_;
}

Result<void> Lab::hear_news() {
  for (Part& part : parts_) {
    if (auto asked = part.channel.ask_arrivals(); !asked) return asked;
  }
  std::vector<std::pair<Part*, Arrival>> news;
  for (Part& part : parts_) {
    BOTTLE_TRY(auto heard, part.channel.hear_arrivals());
    for (Arrival& arrival : heard) news.emplace_back(&part, std::move(arrival));
  }
  // Of one lab they are in order already, and stay so.
  std::stable_sort(news.begin(), news.end(),
                   [](const auto& a, const auto& b) { return a.second.at_ns < b.second.at_ns; });
  for (auto& [part, arrival] : news) {
    if (auto told = tell(*part, std::move(arrival)); !told) return told;
  }
  return {};
}

Result<void> Lab::tell(Part& part, Arrival arrival) {
  arrival.number = told_.size() + 1;
  part.numbers.push_back(arrival.number);
  if (const auto named = arrival.detail.find(kConnection); named != arrival.detail.end()) {
    std::string& number = named->second;
    std::uint64_t own = 0;
    std::from_chars(number.data(), number.data() + number.size(), own);
    if (own == 0 || own > part.numbers.size())
      return fail("the lab's arrival " + std::to_string(arrival.number) + " is of a connection that never came");
    number = std::to_string(part.numbers[own - 1]);
  }
  told_.push_back(std::move(arrival));
  return {};
}

}  // namespace bottle
