#include "lessons/support/tagging_options.h"

namespace unroll::lessons {

std::vector<std::string> TaggingOptions::networks() const {
  if (directions == "all") return {"forward", "backward", "both"};
  return {directions};
}

void TaggingOptions::adapt_to_data(const CommandLine& command_line) {
  if (data.empty() || quick) return;
  const auto instead = [&](const char* name, auto& value, auto usual) {
    if (!command_line.given(name)) value = usual;
  };
  instead("--sentences", sentences, 0);
  instead("--epochs", epochs, 10);
  instead("--hidden", hidden, 128);
  instead("--embedding", embedding, 100);
  instead("--letters", letters, 32);
  instead("--batch", batch, 32);
  if (!full) instead("--seeds", seeds, 1);
}

void TaggingOptions::add_to(CommandLine& command_line) {
  command_line.add_common(*this, {"--cell", "--hidden", "--layers", "--epochs", "--seed", "--seeds",
                                  "--full", "--quick", "--data", "--out", "--device", "--threads"});
  command_line.group("Sentences");
  command_line.add("--sentences", sentences,
                   "of the lesson's own language: how many to train on; of --data: at most so "
                   "many, 0 (usual there): all",
                   0, 1'000'000'000);
  command_line.add("--min-count", min_count,
                   "words that come less often in the training part have no vector of their own", 1,
                   1'000'000);
  command_line.group("Network (--hidden: units in each direction of the network with both)");
  command_line.add_choice("--directions", directions,
                          "which networks are trained: all, or one of forward, backward, both",
                          {"all", "forward", "backward", "both"});
  command_line.add("--embedding", embedding, "numbers in the vector of a word", 1, 4096);
  command_line.add("--letters", letters,
                   "units that read a word's letters, in each direction; 0: words alone", 0, 4096);
  TrainingRecipe::add_to(command_line, "sentences", "validation accuracy");
  command_line.add("--word-dropout", word_dropout,
                   "a word that comes n times is unknown with probability w/(w + n)", 0.0, 1e6);
  command_line.when_quick("--sentences", sentences, 150);
  command_line.when_quick("--epochs", epochs, 2);
  command_line.when_quick("--hidden", hidden, 8);
  command_line.when_quick("--seeds", seeds, 1);
  command_line.when_full("--sentences", sentences, 6000);
  command_line.when_full("--seeds", seeds, 5);
}

}  // namespace unroll::lessons
