#include "lessons/support/attention_maps.h"

#include <algorithm>
#include <numeric>

#include "engine/autograd.h"
#include "engine/error.h"
#include "lessons/support/attention.h"
#include "lessons/support/joined_words.h"
#include "lessons/support/metrics.h"

namespace unroll::lessons {

std::vector<AttentionMap> attention_maps(Translator& model, const TranslationData& data,
                                         const TranslationPart::Numbers& source,
                                         const TranslationPart::Numbers& target) {
  const NoGrad no_grad;
  const bool was_training = model.training();
  model.eval();
  const TranslationPart part{.source = source, .target = target};
  std::vector<AttentionMap> maps(source.size());
  for (const auto& pairs : sorted_batches(target, 128)) {
    const TranslationBatch batch = make_batch(data, part, pairs);
    const Tensor weights = model.write(model.read(batch.source), batch.inputs).attention;
    if (!weights.defined()) {
      maps.clear();
      break;
    }
    const std::vector<float> values = weights.to_vector<float>();  // (steps, batch, longest)
    const auto longest = static_cast<std::size_t>(weights.size(2));
    for (std::size_t column = 0; column < pairs.size(); ++column) {
      const auto i = static_cast<std::size_t>(pairs[column]);
      AttentionMap& map = maps[i];
      map.rows = static_cast<std::int64_t>(target[i].size()) + 1;
      map.columns = static_cast<std::int64_t>(source[i].size());
      for (std::size_t t = 0; t <= target[i].size(); ++t) {
        const auto row =
            values.begin() + static_cast<std::ptrdiff_t>((t * pairs.size() + column) * longest);
        map.weights.insert(map.weights.end(), row, row + map.columns);
      }
    }
  }
  model.train(was_training);
  return maps;
}

double mean_entropy(std::span<const AttentionMap> maps) {
  RunningMean entropy;
  for (const AttentionMap& map : maps)
    for (std::int64_t t = 0; t + 1 < map.rows; ++t) entropy.add(attention_entropy(map.row(t)));
  return entropy.value();
}

AlignmentError alignment_error(std::span<const AttentionMap> maps,
                               std::span<const Links> alignments) {
  require(maps.size() == alignments.size(), "[alignment_error] expected links of ", maps.size(),
          " sentences, got ", alignments.size());
  AlignmentError error;
  for (std::size_t i = 0; i < maps.size(); ++i) {
    const std::int64_t words = maps[i].rows - 1;
    const auto weights =
        std::span(maps[i].weights).first(static_cast<std::size_t>(words * maps[i].columns));
    error.add(largest_links(weights, words, maps[i].columns), alignments[i]);
  }
  return error;
}

std::vector<AttentionSample> attention_samples(Translator& model, const TranslationData& data,
                                               const std::vector<std::size_t>& sentences,
                                               const TranslationPart::Numbers& target) {
  TranslationPart::Numbers source;
  for (const std::size_t i : sentences) source.push_back(data.test.source[i]);
  std::vector<AttentionSample> samples;
  for (AttentionMap& map : attention_maps(model, data, source, target)) {
    const std::size_t i = samples.size();
    AttentionSample& sample = samples.emplace_back();
    sample.map = std::move(map);
    for (const std::int32_t symbol : target[i]) sample.target.push_back(data.target.shown(symbol));
    // Words are shown themselves, unknown ones too; pieces as the vocabulary has them.
    if (data.source.has_pieces())
      for (const std::int32_t symbol : source[i])
        sample.source.push_back(data.source.shown(symbol));
    else
      for (const std::string& word : data.test.source_words[sentences[i]])
        sample.source.push_back(without_joints(word));
  }
  return samples;
}

std::vector<std::size_t> sentences_of_different_lengths(const TranslationPart::Numbers& sentences) {
  std::vector<std::size_t> order(sentences.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return sentences[a].size() < sentences[b].size();
  });
  std::vector<std::size_t> chosen;
  for (const double share : {0.7, 0.3, 0.5, 0.9})
    chosen.push_back(
        order[static_cast<std::size_t>(share * static_cast<double>(order.size() - 1))]);
  return chosen;
}

}  // namespace unroll::lessons
