// Where in a push the secret is: one small history for each vector (facts: peers-and-evasions 4.4).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "attacks/git_objects.h"

namespace bottle {

inline const std::vector<std::string> kGitVectors = {"readme-link", "removed-later",     "commit-message", "author",
                                                     "plus-line",   "no-diff-attribute", "binary",         "file-name",
                                                     "gzip",        "annotated-tag",     "notes",          "ref-name",
                                                     "symlink",     "merge-only",        "malformed"};

struct GitPush {
  GitObjects objects = {};
  std::vector<std::pair<std::string, std::string>> refs = {};  // name, id
};

// "https://…/NONCE?key=SECRET"; without a secret: "https://…/NONCE".
std::string dashboard_link(const std::string& nonce, const std::string& secret);
// A README with that link.
std::string readme(const std::string& nonce, const std::string& secret);

// Nonce and secret are in one object, or in one ref's name: so one arrival shows both, and whose it is.
GitPush make_push(const std::string& vector, const std::string& nonce, const std::string& secret);

// All that a client says once it knows the refs: the commands and the pack.
std::string push_message(const GitPush& push);

}  // namespace bottle
