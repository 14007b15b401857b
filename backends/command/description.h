// How a sandbox is used that somebody else wrote: a file of fixtures/sandboxes (its README explains every key), read
// and checked before anything is started.
#pragma once

#include <chrono>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "harness/bottle.h"
#include "harness/result.h"

namespace bottle::command {

// A program that must be there, and where it comes from.
struct Needed {
  std::string name = {};
  std::string apt = {}, npm = {};       // packages; either
  std::vector<std::string> shows = {};  // what of the host must be visible for it to run, beside itself
};

// Who starts it: an ordinary user; one who needs a set-user-ID program, so that root must exist beside him; or root.
enum class User { ordinary, setuid, root };

struct Description {
  std::string name = {}, title = {};
  std::vector<Needed> programs = {};      // the first is the sandbox itself
  std::vector<std::string> version = {};  // says its version
  User user = User::ordinary;
  std::string bundle = "none";  // "reference", or a profile that comes with the sandbox
  std::set<Boundary> claims = {};
  // Argument lists with placeholders (fill.h). Empty: there is no such step.
  std::vector<std::string> create = {}, exec = {}, put = {}, remove = {}, list = {};
  std::vector<std::string> environment = {};  // one variable, as arguments; empty: it is inherited
  std::vector<AgentFile> files = {};          // to be there before, on the sandbox's host
  std::chrono::milliseconds start_limit{10'000};

  // Fault::usage, with file and line.
  static Result<Description> read(const std::filesystem::path& file);
};

// A name of `folder` (without .toml), or a file. Fault::usage.
Result<Description> description_named(const std::filesystem::path& folder, const std::string& name_or_file);

}  // namespace bottle::command
