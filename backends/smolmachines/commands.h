// smolvm's command lines: pure functions, so that they can be read, tested, and shown by --dry-run.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "backends/smolmachines/smolvm.h"
#include "backends/smolmachines/state_database.h"

namespace bottle::smolmachines {

// What a machine is made from, and what it may reach.
struct MachineSpec {
  std::string name = {};
  std::filesystem::path artifact = {};  // .smolmachine
  Cidrs allowed = {};
  std::string dns = {};         // where its gateway sends queries on; empty: smolvm's choice
  bool localhost_only = false;  // a hole: smolvm's own word for all of the host's loopback
};

Words create_machine(const Family& family, const MachineSpec& spec);
Words start_machine(const std::string& name);
Words stop_machine(const std::string& name);
Words delete_machine(const Family& family, const std::string& name);
Words list_machines();
// `words` with their own limit, which smolvm keeps.
Words exec_in_machine(const std::string& name, const Words& words, std::chrono::milliseconds limit);
Words copy_into_machine(const std::string& name, const std::filesystem::path& from, const std::string& to);

Words pack_from_registry(const std::string& image, const std::filesystem::path& out);
Words create_from_archive(const Family& family, const std::string& name, const std::filesystem::path& archive);
Words pack_from_machine(const std::string& name, const std::filesystem::path& out);

// For people, as they would type it: "smolvm machine start --name x".
std::string line_of(const Words& words);
std::string line_of(const std::string& program, const Words& words);

}  // namespace bottle::smolmachines
