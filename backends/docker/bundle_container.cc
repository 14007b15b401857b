#include "backends/docker/bundle_container.h"

#include <fcntl.h>

#include <array>
#include <fstream>
#include <sstream>

#include "backends/docker/archive.h"
#include "backends/docker/held.h"
#include "harness/file.h"

namespace bottle::docker {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr milliseconds kLookGrace{10'000};  // for the engine, beyond the command's own time
constexpr milliseconds kBundleEnd{10'000};
constexpr milliseconds kBringBackTime{20'000};
constexpr milliseconds kBundleLook{20};
constexpr std::size_t kMostSaid = 64u << 10;
constexpr std::size_t kMostBroughtBack = 64u << 20;

// What is there by now, of a program that has ended: whoever else holds the pipe is not waited for.
std::string read_what_is_there(const Fd& fd) {
  if (const int flags = ::fcntl(fd.get(), F_GETFL); flags >= 0) ::fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK);
  std::string text;
  std::array<char, 4096> bytes{};
  for (ssize_t got = 0; text.size() < kMostSaid && (got = ::read(fd.get(), bytes.data(), bytes.size())) > 0;)
    text.append(bytes.data(), static_cast<std::size_t>(got));
  return text;
}

}  // namespace

BundleContainer::BundleContainer(Engine engine, const Containers& containers)
    : engine_(std::move(engine)), containers_(containers), name_(containers.layout.name(kBundle)) {}

Result<void> BundleContainer::copy_in(const std::string& archive) const {
  const auto copied = engine_.run({"cp", "-", name_ + ":/"}, archive);
  return copied ? Result<void>() : fail(copied.error());
}

Result<void> BundleContainer::start(const BundleProgram& program) {
  const bool own = containers_.images.bundle == containers_.images.harness;
  if (auto created = engine_.run(containers_.create_bundle(program.command, own)); !created)
    return fail(created.error());
  made_ = true;
  BOTTLE_TRY(const auto archive, archive_of(program.files));
  if (auto copied = copy_in(archive); !copied) return copied;
  if (!program.own_files.empty()) {
    BOTTLE_TRY(const auto own_files, archive_of(program.own_files));
    if (auto copied = copy_in(own_files); !copied) return copied;
  }
  BOTTLE_TRY(const auto log, open_log(program.log));
  BOTTLE_TRY(attached_, engine_.attach({"start", "--attach", name_}, log.get(), log.get()));
  brought_back_ = program.brought_back;
  return {};
}

Result<std::set<int>> BundleContainer::await(const std::vector<int>& ports, milliseconds limit) {
  Words look{"exec",
             "--interactive",
             "--user",
             kNobody,
             containers_.layout.name(kBundleNet),
             kHand,
             "listening",
             std::to_string(limit.count())};
  for (const int port : ports) look.push_back(std::to_string(port));
  const Busy busy(engine_.busy_time());
  const fs::path log = containers_.layout.directory / "listening.log";
  BOTTLE_TRY(const auto complaints, open_log(log));
  BOTTLE_TRY(auto looking, engine_.attach(look, complaints.get()));
  const auto deadline = std::chrono::steady_clock::now() + limit + kLookGrace;
  std::optional<Ending> looked;
  while (!(looked = looking.wait(kBundleLook)) && std::chrono::steady_clock::now() < deadline) {
    if (attached_->wait(milliseconds(0))) looking.input().reset();
  }
  const auto ended = attached_->wait(milliseconds(0));
  if (ended) attached_.reset();
  if (auto started = ended ? why_it_ended(*ended) : Result<void>(); !started) return fail(started.error());
  if (!looked || !std::holds_alternative<Exited>(*looked) || std::get<Exited>(*looked).code != 0)
    return fail(why_nothing_was_seen(looked, last_line_of(log)));
  std::set<int> listening;
  std::istringstream lines(read_what_is_there(looking.output()));
  for (int port = 0; lines >> port;) listening.insert(port);
  return listening;
}

Error BundleContainer::why_nothing_was_seen(const std::optional<Ending>& ending, const std::string& reason) const {
  const std::string what = "whether the bundle listens could not be seen: " + engine_.program() + " exec: ";
  if (!ending) return {Fault::timeout, what + "no answer in time", 0};
  return {tells_of_absence(reason) ? Fault::unavailable : Fault::failed,
          what + (reason.empty() ? describe(*ending) : reason), 0};
}

// `docker start` says 1 to everything that it could not start. Of a container that never ran the start is the year 1.
Result<void> BundleContainer::why_it_ended(const Ending& ending) const {
  BOTTLE_TRY(const auto state, engine_.run({"inspect", "--type", "container", "--format",
                                            "{{.State.StartedAt}}\t{{.State.Error}}", name_}));
  if (!state.starts_with("0001-")) return {};
  const auto tab = state.find('\t');
  const std::string reason = tab == state.npos ? "" : reason_in(state.substr(tab + 1));
  return fail(
      "the bundle's command could not be started in its container: " + (reason.empty() ? describe(ending) : reason),
      Fault::usage);
}

// From a container that may be hostile: a plain file, and nothing else.
Result<void> BundleContainer::bring_back(const fs::path& path) const {
  const std::string from = name_ + ":" + path.string();
  BOTTLE_TRY(const auto done,
             engine_.run_raw({"cp", from, "-"}, {}, {.timeout = kBringBackTime, .output_bytes = kMostBroughtBack}));
  if (!succeeded(done)) return fail(path.string() + " was not brought back: " + reason_in(done.err));
  BOTTLE_TRY(const auto content, only_file_in(done.out));
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << content;
  out.close();
  return out ? Result<void>() : fail("could not write " + path.string() + "; is the disk full?");
}

Result<void> BundleContainer::end() {
  if (!attached_) return {};
  const Busy busy(engine_.busy_time());
  static_cast<void>(engine_.run({"stop", "--time", "2", name_}));
  const bool ended = attached_->wait(kBundleEnd).has_value();
  attached_.reset();
  if (!ended) return fail("the bundle did not end", Fault::timeout);
  Result<void> brought;
  for (const fs::path& path : brought_back_) {
    if (auto back = bring_back(path); !back) brought = back;
  }
  return brought;
}

}  // namespace bottle::docker
