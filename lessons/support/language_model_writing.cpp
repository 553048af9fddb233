#include "lessons/support/language_model_writing.h"

#include <algorithm>
#include <set>

#include "lessons/support/format.h"
#include "lessons/support/metrics.h"
#include "lessons/support/words.h"

namespace unroll::lessons {
namespace {

constexpr std::size_t kContext = 64;  // characters that a prompt from the text has

// `count` pieces of the validation text, evenly spread, of the same size.
std::vector<Characters> pieces(const TextData& data, std::size_t count, std::size_t size) {
  const std::size_t length = std::min(size, data.validation.size());
  const std::size_t room = data.validation.size() - length;
  std::vector<Characters> pieces;
  for (std::size_t i = 0; i < count; ++i) {
    const auto begin = data.validation.begin() + static_cast<std::ptrdiff_t>(i * room / count);
    pieces.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(length));
  }
  return pieces;
}

// The share of n-grams of a text that come for the first time in it.
double different_share(const Characters& text, std::size_t n) {
  if (text.size() < n) return 1;
  std::set<Characters> seen;
  const auto count = static_cast<std::ptrdiff_t>(text.size() - n + 1);
  for (std::ptrdiff_t i = 0; i < count; ++i)
    seen.emplace(text.begin() + i, text.begin() + i + static_cast<std::ptrdiff_t>(n));
  return static_cast<double>(seen.size()) / static_cast<double>(count);
}

class Judge {
 public:
  explicit Judge(const TextData& data)
      : data_(data), known_(words(data.vocabulary.decode(data.train))) {}

  void judge(const std::vector<Characters>& texts, MethodScore& score) const {
    RunningMean different, copied, known;
    for (const Characters& text : texts) {
      different.add(different_share(text, 4));
      copied.add(copied_share(text, data_.train, 12));
      std::vector<std::string> all = split_words(data_.vocabulary.decode(text));
      if (!all.empty()) all.pop_back();  // which the end may have cut
      for (const std::string& word : all)
        if (is_long(word)) known.add(known_.contains(word) ? 1 : 0);
    }
    score.different = different.value();
    score.copied = copied.value();
    score.known_words = known.value();
  }

 private:
  static bool is_long(const std::string& word) { return word.size() >= 4; }
  static std::set<std::string> words(const std::string& text) {
    std::set<std::string> words;
    for (std::string& word : split_words(text))
      if (is_long(word)) words.insert(std::move(word));
    return words;
  }

  const TextData& data_;
  std::set<std::string> known_;
};

std::vector<double> shares(const std::vector<Characters>& texts, std::int64_t vocabulary) {
  std::vector<double> shares(static_cast<std::size_t>(vocabulary), 0.0);
  double count = 0;
  for (const Characters& text : texts)
    for (const std::int32_t id : text) {
      ++shares[static_cast<std::size_t>(id)];
      ++count;
    }
  for (double& share : shares) share /= count;
  return shares;
}

}  // namespace

std::vector<MethodScore> score_methods(const LanguageModelReport& report) {
  constexpr std::size_t kLength = 160;
  const Judge judge(report.data);
  const auto samples = static_cast<std::size_t>(report.samples);
  const std::vector<Characters> prompts = pieces(report.data, samples, kContext);
  std::vector<Sampling> methods{{.temperature = 0},   {.temperature = 0.5}, {},
                                {.temperature = 1.5}, {.top_k = 5},         {.top_p = 0.8}};
  const auto is_chosen = [&](const Sampling& method) {
    return method.describe() == report.sampling.describe();
  };
  if (std::none_of(methods.begin(), methods.end(), is_chosen)) methods.push_back(report.sampling);

  std::vector<MethodScore> scores;
  for (const Sampling& method : methods) {
    const Written written = report.write(prompts, kLength, method);
    MethodScore& score = scores.emplace_back(MethodScore{method.describe()});
    score.nats = written.nats;
    score.shown = report.data.vocabulary.decode(
        report.write({report.prompt}, report.length, method).texts[0]);
    judge.judge(written.texts, score);
  }
  MethodScore& beam = scores.emplace_back(MethodScore{"beam of " + std::to_string(report.beam)});
  beam.shown = report.data.vocabulary.decode(
      report.search(report.prompt, report.length, report.beam).texts[0]);
  RunningMean nats;
  std::vector<Characters> found;
  for (const Characters& prompt : pieces(report.data, (samples + 11) / 12, kContext)) {
    Written written = report.search(prompt, kLength, report.beam);
    nats.add(written.nats);
    found.push_back(std::move(written.texts[0]));
  }
  beam.nats = nats.value();
  judge.judge(found, beam);

  MethodScore& text = scores.emplace_back(MethodScore{"validation text"});
  text.nats = report.runs[0].nats;
  judge.judge(pieces(report.data, samples, kLength), text);
  return scores;
}

CharacterStudy study_characters(const LanguageModelReport& report) {
  constexpr std::size_t kLength = 200;
  const std::int64_t vocabulary = report.data.vocabulary.size();
  const auto samples = static_cast<std::size_t>(report.samples);
  const std::vector<Characters> prompts = pieces(report.data, samples, kContext);
  CharacterStudy study{shares({report.data.train}, vocabulary),
                       {0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.5}};
  for (const double temperature : study.temperatures) {
    study.written.push_back(
        shares(report.write(prompts, kLength, {.temperature = temperature}).texts, vocabulary));
    study.divergence.push_back(kl_divergence(study.written.back(), study.text));
  }
  // Characters that the training text lacks would make it infinite; the network cannot write them.
  std::vector<Characters> unseen = pieces(report.data, samples, kLength);
  for (Characters& text : unseen) std::erase(text, Vocabulary::kUnknown);
  study.validation = kl_divergence(shares(unseen, vocabulary), study.text);
  return study;
}

}  // namespace unroll::lessons
