#include "lessons/support/gru_options.h"

#include <algorithm>

#include "engine/error.h"
#include "lessons/support/format.h"
#include "lessons/support/lists.h"
#include "lessons/support/text_generation.h"

namespace unroll::lessons {

void GruOptions::add_to(CommandLine& command_line) {
  command_line.add_common(*this, {"--hidden", "--seed", "--seeds", "--full", "--quick", "--data",
                                  "--out", "--device", "--threads"});
  command_line.group("Comparison");
  command_line.add("--networks", networks,
                   "who takes part: lstm, gru, gru-before (written out, so slow); the first has "
                   "--hidden units, the others as many parameters",
                   "NAMES");
  command_line.add("--tasks", tasks, "on what: adding, text, series", "NAMES");
  command_line.add("--distance", distance, "steps T of the adding task", 2, 100'000);
  command_line.add("--characters", characters,
                   "how much of the text (--data, or this project's own) to use, from its start; "
                   "0: all of it, or " +
                       format_count(kOwnCharacters) + " of the project's own",
                   0, 1'000'000'000);
  command_line.add("--window", window, "characters that gradients flow back", 1, 4096);
  command_line.add("--series", series,
                   "series to forecast: files, or names of facts or data sets, with commas; of "
                   "several columns, name:column",
                   "NAMES");
  command_line.add("--lookback", lookback, "steps of a series that are read", 1, 10'000);
  command_line.add("--horizon", horizon, "steps of a series that are forecast", 1, 1000);
  command_line.group("Training");
  const auto add_training = [&](const std::string& task, TaskTraining& training) {
    command_line.add("--" + task + "-steps", training.steps, "steps of a training", 1, 10'000'000);
    command_line.add("--" + task + "-batch", training.batch, "sequences in a step", 1, 4096);
    command_line.add("--" + task + "-lr", training.lr, "learning rate of Adam", 1e-7, 10.0);
    command_line.when_quick("--" + task + "-steps", training.steps, 20);
  };
  add_training("adding", adding);
  add_training("text", text);
  add_training("series", forecast);
  command_line.add_choice("--start", start,
                          "how long cells remember at first that are to add: as PyTorch makes "
                          "them, with a bias of 1, or as long as the task is",
                          {"plain", "one", "task"});
  command_line.add("--clip", clip, "largest norm of the gradient", 1e-3, 1e6);
  command_line.when_quick("--hidden", hidden, 16);
  command_line.when_quick("--seeds", seeds, 1);
  command_line.when_quick("--distance", distance, 10);
  command_line.when_quick("--characters", characters, 12'000);
  command_line.when_quick("--series", series, "air_passengers");
  command_line.when_quick("--lookback", lookback, 12);
  command_line.when_full("--networks", networks, "lstm,gru,gru-before");
  command_line.when_full("--seeds", seeds, 5);
  command_line.when_full("--characters", characters, 400'000);
  command_line.when_full("--adding-steps", adding.steps, 1500);
  command_line.when_full("--text-steps", text.steps, 8000);
  command_line.when_full("--series-steps", forecast.steps, 800);
}

std::vector<PlannedTask> plan_tasks(const GruOptions& options) {
  std::vector<PlannedTask> planned;
  for (const std::string& name : split_list(options.tasks)) {
    if (name == "adding") {
      planned.push_back({adding_comparison(options.distance, options.seed), options.adding,
                         options.start, options.distance});
    } else if (name == "text") {
      planned.push_back({text_comparison(options.data, options.characters, options.window),
                         options.text, "plain", 0});
    } else if (name == "series") {
      for (const std::string& series : split_list(options.series))
        planned.push_back({series_comparison(series, options.lookback, options.horizon),
                           options.forecast, "plain", 0});
    } else {
      throw input_error("--tasks: expected some of adding, text, series with commas between them, ",
                        "got '", options.tasks, "'");
    }
  }
  if (planned.empty()) throw input_error("nothing to do: --tasks or --series is empty");
  return planned;
}

std::vector<std::string> parse_networks(const std::string& networks) {
  const std::vector<std::string> names = split_list(networks);
  for (const std::string& name : names)
    if ((name != "lstm" && name != "gru" && name != "gru-before") ||
        std::count(names.begin(), names.end(), name) > 1)
      throw input_error(
          "--networks: expected some of lstm, gru, gru-before, each once, with commas ",
          "between them, got '", networks, "'");
  if (names.empty()) throw input_error("nothing to do: --networks is empty");
  return names;
}

std::string network_title(const std::string& network) {
  if (network == "lstm") return "LSTM";
  return network == "gru" ? "GRU" : "GRU, reset before";
}

}  // namespace unroll::lessons
