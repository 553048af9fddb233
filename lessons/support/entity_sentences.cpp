#include "lessons/support/entity_sentences.h"

#include <algorithm>
#include <string_view>

#include "engine/error.h"
#include "lessons/support/entity_tags.h"
#include "lessons/support/sentence_files.h"

namespace unroll::lessons {

namespace {

namespace fs = std::filesystem;

struct Row {
  const PlacedLine* line;
  std::vector<std::string> columns;

  bool is_comment() const { return line->text.starts_with('#'); }
};

std::vector<std::string> split_columns(std::string_view line) {
  const bool has_tabs = line.find('\t') != std::string_view::npos;
  const std::string_view separators = has_tabs ? "\t" : " ";
  std::vector<std::string> columns;
  while (true) {
    const std::size_t end = line.find_first_of(separators);
    columns.emplace_back(line.substr(0, end));
    if (end == std::string_view::npos) return columns;
    line.remove_prefix(end + 1);
    // A row of blanks is one separator; between two tabs is an empty column, which is an error.
    if (!has_tabs) line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    if (!has_tabs && line.empty()) return columns;
  }
}

// Whether the words of each sentence are counted in the first column.
bool is_numbered(const std::vector<std::vector<Row>>& sentences) {
  for (const auto& rows : sentences) {
    std::int64_t number = 0;
    for (const Row& row : rows)
      if (!row.is_comment() && row.columns[0] != std::to_string(++number)) return false;
  }
  return true;
}

}  // namespace

std::vector<EntitySentence> read_entity_sentences(const fs::path& file, std::int64_t levels) {
  const auto blocks = read_line_blocks(file);
  std::vector<std::vector<Row>> all;
  for (const std::vector<PlacedLine>& block : blocks) {
    std::vector<Row>& rows = all.emplace_back();
    for (const PlacedLine& line : block) rows.push_back({&line, split_columns(line.text)});
  }
  const bool numbered = is_numbered(all);
  const std::size_t word = numbered ? 1 : 0, least = word + 1 + static_cast<std::size_t>(levels);
  std::size_t width = 0;  // of every line
  std::vector<EntitySentence> sentences;
  for (const std::vector<Row>& rows : all) {
    EntitySentence sentence;
    sentence.tags.resize(static_cast<std::size_t>(levels));
    for (const auto& [line, columns] : rows) {
      if (numbered && line->text.starts_with('#')) continue;
      if (columns[word].starts_with("-DOCSTART-")) continue;
      if (width == 0) width = columns.size();
      if (columns.size() < least || columns.size() > word + 4 || columns.size() != width)
        throw input_error(line->where, ": expected ",
                          width >= least && width <= word + 4
                              ? concat_message(width, " columns as in the lines before")
                              : concat_message(least - word, " to 4 columns, a word and ", levels,
                                               levels == 1 ? " tag" : " tags", " at the end"),
                          ", found ", columns.size() - word, " in ", quoted(line->text));
      if (columns[word].empty()) throw input_error(line->where, ": the word is empty");
      sentence.words.push_back(columns[word]);
      for (std::size_t level = 0; level < sentence.tags.size(); ++level) {
        const std::string& tag = columns[width - sentence.tags.size() + level];
        if (!is_entity_tag(tag))
          throw input_error(line->where, ": expected O or a tag such as B-PER in column ",
                            width - sentence.tags.size() + level + 1, ", found ", quoted(tag));
        sentence.tags[level].push_back(tag);
      }
    }
    if (!sentence.words.empty()) sentences.push_back(std::move(sentence));
  }
  if (sentences.empty()) throw input_error(file.string(), ": found no sentence");
  return sentences;
}

EntityParts read_entity_parts(const fs::path& path, std::int64_t levels) {
  return read_parts<EntityParts>(
      path, [levels](const fs::path& file) { return read_entity_sentences(file, levels); });
}

}  // namespace unroll::lessons
