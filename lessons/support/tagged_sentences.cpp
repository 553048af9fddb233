#include "lessons/support/tagged_sentences.h"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "engine/error.h"
#include "lessons/support/near_duplicates.h"
#include "lessons/support/splits.h"
#include "lessons/support/text.h"

namespace unroll::lessons {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSplitSeed = 1;  // all runs see the same parts

std::vector<std::string_view> split_at_tabs(std::string_view line) {
  std::vector<std::string_view> fields;
  for (;;) {
    const std::size_t tab = line.find('\t');
    fields.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return fields;
    line.remove_prefix(tab + 1);
  }
}

std::string quoted(std::string_view line) {
  return "\"" + std::string(line.substr(0, 40)) + (line.size() > 40 ? "…\"" : "\"");
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

// The only file of the folder whose name holds one of `names`.
fs::path only_file(const fs::path& folder, std::initializer_list<std::string_view> names) {
  std::vector<fs::path> found;
  try {
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
      const std::string file = entry.path().filename().string();
      if (file.starts_with('.') || !entry.is_regular_file()) continue;
      for (const std::string_view name : names)
        if (file.find(name) != std::string::npos) found.push_back(entry.path());
    }
  } catch (const fs::filesystem_error& error) {
    throw input_error("cannot read ", folder.string(), ": ", error.code().message());
  }
  if (found.size() != 1)
    throw input_error(folder.string(), ": expected one file with \"", *names.begin(),
                      "\" in its name, found ", found.size(),
                      "; a folder holds a file each to train on, to validate (dev) and to test");
  return found[0];
}

}  // namespace

std::vector<TaggedSentence> read_tagged_sentences(const fs::path& file) {
  const std::string bytes = read_corpus(file).text;
  const bool is_conllu = file.extension() == ".conllu";
  std::vector<TaggedSentence> sentences;
  TaggedSentence sentence;
  const auto end_sentence = [&] {
    if (!sentence.words.empty()) sentences.push_back(std::move(sentence));
    sentence = {};
  };
  std::string_view rest = bytes;
  for (std::int64_t number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find_first_not_of(" \t") == std::string_view::npos) {
      end_sentence();
      continue;
    }
    const std::string where = concat_message(file.string(), ":", number);
    if (is_conllu)
      add_conllu_line(line, where, sentence);
    else
      add_two_columns(line, where, sentence);
  }
  end_sentence();
  if (sentences.empty()) throw input_error(file.string(), ": found no sentence");
  return sentences;
}

TaggedParts read_tagged_parts(const fs::path& path) {
  if (fs::is_directory(path)) {
    // All three are found before the first is read.
    const fs::path train = only_file(path, {"train"}),
                   validation = only_file(path, {"dev", "valid"}), test = only_file(path, {"test"});
    return {read_tagged_sentences(train), read_tagged_sentences(validation),
            read_tagged_sentences(test), "the parts are the data set's own"};
  }
  const std::vector<TaggedSentence> all = read_tagged_sentences(path);
  std::vector<std::vector<std::string>> words;
  for (const TaggedSentence& sentence : all) words.push_back(sentence.words);
  const ShuffledSplit split = split_groups(near_duplicate_groups(words), 0.8, 0.1, kSplitSeed);
  const auto take = [&all](const std::vector<std::int64_t>& which) {
    std::vector<TaggedSentence> part;
    for (const std::int64_t i : which) part.push_back(all[static_cast<std::size_t>(i)]);
    return part;
  };
  return {take(split.train), take(split.validation), take(split.test),
          "80 % / 10 % / 10 % of the sentences at random, near-duplicates in one part"};
}

}  // namespace unroll::lessons
