#include "backends/namespaces/warden_client.h"

#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <sstream>

#include "harness/run_directory.h"

namespace bottle::warden {
namespace {

constexpr std::size_t kLongestAnswer = 64u << 10;

Result<Message> read_answer(const std::string& line) {
  Message message = Message::parse(line, nullptr, false);
  if (!message.is_object()) return fail("the warden's answer is no JSON");
  if (!message.contains("failed")) return message;
  const int code = message.value("errno", 0);
  const auto fault = code == ENOENT ? Fault::unavailable : Fault::failed;
  return tl::unexpected<Error>(Error{fault, message["failed"].get<std::string>(), code});
}

}  // namespace

Result<Message> Reply::next(Deadline deadline) {
  for (;;) {
    if (const auto newline = buffer_.find('\n'); newline != std::string::npos) {
      const std::string line = buffer_.substr(0, newline);
      buffer_.erase(0, newline + 1);
      return read_answer(line);
    }
    pollfd watched{pipe_.get(), POLLIN, 0};
    const int timeout = milliseconds_until(deadline);
    const int ready = ::poll(&watched, 1, timeout);
    if (ready < 0 && errno != EINTR) return fail_os("wait for the warden");
    if (ready == 0 && timeout == 0) return fail("the warden did not answer in time", Fault::timeout);
    if (ready <= 0) continue;
    std::array<char, 4096> bytes{};
    const ssize_t got = ::read(pipe_.get(), bytes.data(), bytes.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return fail("the warden is dead");
    buffer_.append(bytes.data(), static_cast<std::size_t>(got));
    if (buffer_.size() > kLongestAnswer) return fail("the warden's answer is too long");
  }
}

Result<WardenClient> WardenClient::start(const std::filesystem::path& program, bool alone) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) return fail_os("socketpair");
  Fd ours(ends[0]);
  const Fd theirs(ends[1]);
  Fd log(::memfd_create("warden.log", MFD_CLOEXEC));
  if (!log) return fail_os("memfd_create");
  Process::Options options;
  options.inherit = {{kControl, theirs.get()}};
  options.stderr_to = log.get();
  Command command{.argv = {program.string()}};
  if (alone) command.argv.emplace_back("--alone");
  BOTTLE_TRY(auto process, Process::start(command, options));
  return WardenClient(std::move(process), std::move(ours), std::move(log));
}

Result<void> WardenClient::mark(const std::filesystem::path& run_directory) const {
  return write_warden_mark(run_directory, process_.pid());
}

Result<Reply> WardenClient::ask(const Message& body, const std::vector<int>& fds) const {
  BOTTLE_TRY(auto pipe, Pipe::make());
  std::vector<int> all{pipe.write.get()};
  all.insert(all.end(), fds.begin(), fds.end());
  if (auto sent = send_request(control_.get(), body, all); !sent) return fail(explain(sent.error()));
  return Reply(std::move(pipe.read));
}

Error WardenClient::explain(Error error) const {
  std::string said(kLongestAnswer, '\0');
  const ssize_t got = ::pread(log_.get(), said.data(), said.size(), 0);
  said.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  std::istringstream log(said);
  std::string line, last;
  while (std::getline(log, line)) last = line.substr(0, 300);
  if (!last.empty()) error.what += " (" + last + ")";
  return error;
}

Result<void> WardenClient::end(std::chrono::milliseconds limit) {
  control_.reset();
  if (process_.wait(limit)) return {};
  process_.kill();
  if (process_.wait(limit)) return {};
  return fail("the warden does not end", Fault::timeout);
}

}  // namespace bottle::warden
