#include "backends/smolmachines/state_database.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "backends/smolmachines/json_member.h"
#include "harness/safe_text.h"

namespace bottle::smolmachines {
namespace {

using nlohmann::json;

constexpr int kBusyMs = 5'000;  // smolvm itself waits 15 s; nobody else has this database
constexpr std::size_t kMostRecord = 1u << 20;

struct Closes {
  void operator()(sqlite3* database) const { ::sqlite3_close_v2(database); }
  void operator()(sqlite3_stmt* statement) const { ::sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Closes>;

class Connection {
 public:
  static Result<Connection> open(const std::filesystem::path& path) {
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0) return fail_os("smolvm's database " + path.string());
    if (!S_ISREG(found.st_mode)) return fail("smolvm's database " + path.string() + " is no regular file");
    sqlite3* raw = nullptr;
    const int code = ::sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, nullptr);
    Connection connection(raw, path);
    if (code != SQLITE_OK) return connection.why("could not be opened");
    ::sqlite3_busy_timeout(raw, kBusyMs);
    return connection;
  }

  Result<void> run(const char* sql) const {
    if (::sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) return why(sql);
    return {};
  }
  Result<Statement> prepare(const char* sql) const {
    sqlite3_stmt* raw = nullptr;
    if (::sqlite3_prepare_v2(database_.get(), sql, -1, &raw, nullptr) != SQLITE_OK) return why("could not be read");
    return Statement(raw);
  }
  int changes() const { return ::sqlite3_changes(database_.get()); }
  tl::unexpected<Error> why(const std::string& what) const {
    const char* said = database_ ? ::sqlite3_errmsg(database_.get()) : "out of memory";
    return fail("smolvm's database " + path_.string() + ": " + what + ": " + safe_line(said),
                database_ && ::sqlite3_errcode(database_.get()) == SQLITE_BUSY ? Fault::timeout : Fault::failed);
  }
  tl::unexpected<Error> fault(const std::string& what) const {
    return fail("smolvm's database " + path_.string() + ": " + what);
  }

 private:
  Connection(sqlite3* database, std::filesystem::path path) : database_(database), path_(std::move(path)) {}
  std::unique_ptr<sqlite3, Closes> database_;
  std::filesystem::path path_;
};

void bind_name(const Statement& statement, int index, const std::string& name) {
  ::sqlite3_bind_text(statement.get(), index, name.data(), static_cast<int>(name.size()), SQLITE_TRANSIENT);
}

Result<std::string> read_record(const Connection& database, const std::string& machine) {
  BOTTLE_TRY(const auto select, database.prepare("SELECT data FROM vms WHERE name = ?1"));
  bind_name(select, 1, machine);
  const int code = ::sqlite3_step(select.get());
  if (code == SQLITE_DONE) return database.fault("no machine \"" + machine + "\" in it");
  if (code != SQLITE_ROW) return database.why("could not be read");
  if (::sqlite3_column_type(select.get(), 0) != SQLITE_BLOB)
    return database.fault("the record of \"" + machine + "\" is no BLOB, which smolvm could not read");
  const auto size = static_cast<std::size_t>(::sqlite3_column_bytes(select.get(), 0));
  if (size > kMostRecord) return database.fault("the record of \"" + machine + "\" is over a MiB");
  const void* bytes = ::sqlite3_column_blob(select.get(), 0);
  return bytes == nullptr ? std::string() : std::string(static_cast<const char*>(bytes), size);
}

Result<void> write_record(const Connection& database, const std::string& machine, const std::string& record) {
  BOTTLE_TRY(const auto update, database.prepare("UPDATE vms SET data = ?2 WHERE name = ?1"));
  bind_name(update, 1, machine);
  ::sqlite3_bind_blob(update.get(), 2, record.data(), static_cast<int>(record.size()), SQLITE_TRANSIENT);
  if (::sqlite3_step(update.get()) != SQLITE_DONE) return database.why("could not be written");
  if (database.changes() != 1)
    return database.fault("not one record was written, but " + std::to_string(database.changes()));
  return {};
}

Result<void> rewrite(const Connection& database, const std::string& machine, const Cidrs& allowed) {
  BOTTLE_TRY(const auto record, read_record(database, machine));
  auto changed = with_member(record, "allowed_cidrs", json(allowed).dump());
  if (changed) changed = with_member(*changed, "network", "true");
  if (!changed) return database.fault("the record of \"" + machine + "\": " + changed.error().what);
  return write_record(database, machine, *changed);
}

// What the record says, if it is not that.
std::string other_than(const json& record, const std::string& machine, const Cidrs& allowed) {
  const auto said = [&](const char* key) { return record.contains(key) ? record.at(key) : json(); };
  if (said("name") != machine) return "another machine's name";
  if (said("network") != true) return "network: " + safe_line(said("network").dump(), 100);
  if (said("allowed_cidrs") != json(allowed)) return "allowed_cidrs: " + safe_line(said("allowed_cidrs").dump(), 200);
  const json hosts = said("dns_filter_hosts");
  if (!hosts.is_null()) return "dns_filter_hosts: " + safe_line(hosts.dump(), 200);
  return {};
}

}  // namespace

Result<void> StateDatabase::set_policy(const std::string& machine, const Cidrs& allowed) const {
  BOTTLE_TRY(const auto database, Connection::open(path_));
  if (auto begun = database.run("BEGIN IMMEDIATE"); !begun) return begun;
  auto done = rewrite(database, machine, allowed);
  if (done) done = database.run("COMMIT");
  if (!done) static_cast<void>(database.run("ROLLBACK"));
  return done;
}

Result<void> StateDatabase::check_policy(const std::string& machine, const Cidrs& allowed) const {
  BOTTLE_TRY(const auto database, Connection::open(path_));
  BOTTLE_TRY(const auto text, read_record(database, machine));
  const json record = json::parse(text, nullptr, false);
  if (!record.is_object()) return database.fault("the record of \"" + machine + "\" is no JSON object");
  const std::string other = other_than(record, machine, allowed);
  if (other.empty()) return {};
  return database.fault("the machine's policy is not what was asked for (allowed_cidrs: " + json(allowed).dump() +
                        ", network: true), but " + other);
}

}  // namespace bottle::smolmachines
