#include "lessons/support/language_model_options.h"

#include <nlohmann/json.hpp>

#include "lessons/support/format.h"
#include "lessons/support/text_generation.h"

namespace unroll::lessons {

void LanguageModelOptions::add_to(CommandLine& command_line) {
  command_line.add_common(
      *this, {"--cell", "--hidden", "--layers", "--epochs", "--seed", "--seeds", "--full",
              "--quick", "--resume", "--data", "--out", "--device", "--threads"});
  command_line.group("Network and training");
  command_line.add("--characters", characters,
                   "how much of the text to use, from its start; 0: all of it, or " +
                       format_count(kOwnCharacters) + " of the project's own",
                   0, 1'000'000'000);
  command_line.add("--batch", batch, "streams of text read side by side", 1, 4096);
  command_line.add("--window", window, "characters that gradients flow back", 1, 4096);
  command_line.add("--minutes", minutes,
                   "train so long by the clock, whatever --epochs says; 0: by --epochs", 0.0, 1e5);
  command_line.add("--lr", lr, "learning rate of Adam at its highest", 1e-7, 10.0);
  command_line.add("--clip", clip, "largest norm of the gradient", 1e-3, 1e6);
  command_line.add("--dropout", dropout, "share of each layer's output that is dropped", 0.0, 0.95);
  command_line.group("Writing");
  command_line.add("--prompt", prompt, "what samples begin with; empty: from the text");
  command_line.add("--length", length, "characters of a sample", 1, 1'000'000);
  command_line.add("--temperature", sampling.temperature, "how daring samples are", 0.0, 10.0);
  command_line.add("--top-k", sampling.top_k, "choose among the k likeliest; 0: among all", 0,
                   1'000'000);
  command_line.add("--top-p", sampling.top_p,
                   "choose among the likeliest that have this probability together", 0.0, 1.0);
  command_line.add("--beam", beam, "how many texts beam search keeps", 1, 1000);
  command_line.add("--samples", samples, "texts that each way of writing is judged by", 1, 10'000);
  command_line.add_flag("--interactive", interactive,
                        "write with the model trained before, from prompts you type");
  command_line.when_quick("--epochs", epochs, 1);
  command_line.when_quick("--hidden", hidden, 32);
  command_line.when_quick("--characters", characters, 40'000);
  command_line.when_quick("--samples", samples, 4);
  command_line.when_full("--hidden", hidden, 256);
  command_line.when_full("--epochs", epochs, 12);
  command_line.when_full("--dropout", dropout, 0.2);
  command_line.when_full("--seeds", seeds, 3);
}

Json LanguageModelOptions::that_matter(std::uint64_t own_seed) const {
  return {{"cell", cell},     {"hidden", hidden},   {"layers", layers}, {"batch", batch},
          {"window", window}, {"lr", lr},           {"clip", clip},     {"dropout", dropout},
          {"epochs", epochs}, {"minutes", minutes}, {"seed", own_seed}};
}

}  // namespace unroll::lessons
