// How well functions are completed: part of language_model_writing.h.
#include <algorithm>

#include "lessons/support/code_brackets.h"
#include "lessons/support/format.h"
#include "lessons/support/language_model_writing.h"
#include "lessons/support/utf8.h"

namespace unroll::lessons {
namespace {

constexpr std::int64_t kLongest = 500;   // characters of a body
constexpr std::size_t kContext = 200;    // characters that end with the head
constexpr std::size_t kFewestHeads = 5;  // of which anything could be said
constexpr std::size_t kShown = 3;

struct Head {
  std::string text;    // with its "{" and the line feed
  Characters context;  // what a writer reads: the head, and what stands before it
  std::string body;    // what really follows
};

std::vector<Head> find_heads(const TextData& data) {
  const std::string code = data.vocabulary.decode(data.validation);
  std::vector<Head> heads;
  for (const FunctionSource& function : find_functions(code)) {
    const auto read = static_cast<std::size_t>(
        count_code_points(std::string_view(code).substr(0, function.body)));
    if (read < kContext) continue;
    const auto end = data.validation.begin() + static_cast<std::ptrdiff_t>(read);
    heads.push_back({code.substr(function.begin, function.body - function.begin),
                     Characters(end - kContext, end),
                     code.substr(function.body, function.end - function.body)});
  }
  return heads;
}

// Judges `bodies`, body i being that of heads[i % heads.size()].
FunctionScore judge(std::string writer, const std::vector<Head>& heads,
                    const std::vector<std::string>& bodies) {
  FunctionScore score{std::move(writer)};
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    const std::string& head = heads[i % heads.size()].text;
    const std::string_view body(bodies[i]);
    const auto end = function_end(body);
    const std::string whole = head + std::string(body.substr(0, end.value_or(body.size())));
    score.closed += end ? 1 : 0;
    score.balanced += end && brackets_balanced(whole) ? 1 : 0;
    if (i < kShown) score.shown.push_back(whole);
  }
  score.closed /= static_cast<double>(bodies.size());
  score.balanced /= static_cast<double>(bodies.size());
  return score;
}

std::string complete_by_counting(const LanguageModelReport& report, const Head& head,
                                 Random& random) {
  const int order = static_cast<int>(report.baselines.best_order());
  Characters text = head.context;
  std::string body;
  for (std::int64_t i = 0; i < kLongest && !function_end(body); ++i) {
    std::vector<double> p = report.baselines.ngram.distribution(text, order);
    p[Vocabulary::kUnknown] = 0;
    text.push_back(draw(p, random));
    body += report.data.vocabulary.symbol(text.back());
  }
  return body;
}

}  // namespace

FunctionStudy study_functions(const LanguageModelReport& report) {
  const std::vector<Head> heads = find_heads(report.data);
  FunctionStudy study{static_cast<std::int64_t>(heads.size())};
  if (heads.size() < kFewestHeads) return study;
  study.functions = 2 * report.samples;
  const auto count = static_cast<std::size_t>(study.functions);

  std::vector<Characters> contexts;
  for (std::size_t i = 0; i < count; ++i) contexts.push_back(heads[i % heads.size()].context);
  for (const double temperature : {0.4, 0.7, 1.0}) {
    const Sampling sampling{.temperature = temperature};
    std::vector<std::string> bodies;
    for (const Characters& text : report.write(contexts, kLongest, sampling).texts)
      bodies.push_back(report.data.vocabulary.decode(text));
    study.writers.push_back(judge("network, τ = " + format_fixed(temperature, 1), heads, bodies));
  }
  Random random(report.record.settings.at("seed").get<std::uint64_t>(), "functions");
  std::vector<std::string> counted, real;
  for (std::size_t i = 0; i < count; ++i)
    counted.push_back(complete_by_counting(report, heads[i % heads.size()], random));
  for (const Head& head : heads) {
    const auto length = std::min(count_code_points(head.body), kLongest);
    real.push_back(head.body.substr(0, byte_offset(head.body, length)));
  }
  study.writers.push_back(
      judge(std::to_string(report.baselines.best_order()) + "-gram", heads, counted));
  study.writers.push_back(judge("validation text", heads, real));
  return study;
}

}  // namespace unroll::lessons
