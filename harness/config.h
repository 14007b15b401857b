// The configuration file (--config FILE, TOML). Every key but [[waiver]] and [[budget]] has a command-line option of
// the same name that outranks it.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/bench/budget.h"
#include "harness/result.h"
#include "harness/waiver.h"

namespace bottle {

struct BundleChoice {
  std::vector<std::string> command = {};  // empty: the image's own, or else the reference bundle
  std::string image = {};                 // for a backend with images
  std::string profile = "reference";      // a name in share/bundles, or a file
  bool own = false;                       // the sandbox's: nothing is started (Backend::own_bundle)
};

inline bool is_reference(const BundleChoice& bundle) {
  return bundle.command.empty() && bundle.image.empty() && !bundle.own;
}

struct ReportTarget {
  std::string format = {};
  std::string file = {};  // "-": stdout
};

// Every field is as the file says, or as below when it says nothing.
struct Config {
  std::string backend = {};                         // empty: the platform's default
  std::map<std::string, std::string> options = {};  // of the backend: options = { runtime = "runsc" }
  BundleChoice bundle = {};  // bundle = { command = ["squid", "-N"], image = "squid:6", profile = "squid.toml" }
  std::string agent_image = {};
  std::string rootfs = {};
  std::string profile = "standard";
  std::vector<std::string> filters = {};
  std::vector<std::string> catalogues = {};
  std::string hole = {};
  std::vector<ReportTarget> reports = {};  // reports = ["junit=out/junit.xml"]
  std::vector<Waiver> waivers = {};
  std::vector<Budget> budgets = {};  // [[budget]], for bench
  int deadline_ms = 0;               // for one batch of the prober; 0: as the verb has it
  int quiet_ms = 20;                 // the quiescence window

  static Result<Config> read(const std::filesystem::path& file);
};

Result<ReportTarget> parse_report_target(const std::string& text);                  // "junit=FILE"
Result<std::pair<std::string, std::string>> parse_option(const std::string& text);  // "runtime=runsc"

}  // namespace bottle
