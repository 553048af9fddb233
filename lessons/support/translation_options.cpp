#include "lessons/support/translation_options.h"

#include <cmath>

#include "engine/error.h"

namespace unroll::lessons {

double TranslationOptions::own_share(double done) const {
  if (schedule == "none") return 0;
  if (schedule == "linear") return own_words * done;
  return own_words / (1 + std::exp(-12 * (done - 0.5)));
}

BleuTokenizer TranslationOptions::bleu_tokenizer() const {
  return tokenize == "none" ? BleuTokenizer::kNone : BleuTokenizer::k13a;
}

void TranslationOptions::adapt_to_data(const CommandLine& command_line) {
  ParallelFiles& files = texts.files;
  files.pairs = data;
  for (const auto* other :
       {&files.dev_source, &files.dev_target, &files.test_source, &files.test_target})
    if (files.empty() && !other->empty())
      throw input_error("there is nothing to train on beside ", *other,
                        ": expected --source and --target, or --data");
  if (files.empty() || quick) return;
  const auto instead = [&](const char* name, auto& value, auto usual) {
    if (!command_line.given(name)) value = usual;
  };
  instead("--pairs", texts.pairs, 0);
  instead("--min-count", texts.min_count, 2);
  instead("--hidden", hidden, 256);
  instead("--embedding", embedding, 256);
  instead("--batch", batch, 64);
  instead("--lr", lr, 1e-3);
  instead("--dropout", dropout, 0.3);
  if (!full) instead("--seeds", seeds, 1);
}

void TranslationOptions::add_to(CommandLine& command_line) {
  command_line.add_common(
      *this, {"--cell", "--hidden", "--layers", "--epochs", "--seed", "--seeds", "--full",
              "--quick", "--data", "--out", "--resume", "--device", "--threads"});
  command_line.group(
      "Sentences (--data: a file with a sentence, a tab and its translation a line)");
  ParallelFiles& files = texts.files;
  command_line.add("--source", files.source, "sentences, one a line", "FILE");
  command_line.add("--target", files.target, "their translations, one a line", "FILE");
  command_line.add("--dev-source", files.dev_source,
                   "the same to validate with; without, a tenth is taken", "FILE");
  command_line.add("--dev-target", files.dev_target, "their translations", "FILE");
  command_line.add("--test-source", files.test_source, "the same to test with", "FILE");
  command_line.add("--test-target", files.test_target, "their translations", "FILE");
  command_line.add("--pairs", texts.pairs,
                   "generated ones to train on; of files: at most so many, 0 (usual there): all", 0,
                   1'000'000'000);
  command_line.add("--min-count", texts.min_count,
                   "words that come less often in the training part are unknown", 1, 1'000'000);
  command_line.add("--bpe", texts.bpe,
                   "pieces of words instead of words: merges of byte pair encoding, for each "
                   "language; 0: none",
                   0, 1'000'000);
  command_line.add("--max-words", texts.max_words,
                   "training pairs with a longer sentence are left out", 1, 100'000);
  command_line.add_choice("--tokenize", tokenize,
                          "what BLEU takes for words: 13a (marks apart), or none (what stands "
                          "between blanks)",
                          {"13a", "none"});
  command_line.group("Network (--hidden: units in each direction of the encoder, and the decoder)");
  command_line.add("--embedding", embedding, "numbers in the vector of a word", 1, 4096);
  command_line.group("Training");
  command_line.add("--batch", batch, "pairs in a step", 1, 4096);
  command_line.add("--lr", lr, "learning rate of AdamW at its highest", 1e-7, 10.0);
  command_line.add("--clip", clip, "largest norm of the gradient", 1e-3, 1e6);
  command_line.add("--dropout", dropout, "share of each vector that is dropped", 0.0, 0.95);
  command_line.add("--weight-decay", weight_decay, "pull of the weights towards 0", 0.0, 10.0);
  command_line.add("--label-smoothing", label_smoothing,
                   "share of the target that is spread over all words", 0.0, 0.9);
  command_line.add_choice("--schedule", schedule,
                          "how the share of the network's own words grows in training: none "
                          "(teacher forcing), linear, sigmoid",
                          {"none", "linear", "sigmoid"});
  command_line.add("--own-words", own_words, "that share at the end", 0.0, 1.0);
  command_line.add("--patience", patience,
                   "epochs without a better BLEU of the validation part before it stops", 1,
                   1'000'000);
  command_line.group("Translating");
  command_line.add("--beam", beam, "width of the beam search", 1, 64);
  command_line.add("--length-penalty", length_penalty,
                   "α: how much longer translations are favoured in the beam", 0.0, 5.0);
  command_line.when_quick("--pairs", texts.pairs, 200);
  command_line.when_quick("--epochs", epochs, 2);
  command_line.when_quick("--hidden", hidden, 8);
  command_line.when_quick("--seeds", seeds, 1);
  command_line.when_full("--pairs", texts.pairs, 20000);
  command_line.when_full("--hidden", hidden, 192);
  command_line.when_full("--seeds", seeds, 3);
}

}  // namespace unroll::lessons
