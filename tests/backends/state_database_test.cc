// smolvm's database as it may be found: whatever it is, the policy is exactly what was asked for, or there is an error
// and nothing has changed.
#include <gmock/gmock.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "backends/smolmachines/json_member.h"
#include "backends/smolmachines/state_database.h"
#include "tests/harness/temp_folder.h"

namespace bottle::smolmachines {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const Cidrs kList{"127.0.0.16/32"};
// As smolvm writes it, with what a later version may add: numbers in odd forms, an escape, a nested member of our key.
const std::string kRecord = R"({"name":"m","created_at":1779999999,"allowed_cidrs":null,"network":false, "future": )"
                            R"({"allowed_cidrs": [1.0, 1e2]},)"
                            R"("note":"caf\u00e9 \"x\"","big":18446744073709551615})";

class Database : public testing::Test {
 protected:
  Database() {
    run("PRAGMA journal_mode=WAL");
    run("CREATE TABLE vms (name TEXT PRIMARY KEY NOT NULL, data BLOB NOT NULL)");
  }
  void run(const std::string& sql) const {
    sqlite3* database = nullptr;
    ASSERT_EQ(::sqlite3_open(path_.c_str(), &database), SQLITE_OK);
    char* why = nullptr;
    EXPECT_EQ(::sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &why), SQLITE_OK) << (why ? why : "");
    ::sqlite3_close(database);
  }
  void put(const std::string& record, const char* as = "BLOB") const {
    std::string quoted;
    for (const char c : record) quoted += c == '\'' ? "''" : std::string(1, c);
    run("INSERT OR REPLACE INTO vms VALUES ('m', CAST('" + quoted + "' AS " + as + "))");
  }
  std::string record() const {
    sqlite3* database = nullptr;
    EXPECT_EQ(::sqlite3_open(path_.c_str(), &database), SQLITE_OK);
    sqlite3_stmt* select = nullptr;
    EXPECT_EQ(::sqlite3_prepare_v2(database, "SELECT data, typeof(data) FROM vms WHERE name='m'", -1, &select, nullptr),
              SQLITE_OK);
    std::string text;
    if (::sqlite3_step(select) == SQLITE_ROW) {
      text.assign(static_cast<const char*>(::sqlite3_column_blob(select, 0)),
                  static_cast<std::size_t>(::sqlite3_column_bytes(select, 0)));
      type_ = reinterpret_cast<const char*>(::sqlite3_column_text(select, 1));
    }
    ::sqlite3_finalize(select);
    ::sqlite3_close(database);
    return text;
  }
  StateDatabase state() const { return StateDatabase(path_); }

  TempFolder folder_;
  std::string path_ = (folder_.path() / "smolvm.db").string();
  mutable std::string type_;
};

TEST_F(Database, TwoFieldsAreSetAndEveryOtherByteStays) {
  put(kRecord);
  ASSERT_TRUE(state().set_policy("m", kList));
  EXPECT_EQ(record(),
            R"({"name":"m","created_at":1779999999,"allowed_cidrs":["127.0.0.16/32"],"network":true, "future": )"
            R"({"allowed_cidrs": [1.0, 1e2]},"note":"caf\u00e9 \"x\"","big":18446744073709551615})");
  EXPECT_EQ(type_, "blob");
  EXPECT_TRUE(state().check_policy("m", kList));
}

TEST_F(Database, AnotherPolicyThanTheOneAskedForIsNone) {
  for (const char* other :
       {R"({"name":"m","network":true,"allowed_cidrs":null})", R"({"name":"m","network":true,"allowed_cidrs":[]})",
        R"({"name":"m","network":true,"allowed_cidrs":["127.0.0.16/32","1.1.1.1/32"]})",
        R"({"name":"m","network":true,"allowed_cidrs":["127.0.0.16/24"]})",
        R"({"name":"m","network":false,"allowed_cidrs":["127.0.0.16/32"]})",
        R"({"name":"n","network":true,"allowed_cidrs":["127.0.0.16/32"]})",
        R"({"name":"m","network":true,"allowed_cidrs":["127.0.0.16/32"],"dns_filter_hosts":["x"]})",
        R"({"name":"m","network":true})", "[]", "no json", ""}) {
    put(other);
    EXPECT_FALSE(state().check_policy("m", kList)) << other;
  }
  put(R"({"name":"m","network":true,"allowed_cidrs":["127.0.0.16/32"],"dns_filter_hosts":null})");
  EXPECT_TRUE(state().check_policy("m", kList));
}

TEST_F(Database, TextInThePlaceOfABlobIsTold) {
  put(kRecord, "TEXT");
  EXPECT_THAT(state().set_policy("m", kList).error().what, HasSubstr("no BLOB"));
  EXPECT_EQ(record(), kRecord);
  EXPECT_FALSE(state().check_policy("m", kList));
}

TEST_F(Database, ARecordThatIsNoObjectStaysAsItIs) {
  for (const char* other : {"[]", "{\"network\":", R"({"network":1,"network":2})"}) {
    put(other);
    EXPECT_FALSE(state().set_policy("m", kList)) << other;
    EXPECT_EQ(record(), other);
  }
}

TEST_F(Database, AMachineThatIsNotThereIsTold) {
  put(kRecord);
  EXPECT_THAT(state().set_policy("other", kList).error().what, HasSubstr("no machine \"other\""));
  EXPECT_FALSE(state().check_policy("other", kList));
}

TEST_F(Database, AWriterBesideIsWaitedFor) {
  put(kRecord);
  sqlite3* other = nullptr;
  ASSERT_EQ(::sqlite3_open(path_.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(::sqlite3_exec(other, "BEGIN IMMEDIATE; UPDATE vms SET data = data", nullptr, nullptr, nullptr), SQLITE_OK);
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    ::sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr);
  });
  const auto set = state().set_policy("m", kList);
  later.join();
  ::sqlite3_close(other);
  EXPECT_TRUE(set) << set.error().what;
  EXPECT_TRUE(state().check_policy("m", kList));
}

TEST_F(Database, OneThatStaysLockedEndsInAnErrorInBoundedTime) {
  put(kRecord);
  sqlite3* other = nullptr;
  ASSERT_EQ(::sqlite3_open(path_.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(::sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  const auto set = state().set_policy("m", kList);
  ::sqlite3_close(other);
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().fault, Fault::timeout);
  EXPECT_THAT(set.error().what, HasSubstr("locked"));
  EXPECT_EQ(record(), kRecord);
}

TEST_F(Database, WithoutItsTableItIsTold) {
  run("DROP TABLE vms");
  EXPECT_THAT(state().set_policy("m", kList).error().what, HasSubstr("no such table"));
}

TEST_F(Database, ATruncatedOneIsTold) {
  put(kRecord);
  run("PRAGMA wal_checkpoint(TRUNCATE)");
  fs::resize_file(path_, fs::file_size(path_) / 2);
  EXPECT_FALSE(state().set_policy("m", kList));
  EXPECT_FALSE(state().check_policy("m", kList));
}

TEST_F(Database, ALinkInItsPlaceIsNotFollowed) {
  put(kRecord);
  const std::string real = (folder_.path() / "elsewhere.db").string();
  run("PRAGMA wal_checkpoint(TRUNCATE)");
  fs::rename(path_, real);
  fs::create_symlink(real, path_);
  EXPECT_THAT(state().set_policy("m", kList).error().what, HasSubstr("no regular file"));
  EXPECT_FALSE(state().check_policy("m", kList));
}

TEST_F(Database, OneThatIsNotThereIsNotMade) {
  const std::string missing = (folder_.path() / "missing.db").string();
  EXPECT_FALSE(StateDatabase(missing).set_policy("m", kList));
  EXPECT_FALSE(fs::exists(missing));
}

TEST(JsonMember, ReplacesAValueOfAnyKindAndNothingElse) {
  EXPECT_EQ(with_member(R"({"a":1})", "a", "2").value(), R"({"a":2})");
  EXPECT_EQ(with_member(R"({ "a" : "x,}" , "b":2})", "a", "[]").value(), R"({ "a" : [] , "b":2})");
  EXPECT_EQ(with_member(R"({"a":{"b":[1,{"c":"]"}]},"d":0})", "a", "null").value(), R"({"a":null,"d":0})");
  EXPECT_EQ(with_member(R"({"b":"\\\"a\":1"})", "b", "0").value(), R"({"b":0})");
  EXPECT_EQ(with_member(R"({"\u0061":1})", "a", "2").value(), R"({"\u0061":2})");
}

TEST(JsonMember, AddsWhatIsNotThere) {
  EXPECT_EQ(with_member("{}", "a", "1").value(), R"({"a":1})");
  EXPECT_EQ(with_member(R"( { "b":2})", "a", "1").value(), R"( {"a":1, "b":2})");
}

TEST(JsonMember, RefusesWhatIsNoObjectOrAmbiguous) {
  for (const char* text : {"", "[]", "1", "{", R"({"a":1,"a":2})"}) EXPECT_FALSE(with_member(text, "a", "1")) << text;
}

}  // namespace
}  // namespace bottle::smolmachines
