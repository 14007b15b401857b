// The agent's side: its namespaces, held by the first process in them, and how another process enters them.
#pragma once

#include <memory>

#include "backends/namespaces/agent_root.h"
#include "backends/namespaces/confine.h"
#include "backends/namespaces/identity.h"
#include "harness/fd.h"
#include "harness/result.h"

namespace bottle::warden {

class Agent {
 public:
  // Starts its first process, which builds the root by itself. The caller must be in the agent's network namespace.
  static Result<Agent> start(const RootSpec& spec);

  Result<void> make_filter();                      // meanwhile: it takes as long as a good part of the root
  int events() const { return from_init_.get(); }  // readable when the root is there, or could not be made
  Result<void> finish();  // then: maps its ids, sends it the filter and waits until it is confined

  // Until this is undone with leave_processes(), children of the caller are born in the agent's pid namespace.
  Result<void> enter_processes() const;
  Result<void> leave_processes() const;
  Result<void> enter_files() const;        // the mount namespace alone, with the warden's rights
  Result<void> enter_and_confine() const;  // all else; there is no way back
  bool ready() const { return static_cast<bool>(users_); }
  const Identity& identity() const { return identity_; }

 private:
  enum class Kind { agent, host, root_of_host };  // confined, or at home as a user, or as root
  Kind kind_ = Kind::agent;
  bool nested_ = true;  // it has a user namespace of its own
  Result<void> confine(const SeccompFilter& filter) const;

  Identity identity_;
  SeccompFilter filter_;
  pid_t init_ = -1;
  Fd from_init_, to_init_;
  Fd own_processes_;
  Fd users_, mounts_, processes_, ipc_, hostname_, cgroups_;
};

}  // namespace bottle::warden
