#include "lessons/support/csv.h"

#include <algorithm>
#include <cstddef>

#include "engine/error.h"

namespace unroll::lessons {

namespace {

constexpr std::string_view kBlanks = " \t\r";

std::string trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin));
}

// Reads a text from its front to its end.
class CsvReader {
 public:
  CsvReader(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  std::vector<CsvRecord> records() {
    std::vector<CsvRecord> records;
    while (at_ < text_.size()) {
      CsvRecord record{line_, {}};
      bool is_blank = true;
      do {
        const bool quoted = next_is_quote();
        record.fields.push_back(quoted ? quoted_field() : plain_field());
        is_blank = is_blank && !quoted && record.fields.back().empty();
      } while (take(','));
      if (take('\n')) ++line_;
      if (!is_blank || record.fields.size() > 1) records.push_back(std::move(record));
    }
    return records;
  }

 private:
  bool take(char wanted) {
    if (at_ == text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  bool next_is_quote() const {
    const std::size_t front = text_.find_first_not_of(kBlanks, at_);
    return front != std::string_view::npos && text_[front] == '"';
  }

  std::string plain_field() {
    const std::size_t end = std::min(text_.find_first_of(",\n", at_), text_.size());
    const std::string_view field = text_.substr(at_, end - at_);
    at_ = end;
    return trimmed(field);
  }

  std::string quoted_field() {
    const std::int64_t opened = line_;
    at_ = text_.find('"', at_) + 1;
    std::string field;
    for (;; ++at_) {
      if (at_ == text_.size())
        throw input_error(name_, ":", opened, ": a quote is opened that is never closed");
      if (text_[at_] == '\n') ++line_;
      if (text_[at_] != '"') {
        field += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        field += text_[at_++];
      } else {
        break;
      }
    }
    ++at_;  // the closing quote
    if (const std::string after = plain_field(); !after.empty())
      throw input_error(name_, ":", line_, ": expected a comma or the end of the line after a ",
                        "quoted field, but found \"", after, "\"");
    return field;
  }

  std::string_view text_;
  const std::string& name_;
  std::size_t at_ = 0;
  std::int64_t line_ = 1;
};

}  // namespace

std::vector<CsvRecord> parse_csv(std::string_view text, const std::string& name) {
  return CsvReader(text, name).records();
}

}  // namespace unroll::lessons
