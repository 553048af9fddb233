#include "lessons/support/tagged_sentences.h"

#include <string_view>

#include "engine/error.h"
#include "lessons/support/sentence_files.h"

namespace unroll::lessons {

namespace {

namespace fs = std::filesystem;

std::vector<std::string_view> split_at_tabs(std::string_view line) {
  std::vector<std::string_view> fields;
  for (;;) {
    const std::size_t tab = line.find('\t');
    fields.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return fields;
    line.remove_prefix(tab + 1);
  }
}

// Adds the word of a line of CoNLL-U, if it holds one.
void add_conllu_line(std::string_view line, const std::string& where, TaggedSentence& sentence) {
  if (line.starts_with('#')) return;
  const std::vector<std::string_view> fields = split_at_tabs(line);
  if (fields.size() != 10)
    throw input_error(where, ": expected ten columns with tabs between them (CoNLL-U), found ",
                      fields.size(), " in ", quoted(line));
  const std::string_view id = fields[0], form = fields[1], tag = fields[3];
  if (id.empty() || id.find_first_not_of("0123456789.-") != std::string_view::npos)
    throw input_error(where, ": expected the number of a word in the first column (ID), found ",
                      quoted(id));
  if (id.find_first_of(".-") != std::string_view::npos) return;  // a range, or not written
  if (form.empty()) throw input_error(where, ": the word (column 2, FORM) is empty");
  if (tag.empty() || tag == "_")
    throw input_error(where, ": the word ", quoted(form), " has no tag (column 4, UPOS)");
  sentence.words.emplace_back(form);
  sentence.tags.emplace_back(tag);
}

void add_two_columns(std::string_view line, const std::string& where, TaggedSentence& sentence) {
  const std::vector<std::string_view> fields = split_at_tabs(line);
  if (fields.size() != 2 || fields[0].empty() || fields[1].empty())
    throw input_error(where, ": expected a word, a tab and a tag, or an empty line, found ",
                      quoted(line));
  sentence.words.emplace_back(fields[0]);
  sentence.tags.emplace_back(fields[1]);
}

}  // namespace

std::vector<TaggedSentence> read_tagged_sentences(const fs::path& file) {
  const bool is_conllu = file.extension() == ".conllu";
  std::vector<TaggedSentence> sentences;
  for (const std::vector<PlacedLine>& block : read_line_blocks(file)) {
    TaggedSentence sentence;
    for (const auto& [where, line] : block)
      if (is_conllu)
        add_conllu_line(line, where, sentence);
      else
        add_two_columns(line, where, sentence);
    if (!sentence.words.empty()) sentences.push_back(std::move(sentence));
  }
  if (sentences.empty()) throw input_error(file.string(), ": found no sentence");
  return sentences;
}

TaggedParts read_tagged_parts(const fs::path& path) {
  return read_parts<TaggedParts>(path, read_tagged_sentences);
}

}  // namespace unroll::lessons
