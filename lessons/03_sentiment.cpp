// Lesson 03 · Sentiment · about half a minute
//
// A recurrent network reads a review word by word and says whether it is positive or negative, or
// neither. You will learn
//   - words as learned vectors (an embedding), with one for all unknown words
//   - texts of different lengths side by side: padding, and lengths, so that it is never looked at
//   - three ways from the states h_1 … h_T to one vector: the last state; the mean Σ h_t/T; the
//     maximum max_t h_t of each unit; in one direction or both
//   - the loss −ln p(class), p = softmax(W·pooled + b), and three ways not to learn by heart:
//     dropout, word dropout, and stopping when validation gets worse
//   - what to beat: Naive Bayes, which counts words (and pairs) and knows no order
//   - accuracy, F1, confusion matrix, ROC curve; which word did it
//
// Try next: --cell rnn --pooling last; --directions forward; --word-dropout 0 --dropout 0;
// --classes 2; --data with reviews of yours; --interactive to have your own sentences judged.
#include <iostream>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "engine/autograd.h"
#include "engine/checkpoint.h"
#include "engine/error.h"
#include "engine/nn.h"
#include "engine/nn/init.h"
#include "engine/optim.h"
#include "lessons/support/best_weights.h"
#include "lessons/support/contributions.h"
#include "lessons/support/engine_options.h"
#include "lessons/support/format.h"
#include "lessons/support/interrupt.h"
#include "lessons/support/metrics.h"
#include "lessons/support/padded_batches.h"
#include "lessons/support/pooling.h"
#include "lessons/support/program.h"
#include "lessons/support/progress.h"
#include "lessons/support/sentiment_data.h"
#include "lessons/support/sentiment_model_file.h"
#include "lessons/support/sentiment_options.h"
#include "lessons/support/sentiment_report.h"
#include "lessons/support/stopwatch.h"
#include "lessons/support/terminal.h"
#include "lessons/support/word_vectors.h"

namespace unroll::lessons {
namespace {

using Settings = SentimentOptions;

// Words become vectors, a recurrent layer reads them, pooling makes one vector of its states, and a
// linear layer gives each class a score (logit).
struct SentimentModel : nn::Module {
  SentimentModel(const Settings& settings, uint64_t seed, int64_t vocabulary, int64_t classes)
      : Module(seed),
        embedding(*this, "embedding", vocabulary, settings.embedding),
        embedding_dropout(*this, "embedding_dropout", settings.dropout),
        rnn(*this, "rnn", parse_cell(settings.cell), settings.embedding, settings.hidden,
            {.num_layers = static_cast<int>(settings.layers),
             .bidirectional = settings.directions == "both",
             .dropout = settings.dropout}),
        pooling(settings.pooling),
        dropout(*this, "dropout", settings.dropout),
        head(*this, "head", settings.hidden * rnn.directions(), classes) {
    // Small vectors: a rare word should not shout before anything has been learned about it.
    Random start = random("embedding");
    nn::init::normal(embedding.weight, 0.0, 0.1, start);
  }

  // (longest, batch) words to (batch, classes) scores
  Tensor operator()(const PaddedBatch& texts) {
    const Tensor vectors = embedding_dropout(embedding(texts.values));
    const nn::RecurrentResult read = rnn(vectors, {.lengths = texts.lengths});
    return head(dropout(pooled(read, texts.lengths)));
  }

  // The states of all steps as one vector. What stands behind a text's end takes no part.
  Tensor pooled(const nn::RecurrentResult& read, const Tensor& lengths) const {
    if (pooling == "max") return max_over_time(read.output, lengths);
    if (pooling == "mean") return mean_over_time(read.output, lengths);
    const int64_t last_layer = (rnn.num_layers() - 1) * rnn.directions();
    const Tensor forward = select(read.state.h, last_layer);  // each at the text's own last word
    if (rnn.directions() == 1) return forward;
    return concat({forward, select(read.state.h, last_layer + 1)}, 1);
  }

  nn::Embedding embedding;
  nn::Dropout embedding_dropout;
  nn::Recurrent rnn;
  std::string pooling;
  nn::Dropout dropout;
  nn::Linear head;
};

// The probabilities of each class for each text.
Predictions classify(SentimentModel& model, const std::vector<std::vector<int32_t>>& texts) {
  const NoGrad no_grad;
  model.eval();
  const auto classes = static_cast<size_t>(model.head.weight.size(0));
  Predictions predictions{static_cast<int64_t>(classes),
                          std::vector<double>(texts.size() * classes)};
  for (const std::vector<int64_t>& batch : sorted_batches(texts, 128)) {
    const std::vector<float> p = softmax(model(pad(texts, batch))).to_vector<float>();
    for (size_t i = 0; i < p.size(); ++i) {
      const auto text = static_cast<size_t>(batch[i / classes]);
      predictions.probabilities[text * classes + i % classes] = static_cast<double>(p[i]);
    }
  }
  model.train();
  return predictions;
}

class Training {
 public:
  Training(const Settings& settings, uint64_t seed, const SentimentData& data,
           const std::optional<WordVectors>& vectors)
      : model(settings, seed, data.vocabulary.size(), data.num_classes()),
        settings_(settings),
        data_(data),
        batches_(seed, "batches"),
        dropped_words_(seed, "dropped words") {
    if (vectors) vectors->copy_into(model.embedding.weight);
  }

  static int64_t steps_an_epoch(const Settings& settings, const SentimentData& data) {
    return (data.train.size() + settings.batch - 1) / settings.batch;
  }
  static int64_t steps(const Settings& settings, const SentimentData& data) {
    return settings.epochs * steps_an_epoch(settings, data);
  }

  // One pass over the training texts, at most `steps` batches of it; returns the mean loss.
  double epoch(Progress* progress, int64_t steps = std::numeric_limits<int64_t>::max()) {
    RunningMean loss;
    for (const auto& batch : random_batches(data_.train.ids, settings_.batch, batches_)) {
      if (steps-- == 0) break;
      loss.add(step(batch), static_cast<double>(batch.size()));
      if (progress) progress->advance(1, loss.value());
      if (interrupted()) throw Interrupted("nothing was saved; start again");
    }
    return loss.value();
  }

  // Trains until the validation loss has not improved for some epochs, and takes the best weights.
  SentimentRun train(Progress& progress) {
    SentimentRun run;
    BestWeights best(model);
    double lowest = std::numeric_limits<double>::infinity();
    for (int64_t number = 1; number <= settings_.epochs; ++number) {
      run.training_loss.push_back(epoch(&progress));
      const ClassificationScores scores =
          score_classification(classify(model, data_.validation.ids), data_.validation.labels);
      run.validation_loss.push_back(scores.log_loss);
      run.validation_accuracy.push_back(scores.accuracy);
      if (scores.log_loss < lowest) {
        lowest = scores.log_loss;
        run.best_epoch = number;
        best.keep();
      }
      if (number - run.best_epoch >= settings_.patience) break;
    }
    progress.advance((settings_.epochs - static_cast<int64_t>(run.training_loss.size())) *
                     steps_an_epoch(settings_, data_));
    best.restore();
    return run;
  }

  SentimentModel model;

 private:
  double step(const std::vector<int64_t>& batch) {
    std::vector<int32_t> labels;
    std::vector<std::vector<int32_t>> texts;
    for (const int64_t i : batch) {
      labels.push_back(data_.train.labels[static_cast<size_t>(i)]);
      texts.push_back(data_.train.ids[static_cast<size_t>(i)]);
      // Word dropout: some words are not told, so that no single one can be relied on.
      for (int32_t& word : texts.back())
        if (dropped_words_.next_uniform() < settings_.word_dropout) word = WordVocabulary::kUnknown;
    }
    std::vector<int64_t> all(batch.size());
    std::iota(all.begin(), all.end(), 0);
    optimizer_.set_learning_rate(rate_.at(done_));
    optimizer_.zero_grad();
    const Tensor loss = cross_entropy(model(pad(texts, all)),
                                      from_vector(labels, {static_cast<int64_t>(labels.size())}));
    check_finite_loss(loss.item(), done_);
    loss.backward();
    check_finite_loss(optimizer_.step({.max_norm = settings_.clip}).item(), done_);
    ++done_;
    return loss.item();
  }

  const Settings& settings_;
  const SentimentData& data_;
  Random batches_, dropped_words_;
  optim::AdamW optimizer_{model.parameters(),
                          {.lr = settings_.lr, .weight_decay = settings_.weight_decay}};
  const int64_t steps_ = steps(settings_, data_);
  optim::CosineSchedule rate_{settings_.lr, steps_, settings_.lr / 20, steps_ / 50};
  int64_t done_ = 0;
};

// How long the trainings will take at most, judged by some steps and one look at the validation
// part.
double expected_seconds(const Settings& settings, const SentimentData& data,
                        const std::optional<WordVectors>& vectors, int64_t trainings) {
  Training training(settings, settings.seed, data, vectors);
  const int64_t steps = std::min<int64_t>(10, Training::steps_an_epoch(settings, data));
  training.epoch(nullptr, 1);
  const double step =
      seconds_of([&] { training.epoch(nullptr, steps); }) / static_cast<double>(steps);
  const double look = seconds_of([&] { classify(training.model, data.validation.ids); });
  return static_cast<double>(trainings * settings.epochs) *
         (step * static_cast<double>(Training::steps_an_epoch(settings, data)) + look);
}

TextClassifier classifier_of(SentimentModel& model, const WordVocabulary& vocabulary) {
  return [&](const std::vector<std::vector<std::string>>& texts) {
    std::vector<std::vector<int32_t>> ids;
    for (const std::vector<std::string>& words : texts) ids.push_back(vocabulary.encode(words));
    return classify(model, ids);
  };
}

// Reads sentences from the terminal until it ends, and judges each with the saved model.
void interact(Settings& settings, const std::filesystem::path& file) {
  const SavedSentimentModel saved = read_sentiment_model(file, settings);
  SentimentModel model(settings, settings.seed, saved.vocabulary.size(),
                       static_cast<int64_t>(saved.classes.size()));
  load(file, model);
  const TextClassifier classifier = classifier_of(model, saved.vocabulary);
  std::cout << "Write a sentence; an empty line or Ctrl-D ends.\n";
  for (auto line = ask_line("> "); line && !line->empty(); line = ask_line("> "))
    std::cout << describe_judgement(classifier, saved.classes, *line) << "\n";
}

void run(Settings& settings, const CommandLine& command_line) {
  const int threads = use_device_and_threads(settings);
  const std::filesystem::path model_file =
      std::filesystem::path(settings.out) / "model.safetensors";
  if (settings.interactive) return interact(settings, model_file);

  settings.adapt_to_data(command_line);
  const SentimentData data = read_sentiment_data(settings.texts);
  std::optional<WordVectors> vectors;
  if (!settings.embeddings.empty()) {
    vectors = read_word_vectors(settings.embeddings, data.vocabulary,
                                command_line.given("--embedding") ? settings.embedding : 0);
    settings.embedding = vectors->width;
  }
  const RunDirectory out(settings.out);
  std::vector<Settings> networks = settings.others();
  networks.insert(networks.begin(), settings);
  int64_t trainings = 0;
  for (const Settings& network : networks) trainings += network.seeds;
  std::cout << data.describe() << (vectors ? vectors->describe() : "") << "Training " << trainings
            << " network(s) of " << settings.hidden << " units, the first: " << settings.network()
            << "; " << threads << " thread(s): at most "
            << format_duration(expected_seconds(settings, data, vectors, trainings)) << "\n";

  SentimentReport report{.data = data,
                         .out = out,
                         .cell = cell_title(settings.cell),
                         .network = settings.network(),
                         .command = command_line.lesson().command(),
                         .record = {.lesson = command_line.lesson().file_name(),
                                    .settings = command_line.settings(),
                                    .threads = threads}};
  std::unique_ptr<Training> first;  // its network is the one that is saved and looked at
  Progress progress("training", trainings * Training::steps(settings, data), "steps");
  for (const Settings& network : networks) {
    const bool is_main = report.compared.empty();
    report.compared.push_back(
        {cell_title(network.cell), network.directions, network.pooling, 0, {}});
    for (int64_t i = 0; i < network.seeds; ++i) {
      auto training = std::make_unique<Training>(network, settings.seed + static_cast<uint64_t>(i),
                                                 data, vectors);
      progress.note(network.network() + ", seed " + std::to_string(i + 1));
      SentimentRun run = training->train(progress);
      report.compared.back().parameters = training->model.num_parameters();
      report.compared.back().validation_accuracy.push_back(run.best_validation_accuracy());
      if (!is_main) continue;
      run.test = classify(training->model, data.test.ids);
      report.runs.push_back(std::move(run));
      if (!first) first = std::move(training);
    }
  }
  progress.finish();
  save(model_file, first->model, sentiment_model_metadata(settings, data));
  report.classifier = classifier_of(first->model, data.vocabulary);
  report_sentiment(std::move(report));
}

}  // namespace
}  // namespace unroll::lessons

int main(int argc, char** argv) {
  using namespace unroll::lessons;
  Settings settings;
  CommandLine command_line(
      {3,
       "sentiment",
       "Train networks to tell praise from blame, and see whether they beat "
       "counting words.",
       {"", "--full", "--data reviews.tsv", "--cell rnn --pooling last", "--interactive"}});
  settings.add_to(command_line);
  return run_lesson(command_line, argc, argv, [&] { run(settings, command_line); });
}
