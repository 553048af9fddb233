// Lesson 07 · Bidirectional · about half a minute
//
// Networks say of every word of a sentence whether it is a noun, a verb, …: one reads from the
// left, one from the right, one both ways, all with equally many parameters. You will learn
//   - forward state f_t = F(x_t, f_{t−1}), backward state b_t = B(x_t, b_{t+1}): f_t has seen
//     x_1 … x_t, b_t has seen x_t … x_T
//   - a tag for each word: p_t = softmax(W·[f_t; b_t] + c), loss −ln p_t(tag), mean over words
//   - unknown words: x_t = [vector of the word; states of a small network that reads its letters],
//     and training words that are made unknown now and then
//   - what the future is worth: the accuracy when sentences are cut k words behind the word
//   - where a tag comes from: the gradient of its lead with respect to each word's vector
//   - when not to: a language model with both directions has seen the word that it is to guess
//
// Try next: --letters 0 (who loses what?); --word-dropout 0; --cell rnn; --layers 2;
// --sentences 200; --data with a treebank of universaldependencies.org.
#include <chrono>
#include <cmath>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "engine/autograd.h"
#include "engine/error.h"
#include "engine/nn.h"
#include "engine/optim.h"
#include "lessons/support/best_weights.h"
#include "lessons/support/engine_options.h"
#include "lessons/support/format.h"
#include "lessons/support/interrupt.h"
#include "lessons/support/metrics.h"
#include "lessons/support/program.h"
#include "lessons/support/progress.h"
#include "lessons/support/stopwatch.h"
#include "lessons/support/tagging_data.h"
#include "lessons/support/tagging_options.h"
#include "lessons/support/tagging_probes.h"
#include "lessons/support/tagging_report.h"
#include "lessons/support/tagging_scores.h"
#include "lessons/support/word_reader.h"

namespace unroll::lessons {
namespace {

using Settings = TaggingOptions;

// Each sentence of x (longest, batch, features) from its own end to its beginning. What stands
// behind the end stays there.
Tensor reversed(const Tensor& x, const Tensor& lengths) {
  const int64_t steps = x.size(0), batch = x.size(1);
  const std::vector<int32_t> ends = lengths.to_vector<int32_t>();
  std::vector<int32_t> rows;
  for (int64_t t = 0; t < steps; ++t)
    for (int64_t b = 0; b < batch; ++b) {
      const int64_t end = ends[static_cast<size_t>(b)];
      rows.push_back(static_cast<int32_t>((t < end ? end - 1 - t : t) * batch + b));
    }
  return embedding(reshape(x, {steps * batch, x.size(2)}), from_vector(rows, {steps, batch}));
}

struct Tagger : nn::Module {
  Tagger(const Settings& settings, uint64_t seed, const TaggingData& data,
         const std::string& directions, int64_t hidden)
      : Module(seed),
        reads_backward(directions == "backward"),
        words(*this, data.lexicon, parse_cell(settings.cell), settings.embedding, settings.letters),
        dropout(*this, "dropout", settings.dropout),
        rnn(*this, "rnn", parse_cell(settings.cell), words.features(), hidden,
            {.num_layers = static_cast<int>(settings.layers),
             .bidirectional = directions == "both",
             .dropout = settings.dropout}),
        head(*this, "head", hidden * rnn.directions(), data.num_tags()) {}

  // (longest, batch, directions*hidden): each word with what was read before it comes.
  Tensor states(const Tensor& x, const Tensor& lengths) {
    if (!reads_backward) return rnn(x, {.lengths = lengths}).output;
    return reversed(rnn(reversed(x, lengths), {.lengths = lengths}).output, lengths);
  }

  // (longest, batch, tags)
  Tensor scores(const Tensor& x, const Tensor& lengths) {
    return head(dropout(states(dropout(x), lengths)));
  }

  bool reads_backward;
  WordReader words;  // (longest, batch, features): what is known of each word by itself
  nn::Dropout dropout;
  nn::Recurrent rnn;
  nn::Linear head;
};

// How many parameters read the vectors and decide: all that depends on the directions.
int64_t reading_parameters(const Settings& settings, const TaggingData& data, bool both,
                           int64_t hidden) {
  nn::Module counted(1);
  const nn::Recurrent rnn(counted, "rnn", parse_cell(settings.cell),
                          settings.embedding + 2 * settings.letters, hidden,
                          {.num_layers = static_cast<int>(settings.layers), .bidirectional = both});
  const nn::Linear head(counted, "head", hidden * rnn.directions(), data.num_tags());
  return counted.num_parameters();
}

// The width at which one direction has as many parameters as both have together.
int64_t equal_width(const Settings& settings, const TaggingData& data) {
  const int64_t wanted = reading_parameters(settings, data, true, settings.hidden);
  int64_t fits = settings.hidden, too_wide = 3 * settings.hidden;
  while (too_wide - fits > 1) {
    const int64_t middle = (fits + too_wide) / 2;
    (reading_parameters(settings, data, false, middle) <= wanted ? fits : too_wide) = middle;
  }
  const int64_t below = wanted - reading_parameters(settings, data, false, fits);
  const int64_t above = reading_parameters(settings, data, false, too_wide) - wanted;
  return below <= above ? fits : too_wide;
}

// The probabilities of each tag for each word, all sentences joined.
Predictions tag(Tagger& model, const TaggingData& data, const TaggingPart& part) {
  const NoGrad no_grad;
  model.eval();
  Predictions said{data.num_tags(), {}};
  for (const std::vector<int64_t>& sentences : sorted_batches(part.words, 128)) {
    const TaggingBatch batch = make_batch(data, part, sentences);
    const Tensor p = softmax(model.scores(model.words(batch), batch.words.lengths));
    put_batch(said, part, sentences, p.to_vector<float>());
  }
  model.train();
  return said;
}

class Training {
 public:
  Training(const Settings& settings, uint64_t seed, const TaggingData& data,
           const std::string& directions, int64_t hidden)
      : model(settings, seed, data, directions, hidden),
        settings_(settings),
        data_(data),
        batches_(seed, "batches"),
        dropped_words_(seed, "dropped words") {}

  static int64_t steps_an_epoch(const Settings& settings, const TaggingData& data) {
    return (data.train.size() + settings.batch - 1) / settings.batch;
  }

  // Trains until the validation accuracy has not improved for some epochs; the best weights stay.
  TaggingRun train(Progress& progress) {
    const auto start = std::chrono::steady_clock::now();
    const std::vector<int32_t> targets = TaggingPart::joined(data_.validation.tags);
    TaggingRun run;
    BestWeights best(model);
    double highest = -1;
    for (int64_t number = 1; number <= settings_.epochs; ++number) {
      RunningMean loss;
      for (const auto& batch : random_batches(data_.train.words, settings_.batch, batches_)) {
        loss.add(step(batch), static_cast<double>(batch.size()));
        progress.advance(1, loss.value());
        if (interrupted()) throw Interrupted("nothing was saved; start again");
      }
      const Predictions said = tag(model, data_, data_.validation);
      run.training_loss.push_back(loss.value());
      run.validation_accuracy.push_back(mean(correctness(said, targets)));
      RunningMean surprise;
      for (size_t i = 0; i < targets.size(); ++i)
        surprise.add(-std::log(std::max(1e-15, said.at(static_cast<int64_t>(i), targets[i]))));
      run.validation_loss.push_back(surprise.value());
      if (run.validation_accuracy.back() > highest) {
        highest = run.validation_accuracy.back();
        run.best_epoch = number;
        best.keep();
      }
      if (number - run.best_epoch >= settings_.patience) break;
    }
    progress.advance((settings_.epochs - static_cast<int64_t>(run.training_loss.size())) *
                     steps_an_epoch(settings_, data_));
    best.restore();
    run.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return run;
  }

  double step(const std::vector<int64_t>& sentences) {
    TaggingBatch batch = make_batch(data_, data_.train, sentences);
    drop_words(batch, data_.lexicon, settings_.word_dropout, dropped_words_);
    optimizer_.set_learning_rate(rate_.at(done_));
    optimizer_.zero_grad();
    const Tensor scores = model.scores(model.words(batch), batch.words.lengths);
    const Tensor loss = cross_entropy(scores, batch.tags, {.ignore_index = kNoTag});
    check_finite_loss(loss.item(), done_);
    loss.backward();
    check_finite_loss(optimizer_.step({.max_norm = settings_.clip}).item(), done_);
    ++done_;
    return loss.item();
  }

  Tagger model;

 private:
  const Settings& settings_;
  const TaggingData& data_;
  Random batches_, dropped_words_;
  optim::AdamW optimizer_{model.parameters(),
                          {.lr = settings_.lr, .weight_decay = settings_.weight_decay}};
  const int64_t steps_ = settings_.epochs * steps_an_epoch(settings_, data_);
  optim::CosineSchedule rate_{settings_.lr, steps_, settings_.lr / 20, steps_ / 50};
  int64_t done_ = 0;
};

// ---- what the network makes of its context

constexpr int64_t kProbed = 600;  // words, at most, whose context is looked at

// The share of the places that are tagged right when nothing more than `visible` words behind each
// can be read.
double accuracy_with(int64_t visible, Tagger& model, const TaggingData& data,
                     const std::vector<TokenPlace>& places) {
  const TaggingPart cut = data.test.cut(places, visible);
  const std::vector<double> right =
      correctness(tag(model, data, cut), TaggingPart::joined(cut.tags));
  return accuracy_at(places, cut, right);
}

// For each place the length of ∂ lead / ∂ x_s for each word s of its sentence, divided by their
// sum; the lead is what the score of the tag that is said there has over the next best.
std::vector<std::vector<double>> gradient_shares(Tagger& model, const TaggingData& data,
                                                 const TaggingPart& part,
                                                 const std::vector<TokenPlace>& places) {
  model.eval();
  std::vector<std::vector<double>> shares;
  const size_t tags = data.tags.size();
  constexpr size_t kBatch = 128;
  for (size_t begin = 0; begin < places.size(); begin += kBatch) {
    const size_t count = std::min(kBatch, places.size() - begin);
    std::vector<int64_t> sentences;
    for (size_t i = 0; i < count; ++i) sentences.push_back(places[begin + i].sentence);
    const TaggingBatch batch = make_batch(data, part, sentences);
    const Tensor vectors = model.words(batch);
    const Tensor scores = model.scores(vectors, batch.words.lengths);
    // One lead in each column: columns are sentences, which know nothing of each other.
    const std::vector<float> values = scores.to_vector<float>();
    std::vector<float> chosen(values.size());
    for (size_t i = 0; i < count; ++i) {
      const size_t at = static_cast<size_t>(places[begin + i].position) * count + i;
      const auto [best, next] = best_two(std::span(values).subspan(at * tags, tags));
      chosen[at * tags + best] = 1;
      chosen[at * tags + next] = -1;
    }
    const Tensor gradient = grad({scores}, {vectors}, {from_vector(chosen, scores.shape())})[0];
    const std::vector<float> squares = sum(square(gradient), 2).to_vector<float>();
    for (size_t i = 0; i < count; ++i) {
      std::vector<double>& of_place = shares.emplace_back();
      for (size_t t = 0; t < part.words[static_cast<size_t>(sentences[i])].size(); ++t)
        of_place.push_back(std::sqrt(static_cast<double>(squares[t * count + i])));
      const double all = std::accumulate(of_place.begin(), of_place.end(), 0.0);
      for (double& share : of_place) share /= all;
    }
  }
  model.train();
  return shares;
}

// A language model is a tagger whose tags are the next words. What do both directions make of that?
std::vector<LanguageModelScore> train_language_models(const Settings& settings,
                                                      const TaggingData& data, Progress& progress) {
  const TaggingData text = next_words(data);
  const std::vector<bool> all(static_cast<size_t>(text.test.tokens()), true);
  const std::vector<TokenPlace> places = choose_places(text.test, all, kProbed);
  std::vector<LanguageModelScore> scores;
  for (const std::string directions : {"forward", "both"}) {
    progress.note("language model, " + directions);
    Training training(settings, settings.seed, text, directions,
                      directions == "both" ? settings.hidden : equal_width(settings, text));
    training.train(progress);
    scores.push_back({directions, accuracy_with(kVisible.back(), training.model, text, places),
                      accuracy_with(0, training.model, text, places)});
  }
  return scores;
}

// What each network makes of one sentence; the last of `models` is looked into.
SentenceFlow look_into(std::vector<Tagger*> models, const TaggingData& data, int64_t sentence) {
  SentenceFlow flow;
  const auto& forms = data.test.forms[static_cast<size_t>(sentence)];
  const auto length = static_cast<int64_t>(forms.size());
  std::vector<TokenPlace> places;
  for (int64_t t = 0; t < length; ++t) {
    places.push_back({sentence, t});
    flow.words.push_back(data.word(data.test, places.back()));
  }
  for (Tagger* model : models) {
    std::vector<double>& all = flow.sources.emplace_back();
    for (const auto& of_word : gradient_shares(*model, data, data.test, places))
      all.insert(all.end(), of_word.begin(), of_word.end());
  }
  const NoGrad no_grad;
  Tagger& model = *models.back();
  model.eval();
  const TaggingBatch batch = make_batch(data, data.test, std::vector{sentence});
  const Tensor states = model.states(model.words(batch), batch.words.lengths);
  flow.said = argmax(model.head(states), -1).to_vector<int32_t>();
  const std::vector<float> values = states.to_vector<float>();
  const std::vector<float> scores = model.head(states).to_vector<float>();
  const std::vector<float> weights = model.head.weight.to_vector<float>();
  const auto width = static_cast<size_t>(states.size(2)), tags = data.tags.size();
  for (size_t t = 0; t < forms.size(); ++t)
    add_states(flow, std::span(values).subspan(t * width, width),
               std::span(scores).subspan(t * tags, tags), weights, model.rnn.directions() == 2,
               model.reads_backward);
  return flow;
}

// How long the trainings will take at most, judged by some steps and one look at the validation
// part.
double expected_seconds(const Settings& settings, const TaggingData& data, int64_t trainings) {
  Training training(settings, settings.seed, data, "both", settings.hidden);
  Random random(settings.seed, "batches");
  return static_cast<double>(trainings * settings.epochs) *
         seconds_an_epoch(
             random_batches(data.train.words, settings.batch, random),
             [&](const auto& batch) { training.step(batch); },
             [&] { tag(training.model, data, data.validation); });
}

void run(Settings& settings, const CommandLine& command_line) {
  const int threads = use_device_and_threads(settings);
  settings.adapt_to_data(command_line);
  const TaggingData data = read_tagging_data(settings.data, settings.sentences, settings.min_count);
  const RunDirectory out(settings.out);
  const std::vector<std::string> names = settings.networks();
  const bool has_language_models = data.is_generated && names.size() > 1;
  const auto trainings =
      static_cast<int64_t>(names.size()) * settings.seeds + (has_language_models ? 2 : 0);
  std::cout << data.describe() << "Training " << trainings << " network(s), "
            << cell_title(settings.cell) << ", " << settings.seeds << " seed(s), " << threads
            << " thread(s): at most "
            << format_duration(expected_seconds(settings, data, trainings)) << "\n";

  // The words whose context is looked at: those that need it.
  const FrequentTags frequent(data);
  const std::vector<WordGroup> groups = word_groups(data, frequent, data.test);
  const WordGroup& probed = groups[groups[1].size() >= 20 ? 1 : 0];
  const std::vector<TokenPlace> places = choose_places(data.test, probed.members, kProbed);

  TaggingReport report{data,
                       out,
                       cell_title(settings.cell),
                       {},
                       {},
                       {},
                       static_cast<int64_t>(places.size()),
                       &probed == &groups[0] ? "words" : probed.name + " words",
                       {.lesson = command_line.lesson().file_name(),
                        .settings = command_line.settings(),
                        .threads = threads}};
  std::vector<std::unique_ptr<Training>> first;  // the first seed's networks
  Progress progress(
      "training", trainings * settings.epochs * Training::steps_an_epoch(settings, data), "steps");
  for (const std::string& directions : names) {
    const bool both = directions == "both";
    const int64_t hidden = both ? settings.hidden : equal_width(settings, data);
    report.networks.push_back(
        {directions, hidden, reading_parameters(settings, data, both, hidden)});
    TaggingNetwork& network = report.networks.back();
    for (int64_t i = 0; i < settings.seeds; ++i) {
      progress.note(network.title() + ", seed " + std::to_string(i + 1));
      auto training = std::make_unique<Training>(settings, settings.seed + static_cast<uint64_t>(i),
                                                 data, directions, hidden);
      TaggingRun& run = network.runs.emplace_back(training->train(progress));
      network.parameters = training->model.num_parameters();
      run.test = tag(training->model, data, data.test);
      for (const int64_t visible : kVisible)
        run.by_visible.push_back(accuracy_with(visible, training->model, data, places));
      run.context = context_use(gradient_shares(training->model, data, data.test, places), places);
      if (i == 0) first.push_back(std::move(training));
    }
  }
  if (has_language_models) report.language_models = train_language_models(settings, data, progress);
  progress.finish();
  std::vector<Tagger*> models;
  for (const auto& training : first) models.push_back(&training->model);
  report.flow =
      look_into(models, data, choose_sample(data, frequent, report.networks.back().runs[0].test));
  report_tagging(std::move(report));
}

}  // namespace
}  // namespace unroll::lessons

int main(int argc, char** argv) {
  using namespace unroll::lessons;
  Settings settings;
  CommandLine command_line(
      {7,
       "bidirectional",
       "Train networks that read forward, backward and both ways to tag words.",
       {"", "--full", "--data ud_ewt", "--data words.tsv --directions both"}});
  settings.add_to(command_line);
  return run_lesson(command_line, argc, argv, [&] { run(settings, command_line); });
}
