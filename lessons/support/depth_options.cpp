#include "lessons/support/depth_options.h"

#include "lessons/support/format.h"
#include "lessons/support/text_generation.h"

namespace unroll::lessons {

DepthVariants DepthOptions::chosen_variants() const {
  if (variants == "plain") return DepthVariants::kPlain;
  return variants == "some" ? DepthVariants::kSome : DepthVariants::kAll;
}

void DepthOptions::add_to(CommandLine& command_line) {
  command_line.add_common(*this, {"--cell", "--hidden", "--epochs", "--seed", "--seeds", "--full",
                                  "--quick", "--data", "--out", "--device", "--threads"});
  command_line.group("Networks");
  command_line.add("--deepest", deepest, "layers of the deepest network", 1, 64);
  command_line.add_choice(
      "--variants", variants,
      "plain: without dropout and residual connections; some: plain ones, and "
      "at equal parameters also with one or both; all: that at equal width, too",
      {"plain", "some", "all"});
  command_line.group("Training");
  command_line.add("--characters", characters,
                   "how much of the text to use, from its start; 0: all of it, or " +
                       format_count(kOwnCharacters) + " of the project's own",
                   0, 1'000'000'000);
  command_line.add("--batch", batch, "streams of text read side by side", 1, 4096);
  command_line.add("--window", window, "characters that gradients flow back", 1, 4096);
  command_line.add("--lr", lr, "learning rate of Adam at its highest", 1e-7, 10.0);
  command_line.add("--clip", clip, "largest norm of the gradient", 1e-3, 1e6);
  command_line.add("--dropout", dropout,
                   "share of each layer's output that is dropped, in the networks with dropout",
                   0.0, 0.95);
  command_line.add("--patience", patience,
                   "epochs without a better validation loss before it stops", 1, 1'000'000);
  command_line.when_quick("--deepest", deepest, 2);
  command_line.when_quick("--hidden", hidden, 16);
  command_line.when_quick("--epochs", epochs, 1);
  command_line.when_quick("--characters", characters, 12'000);
  command_line.when_full("--deepest", deepest, 6);
  command_line.when_full("--variants", variants, "all");
  command_line.when_full("--seeds", seeds, 3);
  command_line.when_full("--epochs", epochs, 10);
}

}  // namespace unroll::lessons
