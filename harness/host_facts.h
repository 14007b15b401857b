// What a reader of a record wants to know of the machine. What cannot be read is left out, never guessed.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace bottle {

// "kernel", "cpu", "cpus", "memory", "os", "lsm", "cgroup". `root`: where proc, sys and etc stand; another one is for
// tests.
std::map<std::string, std::string> host_facts(const std::filesystem::path& root = "/");

}  // namespace bottle
