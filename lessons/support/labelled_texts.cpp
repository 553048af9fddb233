#include "lessons/support/labelled_texts.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

#include "engine/error.h"
#include "lessons/support/csv.h"
#include "lessons/support/text.h"
#include "lessons/support/words.h"

namespace unroll::lessons {

namespace {

namespace fs = std::filesystem;

bool is_label_name(const std::string& name) {
  constexpr std::array<std::string_view, 4> kNames{"label", "sentiment", "class", "polarity"};
  return std::find(kNames.begin(), kNames.end(), lower_case(name)) != kNames.end();
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \r") + 1 - begin);
}

void add(std::string_view label, std::string_view text, std::string where,
         std::vector<LabelledText>& texts) {
  if (trimmed(label).empty() || trimmed(text).empty())
    throw input_error(where, ": expected a label and a text, but the ",
                      trimmed(label).empty() ? "label" : "text", " is empty");
  texts.push_back(
      {std::string(trimmed(label)), std::string(trimmed(text)), false, std::move(where)});
}

void read_csv(const std::string& bytes, const std::string& name, std::vector<LabelledText>& texts) {
  const std::vector<CsvRecord> records = parse_csv(bytes, name);
  std::size_t label = 0, first = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const CsvRecord& record = records[i];
    const std::string where = concat_message(name, ":", record.line);
    if (record.fields.size() != 2)
      throw input_error(where, ": expected two fields, label and text, found ",
                        record.fields.size(), "; a text with commas stands in double quotes");
    const auto named = std::find_if(record.fields.begin(), record.fields.end(), is_label_name);
    if (i == 0 && named != record.fields.end()) {
      label = static_cast<std::size_t>(named - record.fields.begin());
      first = 1;
    }
    if (i >= first) add(record.fields[label], record.fields[1 - label], where, texts);
  }
}

void read_lines(std::string_view bytes, const std::string& name, std::vector<LabelledText>& texts) {
  for (std::int64_t number = 1; !bytes.empty(); ++number) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    const std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    if (trimmed(line).empty()) continue;
    const std::size_t tab = line.find('\t');
    const std::string where = concat_message(name, ":", number);
    if (tab == std::string_view::npos)
      throw input_error(where, ": expected a label, a tab and a text, found no tab in \"",
                        line.substr(0, 40), "\"");
    if (number == 1 && is_label_name(std::string(line.substr(0, tab)))) continue;
    add(line.substr(0, tab), line.substr(tab + 1), where, texts);
  }
}

void read_file(const fs::path& file, std::vector<LabelledText>& texts) {
  const std::string bytes = read_corpus(file).text;
  if (lower_case(file.extension().string()) == ".csv")
    read_csv(bytes, file.string(), texts);
  else
    read_lines(bytes, file.string(), texts);
}

// What lies in a folder, by name; hidden things do not count.
std::vector<fs::path> entries(const fs::path& folder) {
  std::vector<fs::path> found;
  try {
    for (const fs::directory_entry& entry : fs::directory_iterator(folder))
      if (!entry.path().filename().native().starts_with('.')) found.push_back(entry.path());
  } catch (const fs::filesystem_error& error) {
    throw input_error("cannot read ", folder.string(), ": ", error.code().message());
  }
  std::sort(found.begin(), found.end());
  return found;
}

// A folder for each label, a file for each text.
void read_label_folders(const fs::path& folder, bool is_test, std::vector<LabelledText>& texts) {
  for (const fs::path& label : entries(folder)) {
    if (!fs::is_directory(label) || label.filename() == "unsup") continue;
    for (const fs::path& file : entries(label)) {
      if (file.extension() != ".txt") continue;
      std::string text = read_corpus(file).text;
      std::replace(text.begin(), text.end(), '\n', ' ');
      add(label.filename().string(), text, file.string(), texts);
      texts.back().is_test = is_test;
    }
  }
}

void read_folder(const fs::path& folder, std::vector<LabelledText>& texts) {
  if (fs::is_directory(folder / "train") && fs::is_directory(folder / "test")) {
    read_label_folders(folder / "train", false, texts);
    read_label_folders(folder / "test", true, texts);
    return;
  }
  if (fs::is_directory(folder / "aclImdb")) return read_folder(folder / "aclImdb", texts);
  std::vector<fs::path> files;
  for (const fs::path& entry : entries(folder))
    if (entry.extension() == ".tsv" || entry.extension() == ".csv") files.push_back(entry);
  if (files.size() == 1) return read_file(files[0], texts);
  read_label_folders(folder, false, texts);
}

}  // namespace

std::vector<LabelledText> read_labelled_texts(const std::string& path) {
  std::vector<LabelledText> texts;
  if (fs::is_directory(path))
    read_folder(path, texts);
  else
    read_file(path, texts);
  if (texts.empty())
    throw input_error(path,
                      ": found no labelled texts; expected a file with label<TAB>text on each ",
                      "line, a .csv file of two columns, one .tsv or .csv file in a folder, or ",
                      "folders named by label with .txt files");
  return texts;
}

}  // namespace unroll::lessons
