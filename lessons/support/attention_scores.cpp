#include "lessons/support/attention_scores.h"

#include <algorithm>
#include <span>

#include "lessons/support/lexical_alignment.h"

namespace unroll::lessons {
namespace {

// What the runs have counted in all sentences, or in those of a group.
std::vector<CountsBySentence> counts_of(std::span<const TranslationScores> runs) {
  std::vector<CountsBySentence> counts;
  for (const TranslationScores& run : runs) counts.push_back(run.counts);
  return counts;
}

std::vector<CountsBySentence> counts_of(std::span<const TranslationScores> runs,
                                        const LengthGroup& group) {
  std::vector<CountsBySentence> counts;
  for (const TranslationScores& run : runs) {
    CountsBySentence& chosen = counts.emplace_back();
    for (const std::int64_t i : group.sentences)
      chosen.push_back(run.counts[static_cast<std::size_t>(i)]);
  }
  return counts;
}

// The best that one link for each target word can do: a right one where there is any.
Links one_right_link_a_word(const Links& right, std::int64_t target_words) {
  Links links;
  for (std::int64_t word = 0; word < target_words; ++word) {
    const auto found = std::find_if(right.begin(), right.end(), [word](const AlignmentLink& link) {
      return link.target == word;
    });
    links.push_back({found == right.end() ? 0 : found->source, word});
  }
  return links;
}

}  // namespace

std::string AttentionVerdict::text() const {
  return first + " against " + second + ", " + sentences + ", " + comparison.text();
}

AttentionScores::AttentionScores(const AttentionReport& report, std::int64_t count_of_groups)
    : groups(length_groups(report.data.test.source, count_of_groups)) {
  const TranslationPart& test = report.data.test;
  const auto score = [&](const std::vector<std::string>& translations) {
    return score_translations(translations, test.target_texts, report.tokenizer);
  };
  baselines = {{"copy the source", score(test.source_texts)},
               {"word for word", score(word_for_word(report.data, test))}};
  for (const AttentionNetwork& network : report.networks) {
    greedy.emplace_back();
    beam.emplace_back();
    for (const AttentionRun& run : network.runs) {
      greedy.back().push_back(score(run.greedy));
      beam.back().push_back(score(run.beam));
    }
  }
  for (std::size_t n = 1; n < beam.size(); ++n) {
    const std::string first = report.networks[n].kind.name();
    const std::string second = report.networks[0].kind.name();
    verdicts.push_back({first, second, "all sentences",
                        compare_translations(counts_of(beam[n]), counts_of(beam[0]))});
    verdicts.push_back({first, second, groups.back().name() + " words",
                        compare_translations(counts_of(beam[n], groups.back()),
                                             counts_of(beam[0], groups.back()))});
  }
  if (!report.has_alignments()) return;
  const LexicalAligner lexical(report.data.train.source, report.data.train.target);
  AlignmentError diagonal, model_1, limit;
  for (std::size_t i = 0; i < test.source.size(); ++i) {
    const auto words = static_cast<std::int64_t>(test.target[i].size());
    diagonal.add(diagonal_links(words, static_cast<std::int64_t>(test.source[i].size())),
                 test.alignments[i]);
    model_1.add(lexical.align(test.source[i], test.target[i]), test.alignments[i]);
    limit.add(one_right_link_a_word(test.alignments[i], words), test.alignments[i]);
  }
  aligners = {{"the diagonal", diagonal}, {"IBM Model 1", model_1}, {"best possible", limit}};
}

}  // namespace unroll::lessons
