// What is measured: something that can be started, asked to run the payload, and ended. One sample is one life.
#pragma once

#include <memory>
#include <string>

#include "harness/bench/session.h"
#include "harness/bottle.h"
#include "harness/runner.h"

namespace bottle {

// Whether nothing else of ours runs meanwhile: only then can be told whose processor time it was, and what was left.
enum class Company { none, others };

class Contender {
 public:
  virtual ~Contender() = default;
  // Name, title and facts, without samples.
  virtual BenchContender describe() const = 0;
  // One life, from nothing to nothing. What goes wrong is in the sample. Round and warm-up are the caller's.
  virtual BenchSample live(Company company) = 0;
};

inline constexpr char kPayload[] = "bottle-payload";  // the helper (probes/payload.cc)

// A program that runs the payload by itself and ends with it: the control (the payload and nothing else), or a
// sandbox's own command line, whose walls go when the payload does.
struct ProgramToMeasure {
  std::string name = {}, title = {};
  Command command = {};
};
std::unique_ptr<Contender> make_contender(const ProgramToMeasure& program);

// A bottle: whole, with its lab and its bundle, or the agent's walls alone (Backend::has_walls_alone).
struct BottleToMeasure {
  std::string name = {}, title = {};
  RunInputs inputs = {};
  bool walls_alone = false;
};
std::unique_ptr<Contender> make_contender(std::unique_ptr<Backend> backend, const BottleToMeasure& bottle);

}  // namespace bottle
