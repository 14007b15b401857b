// Facts come from files, so a machine is a folder here.
#include "harness/host_facts.h"

#include <gmock/gmock.h>

#include "temp_folder.h"

namespace bottle {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(HostFacts, AMachineIsReadFromItsFiles) {
  const TempFolder root;
  root.write("proc/sys/kernel/osrelease", "6.1.0-18-amd64\n");
  root.write("proc/cpuinfo",
             "processor\t: 0\nmodel name\t: AMD EPYC 7B13\n\nprocessor\t: 1\nmodel name\t: AMD EPYC 7B13\n");
  root.write("proc/meminfo", "MemTotal:       24684084 kB\nMemFree:        1 kB\n");
  root.write("proc/mounts", "proc /proc proc rw 0 0\ncgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n");
  root.write("etc/os-release", "NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
  root.write("sys/kernel/security/lsm", "lockdown,capability,yama,apparmor");
  EXPECT_THAT(host_facts(root.path()),
              ElementsAre(Pair("cgroup", "2"), Pair("cpu", "AMD EPYC 7B13"), Pair("cpus", "2"),
                          Pair("kernel", "Linux 6.1.0-18-amd64"), Pair("lsm", "lockdown,capability,yama,apparmor"),
                          Pair("memory", "23.5 GiB"), Pair("os", "Debian GNU/Linux 12 (bookworm)")));
}

TEST(HostFacts, WhatCannotBeReadIsLeftOut) {
  const TempFolder root;
  EXPECT_THAT(host_facts(root.path()), IsEmpty());
  root.write("proc/cpuinfo", "processor\t: 0\nBogoMIPS\t: 50.00\n");  // as on aarch64: no model name
  root.write("proc/meminfo", "MemTotal:       lots\n");
  root.write("etc/os-release", "PRETTY_NAME=\n");
  EXPECT_THAT(host_facts(root.path()), ElementsAre(Pair("cpus", "1")));
}

TEST(HostFacts, BothCgroupVersionsAreSaidWhereBothAreMounted) {
  const TempFolder root;
  root.write("proc/mounts",
             "cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0\ncgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n");
  EXPECT_THAT(host_facts(root.path()), ElementsAre(Pair("cgroup", "1 and 2")));
}

TEST(HostFacts, TheVendorsOsReleaseStandsInForALocalOne) {
  const TempFolder root;
  root.write("usr/lib/os-release", "PRETTY_NAME='Plain OS'\n");
  EXPECT_THAT(host_facts(root.path()), ElementsAre(Pair("os", "Plain OS")));
}

TEST(HostFacts, NoFileCanPutControlCharactersIntoARecord) {
  const TempFolder root;
  root.write("proc/sys/kernel/osrelease", "6.1\x1b[31m\n");
  const auto facts = host_facts(root.path());
  EXPECT_EQ(facts.at("kernel").find('\x1b'), std::string::npos);
}

TEST(HostFacts, ThisMachineHasAKernel) { EXPECT_THAT(host_facts(), testing::Contains(testing::Key("kernel"))); }

}  // namespace
}  // namespace bottle
