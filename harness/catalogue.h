// The catalogue: cases as data (attacks/catalogue/*.toml, and a user's own with --catalogue DIR). Unknown keys, wrong
// types, unknown severities and duplicate ids are errors with file and line; so is a technique that does not exist.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/record.h"
#include "harness/result.h"
#include "harness/verdict.h"

namespace bottle {

// A parameter's values; a case has one variant for each combination, in the order written. Numbers and booleans are
// text.
using Parameters = std::vector<std::pair<std::string, std::vector<std::string>>>;

struct Case {
  CaseInfo info = {};
  std::string technique = {};  // "http", "dns", "connect", "git"
  Parameters parameters = {};  // `params` then `matrix`: the same thing, but only the latter is meant to be varied
  std::string profile = "standard";
  std::vector<Disposition> expect = {};  // dispositions that count as contained; empty: all
  std::filesystem::path file = {};
  int line = 0;
};

// Every *.toml in the folder, in the order of the files' names. `techniques`: the names that exist.
Result<std::vector<Case>> read_catalogue(const std::filesystem::path& folder,
                                         const std::vector<std::string>& techniques);
// Several folders, in the order given; an id must be unique over all of them.
Result<std::vector<Case>> read_catalogues(const std::vector<std::filesystem::path>& folders,
                                          const std::vector<std::string>& techniques);

// The parameters of one variant, and how it is written: "scheme=https,position=header".
using Choice = std::map<std::string, std::string>;
std::vector<std::pair<std::string, Choice>> combinations(const Parameters& parameters);

}  // namespace bottle
