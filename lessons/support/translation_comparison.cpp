#include "lessons/support/translation_comparison.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "engine/error.h"
#include "engine/random.h"
#include "lessons/support/format.h"
#include "lessons/support/metrics.h"

namespace unroll::lessons {
namespace {

constexpr int kResamples = 1000;

// BLEU of some sentences of a run; a number may come several times.
double bleu_of(const CountsBySentence& run, std::span<const std::size_t> sentences) {
  BleuCounts all;
  for (const std::size_t i : sentences) all += run[i];
  return Bleu(all).score;
}

std::vector<double> bleu_of_runs(std::span<const CountsBySentence> runs,
                                 std::span<const std::size_t> sentences) {
  return collect(runs, [&](const CountsBySentence& run) { return bleu_of(run, sentences); });
}

}  // namespace

TranslationComparison compare_translations(std::span<const CountsBySentence> first,
                                           std::span<const CountsBySentence> second) {
  require(!first.empty() && !second.empty(), "[compare_translations] expected runs, got none");
  const std::size_t count = first[0].size();
  for (const auto runs : {first, second})
    for (const CountsBySentence& run : runs)
      require(run.size() == count, "[compare_translations] expected ", count,
              " sentences of every run, got ", run.size());
  std::vector<std::size_t> sentences(count);
  for (std::size_t i = 0; i < count; ++i) sentences[i] = i;
  const std::vector<double> firsts = bleu_of_runs(first, sentences);
  const std::vector<double> seconds = bleu_of_runs(second, sentences);
  TranslationComparison comparison{.first = mean(firsts), .second = mean(seconds)};

  Random random(1, "bootstrap");
  std::vector<double> differences;
  for (int resample = 0; resample < kResamples; ++resample) {
    for (std::size_t& sentence : sentences)
      sentence = static_cast<std::size_t>(random.below(static_cast<std::int64_t>(count)));
    differences.push_back(mean(bleu_of_runs(first, sentences)) -
                          mean(bleu_of_runs(second, sentences)));
  }
  comparison.error = standard_deviation(differences);

  double between_runs = 0;
  for (const auto& scores : {firsts, seconds})
    if (scores.size() > 1) between_runs = std::max(between_runs, standard_deviation(scores));
  const double difference = comparison.difference();
  if (std::abs(difference) > std::max(2 * comparison.error, between_runs))
    comparison.outcome = difference > 0 ? 1 : -1;
  return comparison;
}

std::string TranslationComparison::text() const {
  return (difference() >= 0 ? "+" : "−") + format_fixed(std::abs(difference()), 2) + " BLEU: " +
         (outcome > 0   ? "better"
          : outcome < 0 ? "worse"
                        : "no difference");
}

}  // namespace unroll::lessons
