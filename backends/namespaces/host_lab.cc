#include "backends/namespaces/host_lab.h"

#include "harness/file.h"

namespace bottle::warden {
namespace {

constexpr int kFirstSocket = 5;  // its number in the lab's process
constexpr std::chrono::milliseconds kOpenLimit{30'000};

}  // namespace

Result<HostLab> HostLab::start(const std::filesystem::path& program, const LabConfig& config, const Sockets& sockets,
                               const std::filesystem::path& log) {
  BOTTLE_TRY(const auto errors, open_log(log));
  Process::Options options{.stderr_to = errors.get()};
  LabPart part{.internet = false};
  int number = kFirstSocket;
  for (const Canary& canary : sockets.canaries) {
    part.canary_fds[canary.name] = number;
    part.canaries[canary.name] = canary.where;
    options.inherit.emplace_back(number++, canary.socket.get());
  }
  const auto hand_over = [&](const std::vector<Fd>& all, std::vector<int>& numbers) {
    for (const Fd& one : all) {
      numbers.push_back(number);
      options.inherit.emplace_back(number++, one.get());
    }
  };
  hand_over(sockets.echo, part.echo_fds);
  hand_over(sockets.internet.sockets, part.loopback.fds);
  part.loopback.addresses = sockets.internet.addresses;
  BOTTLE_TRY(auto process,
             Process::start({{program.string()}, {{"PATH", kBottlePath}, {"HOME", "/tmp"}}, {}}, options));
  Lab lab(std::move(process.input()), std::move(process.output()), part.canaries);
  if (auto opened = lab.open(open_command(config, part), kOpenLimit); !opened) return fail(opened.error());
  return HostLab{std::move(process), std::move(lab)};
}

}  // namespace bottle::warden
