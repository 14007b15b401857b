// The pictures: what is drawn stands within them, in order, and only what was measured is drawn.
#include <gmock/gmock.h>

#include <regex>

#include "reports/bench/plots/history.h"
#include "reports/bench/plots/phases.h"
#include "reports/bench/plots/strip.h"
#include "reports/svg/scale.h"
#include "sessions.h"

namespace bottle {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<std::smatch> matches_of(const std::string& text, const std::regex& pattern) {
  return {std::sregex_iterator(text.begin(), text.end(), pattern), std::sregex_iterator()};
}

std::size_t matches_in(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  return static_cast<std::size_t>(
      std::distance(std::sregex_iterator(text.begin(), text.end(), expression), std::sregex_iterator()));
}

TEST(Scale, IsLinearFromNoughtForValuesOfOneSize) {
  const Scale scale = Scale::of_durations(4e6, 9e6, 10, 110);
  EXPECT_FALSE(scale.logarithmic());
  EXPECT_DOUBLE_EQ(scale.at(0), 10);
  EXPECT_NEAR(scale.at(9e6 * 1.05), 110, 1e-9);
}

TEST(Scale, IsLogarithmicOverManySizes) {
  const Scale scale = Scale::of_durations(1e6, 1e9, 0, 100);
  EXPECT_TRUE(scale.logarithmic());
  EXPECT_NEAR(scale.at(1e7) - scale.at(1e6), scale.at(1e8) - scale.at(1e7), 1e-9);
}

TEST(Scale, TicksAscendWithinAndAreFew) {
  for (const Scale& scale : {Scale::of_durations(4e6, 9e6, 0, 100), Scale::of_durations(1e3, 1e10, 0, 100),
                             Scale::of_durations(1e6, 9e6, 0, 100), Scale::of_durations(0, 0, 0, 100),
                             Scale::around(20, 20, 0, 100), Scale::around(0.97, 1.42, 0, 100)}) {
    const auto ticks = scale.ticks();
    EXPECT_GE(ticks.size(), 2u);
    EXPECT_LE(ticks.size(), 13u);
    for (std::size_t i = 1; i < ticks.size(); ++i) EXPECT_LT(scale.at(ticks[i - 1]), scale.at(ticks[i]));
  }
}

TEST(Plots, EverythingStandsWithinThePicture) {
  for (const auto& [name, report] : sample_reports()) {
    for (const Picture& picture :
         {strip_plot(report), phases_plot(report), history_plot(report.history, report.baseline)}) {
      const std::string svg = picture.as_file();
      std::smatch box;
      ASSERT_TRUE(std::regex_search(svg, box, std::regex("viewBox=\"0 0 (\\d+) (\\d+)\"")));
      const double width = std::stod(box[1]), height = std::stod(box[2]);
      for (const auto& found : matches_of(svg, std::regex(" (x|x1|x2|y|y1|y2)=\"([^\"]+)\""))) {
        EXPECT_GE(std::stod(found[2]), 0) << name;
        EXPECT_LE(std::stod(found[2]), found[1].str()[0] == 'x' ? width : height) << name;
      }
      EXPECT_THAT(svg, Not(HasSubstr("nan"))) << name;
      EXPECT_THAT(svg, Not(HasSubstr("inf\""))) << name;
    }
  }
}

TEST(StripPlot, HasADotForEverySampleThatCounts) {
  const std::string svg = strip_plot(sample_report("typical")).as_file();
  EXPECT_EQ(matches_in(svg, "M[0-9.]+ [0-9.]+h0"), 30u + 30 + 30 + 27);
  EXPECT_EQ(matches_in(svg, "class=\"middle\""), 4u);
  EXPECT_EQ(matches_in(svg, "class=\"range\""), 4u);
  EXPECT_THAT(svg, HasSubstr("n 27, 3 failed"));
}

TEST(StripPlot, OfFailuresShowsThatThereIsNothingToShow) {
  const std::string svg = strip_plot(sample_report("failures-only")).as_file();
  EXPECT_EQ(matches_in(svg, "h0"), 0u);
  EXPECT_EQ(matches_in(svg, "class=\"middle\""), 0u);
  EXPECT_EQ(matches_in(svg, "no measured sample, 8 failed"), 4u);
}

TEST(StripPlot, OfOneSampleHasNoInterval) {
  const std::string svg = strip_plot(sample_report("one-sample")).as_file();
  EXPECT_EQ(matches_in(svg, "class=\"middle\""), 4u);
  EXPECT_EQ(matches_in(svg, "class=\"range\""), 0u);
}

TEST(PhasesPlot, DrawsOnlyThePhasesThatAreThere) {
  const std::string svg = phases_plot(sample_report("typical")).as_file();
  EXPECT_EQ(matches_in(svg, "class=\"box fill-1\""), 5u);  // four contenders and the legend
  EXPECT_EQ(matches_in(svg, "class=\"box fill-2\""), 4u);  // native has no start
}

TEST(PhasesPlot, SegmentsFollowEachOtherWithoutAGap) {
  const std::string svg = phases_plot(sample_report("thousand")).as_file();
  const auto bars = matches_of(svg, std::regex("box fill-(\\d)\" x=\"([^\"]+)\" y=\"([^\"]+)\" width=\"([^\"]+)\""));
  std::size_t neighbours = 0;
  for (std::size_t i = 1; i < bars.size(); ++i) {
    if (bars[i][3] != bars[i - 1][3] || std::stod(bars[i][3]) < 30) continue;  // the legend is above 30
    ++neighbours;
    EXPECT_NEAR(std::stod(bars[i - 1][2]) + std::stod(bars[i - 1][4]), std::stod(bars[i][2]), 0.11);
  }
  EXPECT_EQ(neighbours, 3u * 4 + 3);
}

TEST(HistoryPlot, HasABandAndMarksWhereTheLevelChanged) {
  const BenchReport report = sample_report("everything");
  const std::string svg = history_plot(report.history, report.baseline).as_file();
  EXPECT_EQ(matches_in(svg, "class=\"band\""), 3u);
  EXPECT_EQ(matches_in(svg, "class=\"trend\""), 3u);
  EXPECT_EQ(matches_in(svg, "class=\"change\""), 1u);
  EXPECT_EQ(matches_in(svg, "h0"), 48u);
}

TEST(HistoryPlot, OfNothingSaysSo) {
  EXPECT_THAT(history_plot({}, {}).as_file(), HasSubstr("There are no comparable sessions."));
}

TEST(Picture, AFileStandsAloneAndInAPageItDoesNot) {
  const Picture picture = strip_plot(sample_report("hostile"));
  EXPECT_TRUE(picture.as_file().starts_with("<?xml"));
  EXPECT_THAT(picture.as_file(), HasSubstr("prefers-color-scheme: dark"));
  EXPECT_TRUE(picture.in_page().starts_with("<svg class=\"plot\""));
  EXPECT_THAT(picture.in_page(), Not(HasSubstr("<style")));
  EXPECT_THAT(picture.in_page(), Not(HasSubstr("<script")));
}

}  // namespace
}  // namespace bottle
