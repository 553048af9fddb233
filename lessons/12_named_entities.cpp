// Lesson 12 · Named entities · about half a minute
//
// A network finds the names in sentences and says of what they are: persons, places, … It also
// finds names inside names, the place in the name of a bank. You will learn
//   - names as tags, one a word: Ada/B-PER King/I-PER lives/O in/O London/B-LOC
//   - a word as its vector and its letters, read by an LSTM (lesson 07): names are mostly new words
//   - scores e_t(k) of each tag k at word t, by an LSTM in both directions
//   - choosing tags one by one (softmax) or together, by a conditional random field (CRF):
//       score(y) = s(y_0) + Σ_t e_t(y_t) + Σ_t a(y_{t−1}, y_t) + f(y_{n−1})
//       p(y) = exp(score(y))/Z
//     with learned transitions a: I-LOC does not follow B-PER. ln Z over all kⁿ sequences takes
//     n·k² steps, and so does the best sequence (Viterbi). With a = s = f = 0 it is the softmax
//   - names in names: a second level with a CRF of its own, which is told the tags of the first
//   - to count names and not words: precision, recall and F1 as conlleval computes them. Who says
//     O to every word has most words right and has not found one name
//   - what to beat: the training part's names, looked up; and what new names cost
//
// Try next: --decoder softmax --scheme bioes; --letters 0; --sentences 300; --interactive; --data
// with a file in CoNLL's columns.
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/autograd.h"
#include "engine/checkpoint.h"
#include "engine/nn.h"
#include "engine/optim.h"
#include "lessons/support/best_weights.h"
#include "lessons/support/engine_options.h"
#include "lessons/support/entity_data.h"
#include "lessons/support/entity_model_file.h"
#include "lessons/support/entity_options.h"
#include "lessons/support/entity_report.h"
#include "lessons/support/format.h"
#include "lessons/support/interrupt.h"
#include "lessons/support/marked_names.h"
#include "lessons/support/metrics.h"
#include "lessons/support/program.h"
#include "lessons/support/progress.h"
#include "lessons/support/stopwatch.h"
#include "lessons/support/terminal.h"
#include "lessons/support/word_reader.h"

namespace unroll::lessons {
namespace {

using Settings = EntityOptions;

// One level of names: scores for the tags, and a CRF that ties neighbouring tags to each other.
struct Level : nn::Module {
  static constexpr int64_t kOuterFeatures = 16;

  Level(nn::Module& parent, const std::string& name, int64_t features, int64_t tags, bool is_inner,
        bool learns_transitions)
      : Module(parent, name),
        head(*this, "head", features + (is_inner ? kOuterFeatures : 0), tags),
        crf{zeros({tags, tags}), zeros({tags}), zeros({tags})} {
    if (is_inner) outer_tags.emplace(*this, "outer_tags", tags, kOuterFeatures);
    if (!learns_transitions) return;  // they stay 0: a softmax at each word
    add_parameter("transitions", crf.transitions, crf.transitions.shape());
    add_parameter("start", crf.start, crf.start.shape());
    add_parameter("end", crf.end, crf.end.shape());
  }

  // e: (longest, batch, tags). An inner level also sees the tags of the level around it.
  Tensor scores(const Tensor& states, const Tensor& outer) const {
    return head(outer_tags ? concat({states, (*outer_tags)(outer)}, 2) : states);
  }
  // Σ −ln p(tags) over the sentences.
  Tensor loss(const Tensor& e, const Tensor& tags, const Tensor& lengths) const {
    return sum(crf_log_partition(e, crf, lengths) - crf_score(e, crf, tags, lengths));
  }

  nn::Linear head;
  std::optional<nn::Embedding> outer_tags;
  CrfWeights crf;
};

struct EntityTagger : nn::Module {
  EntityTagger(const Settings& settings, const std::string& decoder, uint64_t seed,
               const Lexicon& lexicon, int64_t tags, size_t num_levels)
      : Module(seed),
        words(*this, lexicon, parse_cell(settings.cell), settings.embedding, settings.letters),
        dropout(*this, "dropout", settings.dropout),
        rnn(*this, "rnn", parse_cell(settings.cell), words.features(), settings.hidden,
            {.num_layers = static_cast<int>(settings.layers),
             .bidirectional = true,
             .dropout = settings.dropout}) {
    for (size_t i = 0; i < num_levels; ++i)
      levels.push_back(std::make_unique<Level>(*this, "level" + std::to_string(i),
                                               2 * settings.hidden, tags, i > 0, decoder == "crf"));
  }

  // (longest, batch, 2*hidden): each word with what stands before and behind it.
  Tensor states(const WordBatch& batch) {
    return dropout(rnn(dropout(words(batch)), {.lengths = batch.words.lengths}).output);
  }

  // −ln p of the tags of all levels, the mean over words. An inner level learns from the right tags
  // around it.
  Tensor loss(const EntityBatch& batch) {
    const Tensor h = states(batch), &lengths = batch.words.lengths;
    Tensor sum_of_levels, outer;
    for (size_t i = 0; i < levels.size(); ++i) {
      const Tensor loss = levels[i]->loss(levels[i]->scores(h, outer), batch.tags[i], lengths);
      sum_of_levels = i == 0 ? loss : sum_of_levels + loss;
      outer = batch.tags[i];
    }
    return sum_of_levels / sum(cast(lengths, DType::f64)).item();
  }

  // The tags of each level, (longest, batch); here an inner level has what was said around it.
  Tensors tags(const WordBatch& batch) {
    const Tensor h = states(batch);
    Tensors said;
    for (const auto& level : levels) {
      const Tensor e = level->scores(h, said.empty() ? Tensor() : said.back());
      said.push_back(crf_viterbi(e, level->crf, batch.words.lengths).labels);
    }
    return said;
  }

  WordReader words;
  nn::Dropout dropout;
  nn::Recurrent rnn;
  std::vector<std::unique_ptr<Level>> levels;
};

// The tags of all levels of a part, said by the network.
LevelTags tag(EntityTagger& model, const Lexicon& lexicon, const std::vector<std::string>& names,
              const EntityPart& part) {
  const NoGrad no_grad;
  model.eval();
  LevelTags all(model.levels.size(), TagLists(part.sentences.size()));
  for (const std::vector<int64_t>& sentences : sorted_batches(part.words, 64)) {
    const Tensors said = model.tags(make_word_batch(lexicon, part.words, part.forms, sentences));
    for (size_t level = 0; level < said.size(); ++level) {
      const std::vector<int32_t> numbers = said[level].to_vector<int32_t>();
      for (size_t column = 0; column < sentences.size(); ++column) {
        const auto i = static_cast<size_t>(sentences[column]);
        for (size_t t = 0; t < part.words[i].size(); ++t)
          all[level][i].push_back(
              names[static_cast<size_t>(numbers[t * sentences.size() + column])]);
      }
    }
  }
  model.train();
  return all;
}

class Training {
 public:
  Training(const Settings& settings, uint64_t seed, const EntityData& data,
           const std::string& decoder)
      : model(settings, decoder, seed, data.lexicon, static_cast<int64_t>(data.tags.size()),
              data.levels()),
        settings_(settings),
        data_(data),
        batches_(seed, "batches"),
        dropped_words_(seed, "dropped words") {}

  static int64_t steps_an_epoch(const Settings& settings, const EntityData& data) {
    return (data.train.size() + settings.batch - 1) / settings.batch;
  }

  // Trains until F1 on the validation part has not improved for some epochs; the best weights stay.
  EntityRun train(Progress& progress) {
    EntityRun run;
    run.seconds = seconds_of([&] { run_epochs(run, progress); });
    return run;
  }

  // Of the validation part, over all levels.
  double validation_f1() {
    const LevelTags said = tag(model, data_.lexicon, data_.tags, data_.validation);
    EntityCounts all;
    for (size_t level = 0; level < said.size(); ++level)
      all += score_entities(data_.validation.entities[level], entities_of_all(said[level])).all;
    return all.f1();
  }

  double step(const std::vector<int64_t>& sentences) {
    EntityBatch batch = make_entity_batch(data_, sentences);
    drop_words(batch, data_.lexicon, settings_.word_dropout, dropped_words_);
    optimizer_.set_learning_rate(rate_.at(done_));
    optimizer_.zero_grad();
    const Tensor loss = model.loss(batch);
    check_finite_loss(loss.item(), done_);
    loss.backward();
    check_finite_loss(optimizer_.step({.max_norm = settings_.clip}).item(), done_);
    ++done_;
    return loss.item();
  }

  EntityTagger model;

 private:
  void run_epochs(EntityRun& run, Progress& progress) {
    BestWeights best(model);
    double highest = -1;
    for (int64_t number = 1; number <= settings_.epochs; ++number) {
      RunningMean loss;
      for (const auto& batch : random_batches(data_.train.words, settings_.batch, batches_)) {
        loss.add(step(batch), static_cast<double>(batch.size()));
        progress.advance(1, loss.value());
        if (interrupted()) throw Interrupted("nothing was saved; start again");
      }
      run.training_loss.push_back(loss.value());
      run.validation_f1.push_back(validation_f1());
      if (run.validation_f1.back() > highest) {
        highest = run.validation_f1.back();
        run.best_epoch = number;
        best.keep();
      }
      if (number - run.best_epoch >= settings_.patience) break;
    }
    progress.advance((settings_.epochs - static_cast<int64_t>(run.training_loss.size())) *
                     steps_an_epoch(settings_, data_));
    best.restore();
  }

  const Settings& settings_;
  const EntityData& data_;
  Random batches_, dropped_words_;
  optim::AdamW optimizer_{model.parameters(),
                          {.lr = settings_.lr, .weight_decay = settings_.weight_decay}};
  const int64_t steps_ = settings_.epochs * steps_an_epoch(settings_, data_);
  optim::CosineSchedule rate_{settings_.lr, steps_, settings_.lr / 20, steps_ / 50};
  int64_t done_ = 0;
};

// How long the trainings will take at most, judged by some steps and one look at the validation
// part.
double expected_seconds(const Settings& settings, const EntityData& data, int64_t trainings) {
  Training training(settings, settings.seed, data, "crf");
  Random random(settings.seed, "batches");
  return static_cast<double>(trainings * settings.epochs) *
         seconds_an_epoch(
             random_batches(data.train.words, settings.batch, random),
             [&](const auto& batch) { training.step(batch); }, [&] { training.validation_f1(); });
}

// Reads sentences from the terminal until it ends, and marks the names that the saved model finds.
void interact(Settings& settings, const std::filesystem::path& file) {
  SavedEntityModel saved = read_entity_model(file, settings);
  EntityTagger model(settings, settings.decoder, settings.seed, saved.lexicon,
                     static_cast<int64_t>(saved.tags.size()), saved.levels);
  load(file, model);
  std::cout << "Write a sentence; an empty line or Ctrl-D ends.\n";
  for (auto line = ask_line("> "); line && !line->empty(); line = ask_line("> ")) {
    const std::vector<std::string> words = split_words(*line, Capitals::kKept);
    if (words.empty()) continue;
    const EntityPart sentence{{words}, {saved.lexicon.encode(words)}, {saved.lexicon.add(words)}};
    std::vector<std::vector<Entity>> names;
    for (const TagLists& level : tag(model, saved.lexicon, saved.tags, sentence))
      names.push_back(entities_of(level[0]));
    std::cout << mark_names(words, names, saved.types, stdout_has_colors()) << "\n";
  }
}

void run(Settings& settings, const CommandLine& command_line) {
  const int threads = use_device_and_threads(settings);
  const std::filesystem::path model_file =
      std::filesystem::path(settings.out) / "model.safetensors";
  if (settings.interactive) return interact(settings, model_file);

  settings.adapt_to_data(command_line);
  const EntityData data = read_entity_data(settings.texts);
  const RunDirectory out(settings.out);
  const auto trainings = static_cast<int64_t>(settings.decoders().size()) * settings.seeds;
  std::cout << data.describe() << "Training " << trainings << " network(s), "
            << cell_title(settings.cell) << ", " << settings.seeds << " seed(s), " << threads
            << " thread(s): at most "
            << format_duration(expected_seconds(settings, data, trainings)) << "\n";

  EntityReport report{.data = data,
                      .out = out,
                      .cell = cell_title(settings.cell),
                      .command = command_line.lesson().command(),
                      .networks = {},
                      .record = {.lesson = command_line.lesson().file_name(),
                                 .settings = command_line.settings(),
                                 .threads = threads}};
  Progress progress(
      "training", trainings * settings.epochs * Training::steps_an_epoch(settings, data), "steps");
  for (const std::string& decoder : settings.decoders()) {
    EntityNetwork& network = report.networks.emplace_back(EntityNetwork{decoder});
    for (int64_t i = 0; i < settings.seeds; ++i) {
      progress.note(network.title() + ", seed " + std::to_string(i + 1));
      Training training(settings, settings.seed + static_cast<uint64_t>(i), data, decoder);
      EntityRun& run = network.runs.emplace_back(training.train(progress));
      EntityTagger& model = training.model;
      network.parameters = model.num_parameters();
      run.test = tag(model, data.lexicon, data.tags, data.test);
      if (data.is_generated())
        run.test_with_known = tag(model, data.lexicon, data.tags, data.test_with_known);
      if (i > 0 || decoder != settings.decoders().back()) continue;
      // The first seed of the last network is the one that is kept.
      save(model_file, model, entity_model_metadata(settings, decoder, data));
      const CrfWeights& crf = model.levels[0]->crf;
      if (decoder == "crf")
        report.learned = {crf.transitions.to_vector<float>(), crf.start.to_vector<float>(),
                          crf.end.to_vector<float>()};
    }
  }
  progress.finish();
  report_entities(std::move(report));
}

}  // namespace
}  // namespace unroll::lessons

int main(int argc, char** argv) {
  using namespace unroll::lessons;
  Settings settings;
  CommandLine command_line(
      {12,
       "named_entities",
       "Train networks to find names in sentences, and names in names.",
       {"", "--full", "--data wnut17", "--data nested.conll --levels 2", "--interactive"}});
  settings.add_to(command_line);
  return run_lesson(command_line, argc, argv, [&] { run(settings, command_line); });
}
