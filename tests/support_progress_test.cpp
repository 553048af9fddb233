#include <algorithm>
#include <gtest/gtest.h>
#include <sstream>
#include <stdexcept>
#include <string>

#include "lessons/support/format.h"
#include "lessons/support/progress.h"
#include "tests/expect_error.h"

namespace unroll::lessons {
namespace {

// Progress on a clock that the test turns.
struct Watch {
  std::ostringstream stream;
  double now = 100;
  int columns = 80;

  ProgressOutput output(bool terminal) {
    return {&stream, terminal, [this] { return columns; }, [this] { return now; }};
  }
  std::int64_t count(char c) const {
    const std::string text = stream.str();
    return std::count(text.begin(), text.end(), c);
  }
  std::string last_frame() const {
    const std::string text = stream.str();
    const std::size_t begin = text.rfind('\r') + 1;
    return text.substr(begin, text.find("\x1b[K", begin) - begin);
  }
};

TEST(Progress, PlainLinesAtEachTenth) {
  Watch watch;
  Progress progress("training", 1000, "characters", watch.output(false));
  for (int i = 0; i < 100; ++i) {
    watch.now += 0.1;
    progress.advance(10, 2.0);
  }
  EXPECT_EQ(watch.count('\n'), 9);  // 100 % is for finish
  progress.note("validation 1.62");
  progress.finish();
  EXPECT_EQ(watch.count('\n'), 10);
  const std::string text = watch.stream.str();
  EXPECT_EQ(text.find("training   10 %  100 characters/s  0:09 left  loss 2.000\n"), 0u) << text;
  EXPECT_NE(text.find("training  100 %  100 characters/s  in 0:10  loss 2.000  validation 1.62\n"),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find('\r'), std::string::npos);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(Progress, ATotalThatWasAGuessIsCorrected) {
  Watch watch;
  Progress progress("training", 1000, "steps", watch.output(true));
  watch.now += 10;
  progress.advance(100);
  EXPECT_NE(watch.last_frame().find(" 10 %"), std::string::npos) << watch.last_frame();
  progress.total(400);
  watch.now += 10;
  progress.advance(100);
  EXPECT_NE(watch.last_frame().find(" 50 %  10 steps/s  0:20 left"), std::string::npos)
      << watch.last_frame();
  progress.total(1);  // less than is done
  progress.finish();
  EXPECT_NE(watch.stream.str().find("100 %"), std::string::npos);
}

TEST(Progress, PlainLinesWhenATenthTakesLong) {
  Watch watch;
  Progress progress("training", 1000, "steps", watch.output(false));
  for (int i = 0; i < 90; ++i) {  // 90 s, 9 %
    watch.now += 1;
    progress.advance(1);
  }
  EXPECT_EQ(watch.count('\n'), 3);
  EXPECT_EQ(watch.stream.str().find("loss"), std::string::npos);
}

TEST(Progress, TerminalRedrawsTenTimesASecondAtMost) {
  Watch watch;
  Progress progress("training", 1000, "steps", watch.output(true));
  for (int i = 0; i < 1000; ++i) {  // one second
    watch.now += 0.001;
    progress.advance(1, 1.5);
  }
  EXPECT_GE(watch.count('\r'), 9);
  EXPECT_LE(watch.count('\r'), 11);
  EXPECT_EQ(watch.count('\n'), 0);
  progress.finish();
  EXPECT_EQ(watch.count('\n'), 1);
  EXPECT_EQ(watch.stream.str().back(), '\n');
}

TEST(Progress, FitsTheTerminal) {
  for (const int columns : {1, 5, 20, 40, 60, 80, 200}) {
    Watch watch;
    watch.columns = columns;
    Progress progress("epoch 3 of 10", 1000, "characters", watch.output(true));
    progress.note("validation 1.62");
    watch.now += 1;
    progress.advance(430, 1.234);
    EXPECT_LE(display_width(watch.last_frame()), std::max(columns - 1, 1)) << watch.last_frame();
    if (columns < 80) continue;
    for (const char* part : {"epoch 3 of 10", "43 %", "430 characters/s", "0:01 left"}) {
      EXPECT_NE(watch.last_frame().find(part), std::string::npos) << watch.last_frame();
    }
  }
}

TEST(Progress, ExceptionLeavesAFreshLine) {
  Watch watch;
  try {
    Progress progress("training", 10, "steps", watch.output(true));
    progress.advance(1);
    throw std::runtime_error("stop");
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(watch.stream.str().back(), '\n');

  Watch plain;
  try {
    Progress progress("training", 10, "steps", plain.output(false));
    progress.advance(1);
    throw std::runtime_error("stop");
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(plain.count('\n'), 1);  // the line of the first tenth alone
}

TEST(Progress, ClearTakesTheBarAwayUntilTheNextStep) {
  Watch watch;
  Progress progress("training", 10, "steps", watch.output(true));
  progress.advance(1);
  progress.clear();
  EXPECT_EQ(watch.last_frame(), "");
  progress.advance(1);  // at the same time, and yet drawn
  EXPECT_NE(watch.last_frame().find("20 %"), std::string::npos);
  progress.finish();
}

TEST(Progress, ResumedItemsDoNotCountForTheRate) {
  Watch watch;
  Progress progress("training", 1000, "steps", watch.output(false));
  progress.skip(500);
  watch.now += 10;
  progress.advance(100);
  EXPECT_EQ(watch.stream.str(), "training   60 %  10 steps/s  0:40 left\n");
}

TEST(Progress, StaysWithinItsTotal) {
  Watch watch;
  Progress progress("training", 10, "steps", watch.output(false));
  watch.now += 1;
  progress.advance(25);
  progress.finish();
  EXPECT_EQ(watch.stream.str(), "training  100 %  10 steps/s  in 0:01\n");
  unroll::testing::expect_error([&] { Progress("x", 0, "steps", watch.output(false)); },
                                Error::Cause::kMachine, "total of at least 1, got 0");
}

TEST(Format, NumbersAndDurations) {
  EXPECT_EQ(format_count(0), "0");
  EXPECT_EQ(format_count(999), "999");
  EXPECT_EQ(format_count(1000), "1,000");
  EXPECT_EQ(format_count(1234567), "1,234,567");
  EXPECT_EQ(format_count(-123), "-123");
  EXPECT_EQ(format_count(-123456), "-123,456");
  EXPECT_EQ(format_fixed(1.5035, 2), "1.50");
  EXPECT_EQ(format_scientific(0.00152), "1.5e-03");
  EXPECT_EQ(format_duration(0), "0:00");
  EXPECT_EQ(format_duration(59.6), "1:00");
  EXPECT_EQ(format_duration(754), "12:34");
  EXPECT_EQ(format_duration(3723), "1:02:03");
  EXPECT_EQ(format_duration(-1), "?");
  EXPECT_EQ(format_rate(12345.6), "12,346");
  EXPECT_EQ(format_rate(3.25), "3.2");
  EXPECT_EQ(format_rate(0.05), "0.05");
}

TEST(Format, WidthIsInColumns) {
  EXPECT_EQ(display_width("abc"), 3);
  EXPECT_EQ(display_width("äöü"), 3);
  EXPECT_EQ(display_width("e\u0301"), 1);  // an accent that combines
  EXPECT_EQ(display_width("日本"), 4);
  EXPECT_EQ(fit_width("日本語", 5), "日本");
  EXPECT_EQ(fit_width("äbc", 2), "äb");
  EXPECT_EQ(fit_width("abc", 0), "");
}

}  // namespace
}  // namespace unroll::lessons
