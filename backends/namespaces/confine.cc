#include "backends/namespaces/confine.h"

#include <linux/capability.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "backends/namespaces/files.h"
#include "harness/fd.h"

namespace bottle::warden {
namespace {

// By name, because not every call exists on every architecture and in every version of the headers.
constexpr std::array kForbidden{
    // mounts and roots
    "mount", "umount", "umount2", "pivot_root", "chroot", "open_tree", "move_mount", "fsopen", "fsconfig", "fsmount",
    "fspick", "mount_setattr", "swapon", "swapoff", "quotactl", "quotactl_fd",
    // other namespaces and processes
    "setns", "unshare", "ptrace", "process_vm_readv", "process_vm_writev", "kcmp", "pidfd_getfd",
    // the kernel's internals, most of its recent holes
    "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register", "keyctl",
    "add_key", "request_key", "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module",
    "lookup_dcookie", "syslog", "nfsservctl", "vm86", "vm86old",
    // files by handle, which knows no mount; devices
    "open_by_handle_at", "name_to_handle_at", "mknod", "mknodat", "iopl", "ioperm",
    // the machine
    "reboot", "settimeofday", "clock_settime", "clock_settime64", "clock_adjtime", "clock_adjtime64", "adjtimex",
    "stime", "acct", "sethostname", "setdomainname", "vhangup"};

constexpr std::array<unsigned, 7> kNamespaceFlags{CLONE_NEWNS,   CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
                                                  CLONE_NEWUSER, CLONE_NEWPID,    CLONE_NEWNET};
constexpr std::array kFamilies{AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};

// Every other number has two of some bits, or one that none of the four has; or it is one of two that are left. So few
// rules instead of one for each family: libseccomp takes its time for each (measured: 0.7 ms of a cold start of 8 for
// them all, 0.2 ms for these).
constexpr std::array<unsigned, 6> kForeignBits{0x04, 0x03, 0x09, 0x11, 0x12, 0x18};
constexpr std::array<unsigned, 2> kForeignFamilies{0, 8};
constexpr unsigned kFamiliesEnd = 32;  // none of the four is above

constexpr bool is_denied(unsigned family) {
  if (family >= kFamiliesEnd) return true;
  for (const unsigned bits : kForeignBits)
    if ((family & bits) == bits) return true;
  return std::find(kForeignFamilies.begin(), kForeignFamilies.end(), family) != kForeignFamilies.end();
}

constexpr bool only_the_four_are_left() {
  for (unsigned family = 0; family < 256; ++family) {
    const bool allowed = std::find(kFamilies.begin(), kFamilies.end(), static_cast<int>(family)) != kFamilies.end();
    if (allowed == is_denied(family)) return false;
  }
  return true;
}
static_assert(only_the_four_are_left());

// Of the call's first argument.
scmp_arg_cmp first_is(scmp_compare comparison, scmp_datum_t value) { return {0, comparison, value, 0}; }
scmp_arg_cmp first_has(scmp_datum_t mask, scmp_datum_t value) { return {0, SCMP_CMP_MASKED_EQ, mask, value}; }

using Context = std::unique_ptr<void, decltype(&::seccomp_release)>;

class Rules {
 public:
  explicit Rules(scmp_filter_ctx context) : context_(context) {}

  void deny(const char* call, int code = EPERM) { add(call, code, {}); }
  void deny_when(const char* call, scmp_arg_cmp argument) { add(call, EPERM, {argument}); }
  bool complete() const { return complete_; }

 private:
  void add(const char* call, int code, const std::vector<scmp_arg_cmp>& arguments) {
    const int number = ::seccomp_syscall_resolve_name(call);
    if (number == __NR_SCMP_ERROR || number < 0) return;  // this architecture does not have it
    const int added = ::seccomp_rule_add_array(context_, SCMP_ACT_ERRNO(static_cast<unsigned>(code)), number,
                                               static_cast<unsigned>(arguments.size()), arguments.data());
    complete_ = complete_ && added == 0;
  }

  scmp_filter_ctx context_;
  bool complete_ = true;
};

// personality(0) and (0xffffffff), which only asks, are allowed. A value is neither of them exactly when it has some
// bit set whose right neighbour (around the end) is clear; a filter can compare under a mask, so that is 32 rules.
void deny_other_personalities(Rules& rules) {
  for (unsigned bit = 0; bit < 32; ++bit) {
    const std::uint64_t set = 1u << bit;
    const std::uint64_t clear = 1u << ((bit + 1) % 32);
    rules.deny_when("personality", first_has(set | clear, set));
  }
}

// The kernel looks at 32 bits of the family, the filter at 64, so what is above is denied as a whole.
void deny_other_families(Rules& rules) {
  for (const char* call : {"socket", "socketpair"}) {
    for (const unsigned bits : kForeignBits) rules.deny_when(call, first_has(bits, bits));
    for (const unsigned family : kForeignFamilies) rules.deny_when(call, first_is(SCMP_CMP_EQ, family));
    rules.deny_when(call, first_is(SCMP_CMP_GE, kFamiliesEnd));
  }
}

Result<std::vector<sock_filter>> exported(scmp_filter_ctx context) {
  const Fd file(::memfd_create("seccomp", MFD_CLOEXEC));
  if (!file) return fail_os("memfd_create");
  if (const int error = ::seccomp_export_bpf(context, file.get()); error != 0) {
    errno = -error;
    return fail_os("seccomp_export_bpf");
  }
  const off_t size = ::lseek(file.get(), 0, SEEK_END);
  std::vector<sock_filter> program(static_cast<std::size_t>(size) / sizeof(sock_filter));
  if (size <= 0 || ::pread(file.get(), program.data(), static_cast<std::size_t>(size), 0) != size) {
    return fail_os("read the filter back");
  }
  return program;
}

}  // namespace

Result<SeccompFilter> SeccompFilter::make() {
  const Context context(::seccomp_init(SCMP_ACT_ALLOW), &::seccomp_release);
  if (!context) return fail("seccomp_init failed");
  // 32-bit programs would come with other numbers for the same calls.
  if (::seccomp_attr_set(context.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS)) != 0)
    return fail("seccomp_attr_set");
  Rules rules(context.get());
  for (const char* call : kForbidden) rules.deny(call);
  for (const unsigned flag : kNamespaceFlags) rules.deny_when("clone", first_has(flag, flag));
  rules.deny("clone3", ENOSYS);  // its flags are in memory, where no filter looks; libc then takes clone
  deny_other_personalities(rules);
  deny_other_families(rules);
  if (!rules.complete()) return fail("a rule was not accepted by libseccomp");
  SeccompFilter filter;
  BOTTLE_TRY(filter.program_, exported(context.get()));
  return filter;
}

Result<void> SeccompFilter::send(int pipe) const {
  const std::size_t size = program_.size();
  std::string bytes(reinterpret_cast<const char*>(&size), sizeof(size));
  bytes.append(reinterpret_cast<const char*>(program_.data()), size * sizeof(sock_filter));
  return write_all(pipe, bytes);
}

Result<SeccompFilter> SeccompFilter::receive(int pipe) {
  const auto fill = [&](void* to, std::size_t bytes) {
    for (auto* at = static_cast<char*>(to); bytes > 0;) {
      const ssize_t got = ::read(pipe, at, bytes);
      if (got <= 0) return false;
      at += got;
      bytes -= static_cast<std::size_t>(got);
    }
    return true;
  };
  std::size_t size = 0;
  SeccompFilter filter;
  if (!fill(&size, sizeof(size)) || size > BPF_MAXINSNS) return fail("no filter came");
  filter.program_.resize(size);
  if (!fill(filter.program_.data(), size * sizeof(sock_filter))) return fail("no whole filter came");
  return filter;
}

Result<void> SeccompFilter::install() const {
  const sock_fprog program{static_cast<unsigned short>(program_.size()), const_cast<sock_filter*>(program_.data())};
  if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) return fail_os("install the seccomp filter");
  return {};
}

Result<void> keep_in_bounding_set(std::span<const int> capabilities) {
  for (int capability = 0; ::prctl(PR_CAPBSET_READ, capability) >= 0; ++capability) {
    if (std::find(capabilities.begin(), capabilities.end(), capability) != capabilities.end()) continue;
    if (::prctl(PR_CAPBSET_DROP, capability) != 0) return fail_os("drop a capability");
  }
  return {};
}

Result<void> drop_all_capabilities() {
  if (auto dropped = keep_in_bounding_set({}); !dropped) return dropped;
  if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) return fail_os("clear ambient capabilities");
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const std::array<__user_cap_data_struct, 2> none{};
  if (::syscall(SYS_capset, &header, none.data()) != 0) return fail_os("drop all capabilities");
  return {};
}

Result<void> limit_resources() {
  const auto limit = [](auto resource, rlim_t most) {
    rlimit now{};
    ::getrlimit(resource, &now);
    const rlim_t value = std::min(most, now.rlim_max);
    const rlimit wanted{value, value};
    return ::setrlimit(resource, &wanted) == 0;
  };
  if (!limit(RLIMIT_CORE, 0) || !limit(RLIMIT_NOFILE, 4096) || !limit(RLIMIT_NPROC, 4096) ||
      !limit(RLIMIT_FSIZE, rlim_t{1} << 30)) {
    return fail_os("setrlimit");
  }
  return {};
}

Result<void> forbid_new_privileges() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail_os("no_new_privs");
  return {};
}

}  // namespace bottle::warden
