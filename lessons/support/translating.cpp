#include "lessons/support/translating.h"

#include "engine/autograd.h"
#include "engine/ops.h"
#include "lessons/support/beam_search.h"
#include "lessons/support/joined_words.h"

namespace unroll::lessons {

TranslationPart::Numbers translate(Translator& model, const TranslationData& data,
                                   const TranslationPart::Numbers& source,
                                   const Decoding& decoding) {
  const NoGrad no_grad;
  const bool was_training = model.training();
  model.eval();
  const BeamOptions options{.width = decoding.beam,
                            .length_penalty = decoding.length_penalty,
                            .start = data.target.border(),
                            .end = data.target.border(),
                            .excluded = TranslationVocabulary::kUnknown};
  constexpr std::int64_t kRows = 128;
  TranslationPart::Numbers translations(source.size());
  for (const auto& sentences :
       sorted_batches(source, std::max<std::int64_t>(1, kRows / decoding.beam))) {
    TranslatorState state = model.read(pad(source, sentences));
    const auto next = [&](std::span<const std::int64_t> rows,
                          std::span<const std::int32_t> symbols) {
      const auto count = static_cast<std::int64_t>(rows.size());
      const Tensor last = from_vector(std::vector(symbols.begin(), symbols.end()), {1, count});
      Translator::Written written = model.write(pick(state, rows), last);
      state = std::move(written.state);
      return log_softmax(written.scores).to_vector<float>();
    };
    std::vector<std::int64_t> limits;
    for (const std::int64_t i : sentences)
      limits.push_back(2 * static_cast<std::int64_t>(source[static_cast<std::size_t>(i)].size()) +
                       10);
    const auto found = beam_search(limits, next, options);
    for (std::size_t i = 0; i < sentences.size(); ++i)
      translations[static_cast<std::size_t>(sentences[i])] = found[i][0].symbols;
  }
  model.train(was_training);
  return translations;
}

std::vector<std::string> translate_to_text(Translator& model, const TranslationData& data,
                                           const TranslationPart::Numbers& source,
                                           const Decoding& decoding) {
  std::vector<std::string> texts;
  for (const auto& symbols : translate(model, data, source, decoding))
    texts.push_back(join_joined_words(data.target.decode(symbols)));
  return texts;
}

}  // namespace unroll::lessons
