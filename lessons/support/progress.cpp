#include "lessons/support/progress.h"

#include <algorithm>
#include <chrono>
#include <iostream>

#include "engine/error.h"
#include "lessons/support/format.h"
#include "lessons/support/terminal.h"

namespace unroll::lessons {

namespace {

constexpr double kSecondsPerFrame = 0.1;
constexpr double kSecondsPerLine = 30;
constexpr const char* kEraseRest = "\x1b[K";

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// A bar of `columns` columns, filled to an eighth of a column.
std::string bar(double share, std::int64_t columns) {
  constexpr const char* kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto eighths = static_cast<std::int64_t>(share * static_cast<double>(columns * 8));
  std::string text;
  for (std::int64_t i = 0; i < eighths / 8; ++i) text += "█";
  text += kEighths[eighths % 8];
  for (std::int64_t i = (eighths + 7) / 8; i < columns; ++i) text += "·";
  return text;
}

}  // namespace

ProgressOutput ProgressOutput::standard_error() {
  return {&std::cerr, stderr_is_terminal(), terminal_width, steady_seconds};
}

Progress::Progress(std::string label, std::int64_t total, std::string unit, ProgressOutput output)
    : label_(std::move(label)),
      total_(total),
      unit_(std::move(unit)),
      output_(std::move(output)),
      start_(output_.seconds()),
      last_shown_(start_) {
  require(total >= 1, "[Progress] expected a total of at least 1, got ", total);
}

Progress::~Progress() {
  if (!drawn_ || finished_) return;
  try {
    *output_.stream << '\n' << std::flush;
  } catch (...) {  // a stream that throws must not end the program from a destructor
  }
}

void Progress::skip(std::int64_t items) {
  items = std::min(items, total_ - done_);
  done_ += items;
  done_before_ += items;
  last_tenth_ = 10 * done_ / total_;
}

void Progress::total(std::int64_t total) {
  require(total >= 1, "[Progress] expected a total of at least 1, got ", total);
  total_ = std::max(total, done_);
}

void Progress::advance(std::int64_t items) {
  done_ = std::min(done_ + items, total_);
  update(false);
}

void Progress::advance(std::int64_t items, double loss) {
  loss_.add(loss);
  advance(items);
}

void Progress::label(std::string text) { label_ = std::move(text); }

void Progress::note(std::string text) { note_ = std::move(text); }

void Progress::clear() {
  if (!drawn_) return;
  *output_.stream << '\r' << kEraseRest << std::flush;
  drawn_ = false;
  last_shown_ = -kSecondsPerLine;  // the next `advance` draws
}

void Progress::finish() {
  update(true);
  finished_ = true;
}

void Progress::update(bool is_last) {
  const double now = output_.seconds();
  const std::int64_t tenth = 10 * done_ / total_;
  if (output_.terminal) {
    if (!is_last && drawn_ && now - last_shown_ < kSecondsPerFrame) return;
    draw(is_last);
  } else {
    // The line at the very end is `finish`'s.
    const bool is_due = (tenth > last_tenth_ && tenth < 10) || now - last_shown_ >= kSecondsPerLine;
    if (!is_last && !is_due) return;
    print_line(is_last);
  }
  last_shown_ = now;
  last_tenth_ = tenth;
}

// "43 %", "12,345 characters/s", "1:23 left", "loss 1.734", "validation 1.62"
std::vector<std::string> Progress::figures(bool is_last) const {
  const double seconds = output_.seconds() - start_;
  const double rate = seconds > 0 ? static_cast<double>(done_ - done_before_) / seconds : 0;
  const std::int64_t percent =
      static_cast<std::int64_t>(100 * static_cast<double>(done_) / static_cast<double>(total_));
  const std::string padding = percent < 10 ? "  " : percent < 100 ? " " : "";
  std::vector<std::string> parts = {padding + std::to_string(percent) + " %",
                                    format_rate(rate) + ' ' + unit_ + "/s"};
  if (is_last) {
    parts.push_back("in " + format_duration(seconds));
  } else {
    const double left = rate > 0 ? static_cast<double>(total_ - done_) / rate : -1;
    parts.push_back(format_duration(left) + " left");
  }
  if (loss_.has_value()) parts.push_back("loss " + format_fixed(loss_.value(), 3));
  if (!note_.empty()) parts.push_back(note_);
  return parts;
}

void Progress::draw(bool is_last) {
  constexpr std::int64_t kSmallestBar = 8;
  constexpr std::int64_t kLargestBar = 30;
  const std::int64_t columns = std::max(output_.width() - 1, 1);  // the last one may wrap
  std::string numbers;
  for (const std::string& part : figures(is_last)) {
    if (display_width(label_ + numbers + part) + 2 > columns) break;
    numbers += "  " + part;
  }
  const std::int64_t room = columns - display_width(label_ + numbers) - 1;
  std::string line = label_;
  if (room >= kSmallestBar) {
    const double share = static_cast<double>(done_) / static_cast<double>(total_);
    line += ' ' + bar(share, std::min(room, kLargestBar));
  }
  line += numbers;
  std::cout.flush();  // what the caller printed comes before the bar
  *output_.stream << '\r' << fit_width(line, columns) << kEraseRest << (is_last ? "\n" : "")
                  << std::flush;
  drawn_ = !is_last;
}

void Progress::print_line(bool is_last) {
  std::cout.flush();
  *output_.stream << label_;
  for (const std::string& part : figures(is_last)) *output_.stream << "  " << part;
  *output_.stream << std::endl;
}

}  // namespace unroll::lessons
