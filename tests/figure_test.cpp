// The lessons' figures: ticks, ranges, text, what ends up in the pixels, and refusals.
#include "lessons/support/figure.h"

#include <gtest/gtest.h>

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_PNG
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>
#include <set>
#include <stb/stb_image.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "engine/error.h"
#include "lessons/support/canvas.h"
#include "lessons/support/figure_axis.h"
#include "lessons/support/text_wrap.h"

namespace unroll::lessons {
namespace {

namespace fs = std::filesystem;

const double kNan = std::numeric_limits<double>::quiet_NaN();
const double kInfinity = std::numeric_limits<double>::infinity();

/// A folder of this test's own, removed at its end.
class FigureTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* const info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() /
              ("unroll_figure_" + std::string(info->name()) + std::to_string(getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path folder_;
};

struct Picture {
  int width = 0;
  int height = 0;
  std::vector<Color> pixels;

  Color at(int x, int y) const { return pixels[static_cast<std::size_t>(y * width + x)]; }

  /// The number of pixels of exactly `color` in each column.
  std::vector<int> by_column(Color color) const {
    std::vector<int> counts(static_cast<std::size_t>(width));
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x)
        if (at(x, y) == color) ++counts[static_cast<std::size_t>(x)];
    return counts;
  }

  int count(Color color) const {
    return static_cast<int>(std::count(pixels.begin(), pixels.end(), color));
  }
};

Picture decode(const fs::path& path) {
  Picture picture;
  int channels = 0;
  const std::unique_ptr<stbi_uc, void (*)(void*)> bytes(
      stbi_load(path.c_str(), &picture.width, &picture.height, &channels, 3), stbi_image_free);
  if (!bytes) {
    ADD_FAILURE() << path << " is not a PNG";
    return picture;
  }
  for (int i = 0; i < picture.width * picture.height; ++i) {
    const stbi_uc* const rgb = bytes.get() + 3 * i;
    picture.pixels.push_back({rgb[0], rgb[1], rgb[2]});
  }
  return picture;
}

Picture drawn(const Figure& figure, const fs::path& folder) {
  figure.save(folder / "figure.png");
  return decode(folder / "figure.png");
}

// --- axes ---

TEST(FigureAxis, LinearTicksAreRoundAndFewEnough) {
  EXPECT_EQ(linear_ticks({0, 10}, 6), (std::vector<double>{0, 2, 4, 6, 8, 10}));
  EXPECT_EQ(linear_ticks({0, 10}, 5), (std::vector<double>{0, 5, 10}));
  EXPECT_EQ(linear_ticks({-1, 1}, 5), (std::vector<double>{-1, -0.5, 0, 0.5, 1}));
  EXPECT_EQ(linear_ticks({0, 3}, 10, true), (std::vector<double>{0, 1, 2, 3}));
  for (const double size : {1e-12, 0.37, 1.0, 9.99, 12345.6, 1e20})
    for (const int most : {2, 3, 5, 9}) {
      const auto found = linear_ticks({-0.3 * size, size}, most);
      EXPECT_LE(found.size(), static_cast<std::size_t>(std::max(most, 5))) << size;
      EXPECT_GE(found.size(), 2U) << size;
    }
}

TEST(FigureAxis, LogTicks) {
  EXPECT_EQ(log_ticks({1, 100}, 7), (std::vector<double>{1, 2, 5, 10, 20, 50, 100}));
  EXPECT_EQ(log_ticks({1, 1000}, 5), (std::vector<double>{1, 10, 100, 1000}));
  EXPECT_EQ(tick_labels(log_ticks({1.58, 1.72}, 3), true), (Names{"1.60", "1.65", "1.70"}))
      << "too short for 1, 2, 5";
  const auto powers = ticks({{30, 1100}, true, TickRule::kPowersOfTwo}, 10);
  EXPECT_EQ(powers, (std::vector<double>{32, 64, 128, 256, 512, 1024}));
}

TEST(FigureAxis, TickLabels) {
  const auto labels = [](std::vector<double> ticks, bool log = false) {
    return tick_labels(ticks, log);
  };
  EXPECT_EQ(labels({0, 0.5, 1}), (Names{"0", "0.5", "1.0"}));
  EXPECT_EQ(labels({-20, 0, 20}), (Names{"−20", "0", "20"}));
  EXPECT_EQ(labels({5000, 10000}), (Names{"5,000", "10,000"}));
  EXPECT_EQ(labels({1950, 2000}), (Names{"1950", "2000"})) << "years";
  EXPECT_EQ(labels({5e6, 1e7}), (Names{"0.5×10⁷", "1.0×10⁷"}));
  EXPECT_EQ(labels({-2e-5, 2e-5}), (Names{"−2×10⁻⁵", "2×10⁻⁵"}));
  EXPECT_EQ(labels({0.01, 1, 100}, true), (Names{"0.01", "1", "100"}));
  EXPECT_EQ(labels({1e-4, 1, 1e4}, true), (Names{"10⁻⁴", "1", "10⁴"}));
  EXPECT_EQ(labels({1.62, 1.64}, true), (Names{"1.62", "1.64"}));
}

TEST(FigureAxis, ValuesShareTheirDecimals) {
  const auto labels = [](std::vector<double> values) { return value_labels(values); };
  EXPECT_EQ(labels({0.98, 0.5}), (Names{"0.98", "0.50"}));
  EXPECT_EQ(labels({52, 3, 0}), (Names{"52", "3", "0"}));
  EXPECT_EQ(labels({1.23456, 20.5}), (Names{"1.2", "20.5"}));
  EXPECT_EQ(labels({-0.11, 0.003}), (Names{"−0.110", "0.003"}));
  EXPECT_EQ(labels({9.9996e6}), (Names{"1.00×10⁷"}));
  EXPECT_EQ(labels({kNan, -kInfinity, 1}), (Names{"–", "−∞", "1"}));
}

TEST(FigureAxis, RangeOfTheData) {
  DataRange data(false);
  EXPECT_EQ(data.padded(0.1, 0.1), (Range{0, 1})) << "no data";
  data.add(std::vector<double>{2, kNan, 4, kInfinity, -kInfinity});
  EXPECT_EQ(data.padded(0, 0), (Range{2, 4}));
  EXPECT_EQ(data.padded(0.5, 0.25), (Range{1, 4.5}));

  DataRange constant(false);
  constant.add(5);
  EXPECT_EQ(constant.padded(0, 0), (Range{4.5, 5.5}));

  DataRange log(true);
  log.add(std::vector<double>{-1, 0, 1, 100});
  EXPECT_EQ(log.padded(0, 0), (Range{1, 100})) << "what is not positive has no place";
  EXPECT_DOUBLE_EQ((Scale{{1, 100}, true}.position(10)), 0.5);
}

// --- text ---

TEST(FigureText, WrapsAtSpacesNewlinesAndInsideLongWords) {
  const auto lines = [](std::string_view text, double width) {
    return wrap(text, Face::kMono, 10, width);
  };
  const double four = 4.01 * text_width("m", 10, Face::kMono);
  EXPECT_EQ(lines("ab cd ef", four), (Names{"ab", "cd", "ef"}));
  EXPECT_EQ(lines("a\n\nb", four), (Names{"a", "", "b"}));
  EXPECT_EQ(lines("abcdefghij", four), (Names{"abcd", "efgh", "ij"}));
  EXPECT_EQ(lines("", four), (Names{""}));
  EXPECT_EQ(lines("äöüß", four), (Names{"äöüß"}));
}

TEST(FigureText, BrokenUtf8BecomesTheReplacementCharacter) {
  EXPECT_EQ(decode_utf8("a\xff\t"), U"a\ufffd ");
  EXPECT_EQ(encode_utf8(decode_utf8("naïve λόγος")), "naïve λόγος");
}

// --- canvas ---

TEST(FigureCanvas, CoverageIsTheAreaOfTheShape) {
  Canvas canvas(20, 20);
  const Contour triangle{{2.3, 3.1}, {17.2, 5.7}, {6.4, 16.9}};
  canvas.fill({&triangle, 1}, {0, 0, 0});
  const double twice = (17.2 - 2.3) * (16.9 - 3.1) - (6.4 - 2.3) * (5.7 - 3.1);
  double covered = 0;
  for (int y = 0; y < canvas.pixel_rows(); ++y)
    for (int x = 0; x < canvas.pixel_columns(); ++x) covered += 1 - canvas.pixel(x, y).red / 255.0;
  EXPECT_NEAR(covered, twice / 2 * Canvas::kPixelsPerPoint * Canvas::kPixelsPerPoint, 0.5);
}

TEST(FigureCanvas, DrawsNothingOutsideTheClip) {
  Canvas canvas(20, 20);
  canvas.clip({5, 5, 10, 10});
  canvas.fill(Box{-1e6, -1e6, 1e6, 1e6}, {0, 0, 0});
  for (int y = 0; y < 40; ++y)
    for (int x = 0; x < 40; ++x)
      EXPECT_EQ(canvas.pixel(x, y) == kWhite, !(x >= 10 && x < 20 && y >= 10 && y < 20));
  EXPECT_EQ(canvas.ink({5, 5, 10, 10}), 1);
  EXPECT_EQ(canvas.ink({11, 5, 20, 10}), 0);
}

// --- whole figures ---

TEST_F(FigureTest, HasTheSizeAskedFor) {
  Figure figure("A title", {.columns = 2, .caption = "one seed", .width = 500, .row_height = 200});
  figure.panel(0, 0).line({0, 1}, {0, 1}, {.label = "a line"});
  figure.panel(0, 1).text("some text");
  const Picture picture = drawn(figure, folder_);
  EXPECT_EQ(picture.width, 500 * Canvas::kPixelsPerPoint);
  EXPECT_GT(picture.height, 200 * Canvas::kPixelsPerPoint);
  EXPECT_LT(picture.height, 300 * Canvas::kPixelsPerPoint);
}

TEST_F(FigureTest, ALineIsWhereItsValuesAreAndStopsAtNan) {
  Figure figure("");
  figure.panel().line({0, 1, 2, 3, 4, 5}, {1, 1, kNan, kNan, 1, 1}).y_range(0, 2);
  const Picture picture = drawn(figure, folder_);
  const std::vector<int> columns = picture.by_column(palette(0));
  int runs = 0;
  for (std::size_t x = 1; x < columns.size(); ++x)
    if (columns[x] > 0 && columns[x - 1] == 0) ++runs;
  EXPECT_EQ(runs, 2);
  // Flat, so that the highest and the lowest coloured pixel are one line's width apart.
  std::set<int> rows;
  for (int y = 0; y < picture.height; ++y)
    for (int x = 0; x < picture.width; ++x)
      if (picture.at(x, y) == palette(0)) rows.insert(y);
  ASSERT_FALSE(rows.empty());
  EXPECT_LE(*rows.rbegin() - *rows.begin(), 4);
  EXPECT_NEAR(*rows.begin(), picture.height / 2, picture.height / 10);
}

TEST_F(FigureTest, BarsAreAsTallAsTheirValues) {
  Figure figure("");
  figure.panel().bars({1, kNan, 2}).categories({"one", "none", "two"});
  const std::vector<int> columns = drawn(figure, folder_).by_column(palette(0));
  std::vector<int> heights;
  for (std::size_t x = 1; x < columns.size(); ++x)
    if (columns[x] > 0 && columns[x - 1] == 0) heights.push_back(columns[x]);
  ASSERT_EQ(heights.size(), 2U);
  EXPECT_NEAR(2 * heights[0], heights[1], 2);
}

TEST_F(FigureTest, CellsOfAHeatMapHaveTheirColours) {
  Figure figure("");
  figure.panel().heat_map({0.5, 1, kNan, 0}, 2, 2, {.low = 0, .high = 1});
  const Picture picture = drawn(figure, folder_);
  const int half = picture.count(map_color(ColorMap::kSequential, 0.5));
  const int full = picture.count(map_color(ColorMap::kSequential, 1));
  EXPECT_GT(half, 10000);
  EXPECT_NEAR(full, half, half / 20) << "cells of one size";
  EXPECT_NEAR(picture.count(kMissing), half, half / 20) << "NaN";
}

TEST_F(FigureTest, BandsPointsHistogramsAndReferenceLinesAreDrawn) {
  Figure figure("", {.rows = 2, .columns = 2});
  figure.panel(0, 0).band({0, 1, 2}, {0, 0, 0}, {1, 2, 1});
  figure.panel(0, 1).scatter({0, 1, 2}, {0, 1, 2},
                             {.classes = {0, 1, 1}, .class_names = {"first", "second"}});
  figure.panel(1, 0).histogram({1, 1, 2, 3}, {.color = Color{0, 0, 255}, .bins = 3});
  figure.panel(1, 1).horizontal(1, {.color = Color{255, 0, 255}}).vertical(2);
  const Picture picture = drawn(figure, folder_);
  EXPECT_GT(picture.count(mix(kWhite, palette(0), 0.2)), 5000) << "band";
  EXPECT_GT(picture.count(palette(1)), 100) << "points of the second class";
  EXPECT_GT(picture.count({0, 0, 255}), 200) << "outline of the histogram";
  EXPECT_GT(picture.count({255, 0, 255}), 200) << "reference line";
}

TEST_F(FigureTest, ColoredTextHasBackgrounds) {
  Figure figure("");
  figure.panel()
      .colored_text({"a", " ", "b\n"}, {0, 0.5, 1}, {.map = ColorMap::kSequential})
      .tagged_text({"Ada", " wrote"}, {0, -1}, {"person"});
  const Picture picture = drawn(figure, folder_);
  EXPECT_GT(picture.count(map_color(ColorMap::kSequential, 1)), 100);
  EXPECT_GT(picture.count(mix(kWhite, palette(0), 0.45)), 500) << "the name and its key";
}

TEST_F(FigureTest, OddDataIsDrawnWithoutComplaint) {
  Figure figure("ünïcödé \xff", {.rows = 4, .columns = 3, .caption = std::string(500, 'x')});
  figure.panel(0, 0).line({}, {}, {.label = "empty"});
  figure.panel(0, 1).line({1}, {1}, {.label = "one point"}).x_log().y_log();
  figure.panel(0, 2).series({5, 5, 5}, {.dashed = true, .markers = true});
  figure.panel(1, 0).series({1e300, -1e300, kInfinity, 1}).y_range(0, 1e-30);
  figure.panel(1, 1).bars({kNan}, {.label = "nothing", .errors = {1}, .values = true}).y_log();
  figure.panel(1, 2).histogram({}).title(std::string(100, 'w'));
  figure.panel(2, 0).histogram({2, 2, 2}).x_log();
  figure.panel(2, 1).scatter({1}, {1}, {.names = {std::string(200, 'm')}});
  figure.panel(2, 2).heat_map({kNan}, 1, 1, {.row_labels = {std::string(99, 'r')}, .values = true});
  figure.panel(3, 0).text("");
  Panel& many = figure.panel(3, 1).title("more labels than fit");
  for (int i = 0; i < 60; ++i) many.series({0, 1.0 * i}, {.label = "series " + std::to_string(i)});
  const Picture picture = drawn(figure, folder_);  // panel (3, 2) stays empty
  EXPECT_GT(picture.height, 1000);
}

TEST_F(FigureTest, RefusesWhatCannotBeDrawn) {
  EXPECT_THROW(Figure("", {.rows = 0}), Error);
  EXPECT_THROW(Figure("", {.columns = -1}), Error);
  EXPECT_THROW(Figure("", {.width = 10}), Error);
  Figure figure("", {.rows = 1, .columns = 2});
  EXPECT_THROW(figure.panel(1, 0), Error);
  EXPECT_THROW(figure.panel(0, -1), Error);
  Panel& panel = figure.panel(0, 0);
  EXPECT_THROW(panel.line({1, 2}, {1}), Error);
  EXPECT_THROW(panel.band({1, 2}, {1, 2}, {1}), Error);
  EXPECT_THROW(panel.line_with_band({1, 2}, {1, 2}, {1}), Error);
  EXPECT_THROW(panel.bars({}), Error);
  EXPECT_THROW(panel.bars({1, 2}, {.errors = {1}}), Error);
  EXPECT_THROW(panel.scatter({1, 2}, {1, 2}, {.classes = {0}}), Error);
  EXPECT_THROW(panel.scatter({1, 2}, {1, 2}, {.classes = {0, -1}}), Error);
  EXPECT_THROW(panel.scatter({1, 2}, {1, 2}, {.classes = {0, 1}, .class_names = {"a"}}), Error);
  EXPECT_THROW(panel.histogram({1}, {.bins = -1}), Error);
  EXPECT_THROW(panel.x_range(2, 1), Error);
  EXPECT_THROW(panel.heat_map({1}, 1, 1), Error) << "already a chart";
  EXPECT_THROW(panel.text("text"), Error) << "already a chart";
  Panel& other = figure.panel(0, 1);
  EXPECT_THROW(other.heat_map({1, 2, 3}, 2, 2), Error);
  EXPECT_THROW(other.heat_map({}, 0, 0), Error);
  EXPECT_THROW(other.heat_map({1, 2}, 1, 2, {.row_labels = {"a", "b"}}), Error);
  EXPECT_THROW(other.heat_map({1, 2}, 1, 2, {.low = 3, .high = 3}), Error);
  EXPECT_THROW(other.colored_text({"a"}, {1, 2}), Error);
  EXPECT_THROW(other.tagged_text({"a"}, {1}, {"only class"}), Error);
  EXPECT_THROW(figure.panel(0, 0).x_range(-1, 1).x_log(), Error) << "a log axis from -1";
}

TEST_F(FigureTest, ErrorsSayWhatWasExpected) {
  Figure figure("");
  try {
    figure.panel().line({1, 2, 3}, {1, 2});
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "figure: line: x has 3 values and y has 2; expected as many");
  }
}

TEST_F(FigureTest, AnUnwritablePathIsTheUsersErrorAndLeavesNothing) {
  Figure figure("title");
  figure.panel().series({1, 2});
  try {
    figure.save(folder_ / "missing" / "figure.png");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.cause(), Error::Cause::kInput);
  }
  fs::create_directory(folder_ / "taken.png");
  std::ofstream(folder_ / "taken.png" / "file") << "so that the folder cannot be replaced";
  EXPECT_THROW(figure.save(folder_ / "taken.png"), Error);
  const auto left = std::distance(fs::directory_iterator(folder_), fs::directory_iterator());
  EXPECT_EQ(left, 1) << "only the folder taken.png";
}

}  // namespace
}  // namespace unroll::lessons
