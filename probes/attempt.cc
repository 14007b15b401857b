#include "probes/attempt.h"

#include "probes/bytes.h"

namespace bottle::prober {
namespace {

constexpr std::size_t kDetail = 400;

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch()).count();
}

}  // namespace

Attempt::Attempt(const Action& action, Deadline batch_deadline, Family& family)
    : action_(action), family_(family), deadline_(batch_deadline) {
  report_.nonce = action.nonce;
  report_.action = action.kind;
}

void Attempt::begin(Deadline deadline) {
  const std::lock_guard lock(mutex_);
  deadline_ = deadline;
  report_.start_ns = now_ns();
}

void Attempt::reached(std::string_view stage) {
  const std::lock_guard lock(mutex_);
  report_.stage = stage;
}

void Attempt::sent(std::string_view what, std::string_view bytes) {
  Segment segment{std::string(what), bytes.size(), sha256_hex(bytes)};
  const std::lock_guard lock(mutex_);
  report_.sent.push_back(std::move(segment));
}

void Attempt::replied(std::string_view from, std::string read, bool hashed) {
  const std::lock_guard lock(mutex_);
  report_.reply = Reply{std::string(from), std::move(read), hashed};
}

bool Attempt::has_reply() {
  const std::lock_guard lock(mutex_);
  return report_.reply.has_value();
}

void Attempt::start_over() {
  const std::lock_guard lock(mutex_);
  report_.sent.clear();
}

void Attempt::is_client() {
  const std::lock_guard lock(mutex_);
  report_.steps.emplace();
}

void Attempt::step_ended(Step step) {
  const std::lock_guard lock(mutex_);
  report_.steps->push_back(std::move(step));
}

std::optional<Report> Attempt::close(const Trouble& trouble) {
  const std::lock_guard lock(mutex_);
  if (closed_) return std::nullopt;
  closed_ = true;
  report_.end_ns = now_ns();
  if (report_.start_ns == 0) report_.start_ns = report_.end_ns;  // it was never begun
  report_.error = trouble.error;
  report_.detail = trouble.detail.substr(0, kDetail);
  return std::move(report_);
}

}  // namespace bottle::prober
