#include "lessons/support/sentiment_options.h"

#include "lessons/support/engine_options.h"

namespace unroll::lessons {

std::string SentimentOptions::network() const {
  return cell_title(cell) + ", " + (directions == "both" ? "both directions" : "forward") + ", " +
         pooling + " pooling";
}

std::vector<SentimentOptions> SentimentOptions::others() const {
  std::vector<SentimentOptions> found;
  if (compare == "none") return found;
  for (const char* other_cell : {"rnn", "lstm", "gru"})
    for (const char* other_directions : {"forward", "both"})
      for (const char* other_pooling : {"last", "mean", "max"}) {
        SentimentOptions other = *this;
        other.cell = other_cell;
        other.directions = other_directions;
        other.pooling = other_pooling;
        const bool is_wanted = compare == "all" || other.cell == cell;
        if (is_wanted && other.network() != network()) found.push_back(other);
      }
  return found;
}

void SentimentOptions::adapt_to_data(const CommandLine& command_line) {
  texts.data = data;
  if (data.empty()) return;
  if (!command_line.given("--texts") && !quick) texts.texts = 0;
  if (!command_line.given("--compare")) compare = "none";
}

void SentimentOptions::add_to(CommandLine& command_line) {
  command_line.add_common(*this, {"--cell", "--hidden", "--layers", "--epochs", "--seed", "--seeds",
                                  "--full", "--quick", "--data", "--out", "--device", "--threads"});
  command_line.group("Texts");
  command_line.add("--texts", texts.texts,
                   "of the lesson's own reviews: how many to train on; of --data: at most so many "
                   "in all, 0 (usual there): all",
                   0, 1'000'000'000);
  command_line.add("--classes", texts.classes,
                   "of the lesson's own reviews: 2, or 3 with neutral ones", 2, 3);
  command_line.add("--max-words", texts.max_words, "longer texts are cut off; 0: none", 0,
                   1'000'000);
  command_line.add("--min-count", texts.min_count,
                   "words that come less often in the training texts are unknown", 1, 1'000'000);
  command_line.add("--fold", texts.fold, "of --data: which of its tenths is tested", 1, 10);
  command_line.group("Network");
  command_line.add_choice("--directions", directions, "who reads: forward, or both ways",
                          {"forward", "both"});
  command_line.add_choice("--pooling", pooling, "how states become one vector",
                          {"last", "mean", "max"});
  command_line.add("--embedding", embedding, "numbers in the vector of a word", 1, 4096);
  command_line.add("--embeddings", embeddings,
                   "vectors of words to start from: a text file of GloVe or word2vec", "FILE");
  command_line.add_choice("--compare", compare,
                          "which others are trained beside it: none (usual with --data), all "
                          "poolings and directions, or those of all cells",
                          {"none", "poolings", "all"});
  TrainingRecipe::add_to(command_line, "texts", "validation loss");
  command_line.add("--word-dropout", word_dropout,
                   "share of words that are replaced by the unknown one", 0.0, 0.95);
  command_line.group("Using it");
  command_line.add_flag("--interactive", interactive,
                        "judge sentences you type with the model trained before");
  command_line.when_quick("--texts", texts.texts, 300);
  command_line.when_quick("--epochs", epochs, 2);
  command_line.when_quick("--hidden", hidden, 8);
  command_line.when_quick("--seeds", seeds, 1);
  command_line.when_full("--compare", compare, "all");
}

}  // namespace unroll::lessons
