#include "lessons/support/parallel_text.h"

#include <filesystem>
#include <numeric>
#include <set>
#include <string_view>

#include "engine/error.h"
#include "lessons/support/data_folder.h"
#include "lessons/support/joined_words.h"
#include "lessons/support/near_duplicates.h"
#include "lessons/support/splits.h"
#include "lessons/support/text.h"

namespace unroll::lessons {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSplitSeed = 1;  // all runs see the same parts

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") + 1 - begin);
}

std::vector<std::string> read_lines(const fs::path& file) {
  const std::string text = read_corpus(file).text;
  std::vector<std::string> lines;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    lines.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return lines;
}

std::vector<SentencePair> read_pairs(const fs::path& file) {
  std::vector<SentencePair> pairs;
  std::int64_t number = 0;
  for (const std::string& line : read_lines(file)) {
    ++number;
    if (trimmed(line).empty()) continue;
    const std::size_t tab = line.find('\t');
    const std::string_view view = line;
    const bool is_pair = tab != std::string::npos && !trimmed(view.substr(0, tab)).empty() &&
                         !trimmed(view.substr(tab + 1)).empty() &&
                         trimmed(view.substr(tab + 1)).find('\t') == std::string_view::npos;
    if (!is_pair)
      throw input_error(file.string(), ":", number,
                        ": expected a sentence, a tab and its translation, found \"",
                        line.substr(0, 40), line.size() > 40 ? "…\"" : "\"");
    pairs.push_back(
        {std::string(trimmed(view.substr(0, tab))), std::string(trimmed(view.substr(tab + 1)))});
  }
  if (pairs.empty()) throw input_error(file.string(), ": found no pair of sentences");
  return pairs;
}

std::vector<SentencePair> read_pairs(const fs::path& source, const fs::path& target) {
  const std::vector<std::string> sources = read_lines(source), targets = read_lines(target);
  if (sources.size() != targets.size())
    throw input_error(source.string(), " has ", sources.size(), " lines and ", target.string(),
                      " has ", targets.size(), "; line by line they should say the same");
  std::vector<SentencePair> pairs;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const std::string_view left = trimmed(sources[i]), right = trimmed(targets[i]);
    if (left.empty() && right.empty()) continue;
    if (left.empty() || right.empty())
      throw input_error((left.empty() ? source : target).string(), ":", i + 1,
                        ": the line is empty, but not that of the other file");
    pairs.push_back({std::string(left), std::string(right)});
  }
  return pairs;
}

// Those of two options, or of none.
std::vector<SentencePair> read_optional(const std::string& source, const std::string& target,
                                        const std::string& part) {
  if (source.empty() && target.empty()) return {};
  if (source.empty() || target.empty())
    throw input_error("--", part, "source and --", part, "target: expected both or none");
  return read_pairs(find_data(source), find_data(target));
}

void require_pairs(const std::vector<SentencePair>& pairs, const char* what,
                   const std::string& name) {
  if (pairs.empty())
    throw input_error(name, ": too few sentences: the ", what, " part would be empty");
}

// Takes a tenth each for those parts that there are no files for.
void split_rest(ParallelParts& parts) {
  const bool make_validation = parts.validation.empty(), make_test = parts.test.empty();
  std::set<std::string> kept;
  for (const auto* part : {&parts.validation, &parts.test})
    for (const SentencePair& pair : *part) kept.insert(pair.source);
  std::erase_if(parts.train, [&](const SentencePair& p) { return kept.contains(p.source); });
  parts.split = "the parts are the data set's own; training pairs that they share are left out";
  if (!make_validation && !make_test) return;

  std::vector<std::vector<std::string>> words;
  for (const SentencePair& pair : parts.train) words.push_back(split_joined_words(pair.source));
  const ShuffledSplit split = split_groups(near_duplicate_groups(words), 0.8, 0.1, kSplitSeed);
  std::vector<SentencePair> all = std::move(parts.train), train;
  const auto give = [&](const std::vector<std::int64_t>& which, std::vector<SentencePair>& to) {
    for (const std::int64_t i : which) to.push_back(all[static_cast<std::size_t>(i)]);
  };
  give(split.train, train);
  give(split.validation, make_validation ? parts.validation : train);
  give(split.test, make_test ? parts.test : train);
  parts.train = std::move(train);
  parts.split = make_validation && make_test
                    ? "80 % / 10 % / 10 % at random, near-duplicate sources in one part"
                    : "the part without a file is a tenth of the training pairs, near-duplicate "
                      "sources in one part";
}

}  // namespace

ParallelParts read_parallel_parts(const ParallelFiles& files) {
  const bool has_pairs = !files.pairs.empty();
  if (has_pairs && (!files.source.empty() || !files.target.empty()))
    throw input_error("--data and --source exclude each other: a file of pairs, or two files");
  ParallelParts parts;
  if (has_pairs) {
    const fs::path path = find_data(files.pairs);
    parts.train = read_pairs(path);
    parts.name = path.stem().string();
  } else {
    parts.train = read_optional(files.source, files.target, "");
    parts.name = fs::path(files.source).filename().string() + " → " +
                 fs::path(files.target).filename().string();
  }
  parts.validation = read_optional(files.dev_source, files.dev_target, "dev-");
  parts.test = read_optional(files.test_source, files.test_target, "test-");
  split_rest(parts);
  require_pairs(parts.train, "training", parts.name);
  require_pairs(parts.validation, "validation", parts.name);
  require_pairs(parts.test, "test", parts.name);
  return parts;
}

}  // namespace unroll::lessons
