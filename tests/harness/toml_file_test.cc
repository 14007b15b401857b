// The strict reader: nothing that a person wrote is passed over in silence, and every error says where.
#include "harness/toml_file.h"

#include <gmock/gmock.h>

#include "temp_folder.h"

namespace bottle {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// What finish() says after `ask` has asked its questions; empty when all is well.
template <class Ask>
std::string complaint(const std::string& text, Ask ask) {
  auto file = TomlFile::parse(text, "x.toml");
  if (!file) return file.error().what;
  ask(file->root());
  const auto done = file->finish();
  if (done) return {};
  EXPECT_EQ(done.error().fault, Fault::usage);
  return done.error().what;
}

TEST(TomlFile, AKeyThatNobodyAskedForIsAnErrorWithLineAndNearestName) {
  const auto ask = [](const TomlTable& root) {
    for (const TomlTable& entry : root.tables("case")) {
      entry.text("title");
      entry.text("severity");
    }
  };
  EXPECT_EQ(complaint("# c\n\n[[case]]\ntitle = 'a'\n[[case]]\ntittle = 'b'\n", ask),
            "x.toml:6: unknown key \"tittle\" in [[case]]; did you mean \"title\"?");
}

TEST(TomlFile, AKeyThatResemblesNothingGetsTheListOfWhatIsKnown) {
  const auto ask = [](const TomlTable& root) { root.text("alpha"), root.text("beta"); };
  EXPECT_EQ(complaint("wholly-different = 1", ask),
            "x.toml:1: unknown key \"wholly-different\"; known: \"alpha\", \"beta\"");
}

TEST(TomlFile, AMisspelledKeyOutranksTheMissingOneItWasMeantToBe) {
  const auto ask = [](const TomlTable& root) { root.required_text("title"); };
  EXPECT_THAT(complaint("tittle = 'x'", ask), HasSubstr("unknown key \"tittle\""));
  EXPECT_EQ(complaint("", ask), "x.toml:1: missing key \"title\"");
  EXPECT_EQ(complaint("title = ''", ask), "x.toml:1: \"title\" must not be empty");
}

TEST(TomlFile, ATableThatNobodyAskedForIsReportedAsAWhole) {
  const auto ask = [](const TomlTable& root) { root.text("name"); };
  EXPECT_EQ(complaint("name = 'n'\n[extra]\na = 1\nb = 2\n", ask), "x.toml:2: unknown key \"extra\"; known: \"name\"");
}

TEST(TomlFile, AnUnknownKeyInANestedTableNamesThatTable) {
  const auto ask = [](const TomlTable& root) {
    if (const auto daemons = root.table("daemons"))
      if (const auto pipelock = daemons->table("pipelock")) pipelock->integer("port", 0, 1, 65'535);
  };
  EXPECT_EQ(complaint("[daemons]\npipelock = { prot = 1 }\n", ask),
            "x.toml:2: unknown key \"prot\" in [daemons.pipelock]; did you mean \"port\"?");
}

TEST(TomlFile, WrongTypesNameWhatIsWantedAndWhatIsThere) {
  EXPECT_EQ(complaint("a = 1", [](const TomlTable& t) { t.text("a"); }),
            "x.toml:1: \"a\" must be a string, not an integer");
  EXPECT_EQ(complaint("a = 'x'", [](const TomlTable& t) { t.integer("a", 0, 0, 9); }),
            "x.toml:1: \"a\" must be an integer, not a string");
  EXPECT_EQ(complaint("a = 1", [](const TomlTable& t) { t.boolean("a", false); }),
            "x.toml:1: \"a\" must be true or false, not an integer");
  EXPECT_EQ(complaint("a = [1]", [](const TomlTable& t) { t.texts("a"); }),
            "x.toml:1: \"a\" must be a list of strings only, not an integer");
  EXPECT_EQ(
      complaint("a = 1.5", [](const TomlTable& t) { t.scalars("a", false); }),
      "x.toml:1: \"a\" must be a string, an integer, true or false, or a list of these, not a number with a point");
  EXPECT_EQ(complaint("a = 'x'", [](const TomlTable& t) { t.table("a"); }),
            "x.toml:1: \"a\" must be a table, not a string");
  EXPECT_EQ(complaint("a = {}", [](const TomlTable& t) { t.tables("a"); }),
            "x.toml:1: \"a\" must be a list of tables, [[a]], not a table");
}

TEST(TomlFile, WhatIsInsideAValueOfTheWrongKindDoesNotHideThatItIsWrong) {
  const auto ask = [](const TomlTable& root) { root.texts("refs"); };
  EXPECT_EQ(complaint("\nrefs = { inner = 1 }", ask), "x.toml:2: \"refs\" must be a list of strings, not a table");
  EXPECT_EQ(complaint("refs = [ { inner = 1 } ]", ask),
            "x.toml:1: \"refs\" must be a list of strings only, not a table");
}

TEST(TomlFile, AnIntegerOutOfRangeIsNamed) {
  const auto ask = [](const TomlTable& root) { root.integer("port", 0, 1, 65'535); };
  EXPECT_EQ(complaint("port = 65536", ask), "x.toml:1: \"port\" must be from 1 to 65535, not 65536");
  EXPECT_EQ(complaint("port = 9223372036854775807", ask),
            "x.toml:1: \"port\" must be from 1 to 65535, not 9223372036854775807");
}

TEST(TomlFile, TheEarliestProblemIsTheOneReported) {
  const auto ask = [](const TomlTable& root) {
    root.text("late");
    root.text("early");
  };
  EXPECT_THAT(complaint("early = 1\nlate = 2\n", ask), HasSubstr("x.toml:1:"));
}

TEST(TomlFile, WhatCannotBeParsedSaysWhere) {
  const auto nothing = [](const TomlTable&) {};
  EXPECT_THAT(complaint("a = 1\nb = = 2\n", nothing), testing::StartsWith("x.toml:2: "));
  EXPECT_THAT(complaint("a = 1\na = 2\n", nothing), testing::StartsWith("x.toml:2: "));
  EXPECT_THAT(complaint("a = '\xff'", nothing), testing::StartsWith("x.toml:1: "));
}

TEST(TomlFile, AnErrorIsOneLineWhateverTheKeyIs) {
  const auto nothing = [](const TomlTable&) {};
  const std::string what = complaint("\"a\\n\\u001b[31m\" = 1", nothing);
  EXPECT_THAT(what, HasSubstr("unknown key"));
  EXPECT_EQ(what.find_first_of("\n\x1b"), std::string::npos) << what;
}

TEST(TomlFile, KeysComeInTheOrderWritten) {
  const auto file = TomlFile::parse("zeta = 1\nalpha = { y = 1, b = 2, x = 3 }\nmiddle = 2\n", "x.toml");
  ASSERT_TRUE(file);
  EXPECT_THAT(file->root().keys(), ElementsAre("zeta", "alpha", "middle"));
  const auto alpha = file->root().table("alpha");
  ASSERT_TRUE(alpha);
  EXPECT_THAT(alpha->keys(), ElementsAre("y", "b", "x"));
}

TEST(TomlFile, ScalarsBecomeText) {
  const auto file = TomlFile::parse("one = true\nmany = ['a', 7, false]\n", "x.toml");
  ASSERT_TRUE(file);
  EXPECT_THAT(file->root().scalars("one", false), ElementsAre("true"));
  EXPECT_THAT(file->root().scalars("many", false), ElementsAre("a", "7", "false"));
  EXPECT_THAT(file->root().scalars("absent", false), IsEmpty());
}

TEST(TomlFile, AFileThatIsNotThereOrTooLargeIsAnError) {
  const TempFolder folder;
  EXPECT_THAT(TomlFile::read(folder.path() / "none.toml").error().what, HasSubstr("none.toml: No such file"));
  EXPECT_THAT(TomlFile::read(folder.path()).error().what, HasSubstr("not a file"));
  const auto large = folder.write("large.toml", std::string((1u << 20) + 1, '#'));
  EXPECT_THAT(TomlFile::read(large).error().what, HasSubstr("over 1 MiB"));
}

TEST(TomlFile, AFolderMustExistAndHoldSomething) {
  const TempFolder folder;
  EXPECT_THAT(toml_files_in(folder.path() / "none", "catalogue folder").error().what,
              HasSubstr("no such catalogue folder"));
  folder.write("notes.txt", "");
  EXPECT_THAT(toml_files_in(folder.path(), "catalogue folder").error().what,
              HasSubstr("no *.toml in this catalogue folder"));
  const auto second = folder.write("b.toml", "");
  const auto first = folder.write("a.toml", "");
  EXPECT_THAT(*toml_files_in(folder.path(), "catalogue folder"), ElementsAre(first, second));
}

}  // namespace
}  // namespace bottle
