#include "lessons/support/entity_options.h"

namespace unroll::lessons {

std::vector<std::string> EntityOptions::decoders() const {
  if (decoder == "both") return {"softmax", "crf"};
  return {decoder};
}

void EntityOptions::adapt_to_data(const CommandLine& command_line) {
  texts.data = data;
  if (data.empty() || quick) return;
  const auto instead = [&](const char* name, auto& value, auto usual) {
    if (!command_line.given(name)) value = usual;
  };
  instead("--sentences", texts.sentences, 0);
  instead("--hidden", hidden, 100);
  instead("--embedding", embedding, 100);
  instead("--letters", letters, 25);
  instead("--epochs", epochs, 20);
  if (!full) instead("--seeds", seeds, 1);
}

void EntityOptions::add_to(CommandLine& command_line) {
  command_line.add_common(*this, {"--cell", "--hidden", "--layers", "--epochs", "--seed", "--seeds",
                                  "--full", "--quick", "--data", "--out", "--device", "--threads"});
  command_line.group("Sentences");
  command_line.add("--sentences", texts.sentences,
                   "of the lesson's own: how many to train on; of --data: at most so many, 0 "
                   "(usual there): all",
                   0, 1'000'000'000);
  command_line.add("--levels", texts.levels,
                   "how many columns at the end of each line of --data are tags, the outer names "
                   "first; 0: one",
                   0, 3);
  command_line.add_choice("--scheme", texts.scheme,
                          "how the networks write names as tags; files may use any of them",
                          {"bio", "iob1", "bioes"});
  command_line.add("--min-count", texts.min_count,
                   "words that come less often in the training part have no vector of their own", 1,
                   1'000'000);
  command_line.group("Network (--hidden: units in each direction)");
  command_line.add_choice("--decoder", decoder,
                          "what chooses the tags: a CRF the whole sequence, softmax each tag by "
                          "itself, or one network with either",
                          {"both", "crf", "softmax"});
  command_line.add("--embedding", embedding, "numbers in the vector of a word", 1, 4096);
  command_line.add("--letters", letters,
                   "units that read a word's letters, in each direction; 0: words alone", 0, 4096);
  TrainingRecipe::add_to(command_line, "sentences", "validation F1");
  command_line.add("--word-dropout", word_dropout,
                   "a word that comes n times is unknown with probability w/(w + n)", 0.0, 1e6);
  command_line.group("Using it");
  command_line.add_flag("--interactive", interactive,
                        "find names in sentences you type with the model trained before");
  command_line.when_quick("--sentences", texts.sentences, 300);
  command_line.when_quick("--epochs", epochs, 6);
  command_line.when_quick("--hidden", hidden, 16);
  command_line.when_quick("--seeds", seeds, 1);
  command_line.when_full("--sentences", texts.sentences, 4000);
  command_line.when_full("--seeds", seeds, 5);
}

}  // namespace unroll::lessons
