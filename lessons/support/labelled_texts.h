// Texts with a label each, from the formats in which data sets come.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace unroll::lessons {

struct LabelledText {
  std::string label;
  std::string text;
  bool is_test = false;  // the data set itself says that it is for testing
  std::string where;     // "reviews.tsv:12", for errors
};

/// Reads
///  - a file with `label<TAB>text` on each line;
///  - a .csv file of two columns, the labels first unless its heading says otherwise;
///  - a folder of folders named by label, with a .txt file for each text, or two of those called
///    train and test (the layout of the aclImdb reviews; `unsup`, which has no labels, is skipped);
///  - a folder that holds one file of the kinds above.
/// A first line that calls the labels label, sentiment, class or polarity is a heading.
/// Throws an input error with file and line for a line of another form, an empty label or text, and
/// when there is no text.
std::vector<LabelledText> read_labelled_texts(const std::string& path);

}  // namespace unroll::lessons
