// A secret of the bottle's own, by the name of its variable. The harness never learns it: where it is to stand in a
// request there is a blank, which is filled here, and nothing that could hold it goes into the report.
#pragma once

#include <string>

#include "probes/fields.h"
#include "probes/wait.h"

namespace bottle::prober {

struct OwnSecret {
  std::string variable = {}, blank = {};  // empty: there is none
  std::string value = {};

  static OwnSecret wished(Fields& fields);  // `own_secret`
  // NOSECRET: the variable is not there, or holds what cannot stand in a header.
  Trouble look_up();
  std::string fill(std::string request) const;
  // Of an answer that may repeat it: the first line, without it.
  std::string presentable(const std::string& answer) const;
  bool is_wished() const { return !variable.empty(); }
};

}  // namespace bottle::prober
