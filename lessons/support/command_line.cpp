#include "lessons/support/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>

#include "engine/error.h"
#include "lessons/support/format.h"

namespace unroll::lessons {

namespace {

constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();

std::int64_t parse_whole_number(const std::string& name, const std::string& text,
                                std::int64_t smallest, std::int64_t largest) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, value);
  if (failed != std::errc() || stop != end || value < smallest || value > largest) {
    throw input_error(name, " must be a whole number from ", smallest, " to ", largest,
                      ", but is \"", text, "\"");
  }
  return value;
}

double parse_number(const std::string& name, const std::string& text, double smallest,
                    double largest) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, value);
  // Written so that NaN fails too.
  if (failed != std::errc() || stop != end || !(value >= smallest && value <= largest)) {
    throw input_error(name, " must be a number from ", smallest, " to ", largest, ", but is \"",
                      text, "\"");
  }
  return value;
}

std::string join(const std::vector<std::string>& words, const std::string& between) {
  std::string joined;
  for (const std::string& word : words) joined += (joined.empty() ? "" : between) + word;
  return joined;
}

}  // namespace

CommandLine::CommandLine(LessonInfo lesson) : lesson_(std::move(lesson)), group_("This lesson") {}

void CommandLine::add_option(Option option) {
  for (const Option& other : options_) {
    require(other.name != option.name, "[command line] option ", option.name, " is added twice");
  }
  if (option.group.empty()) option.group = group_;
  option.default_text = option.show();
  options_.push_back(std::move(option));
}

void CommandLine::add_whole_number(const std::string& name, std::string description,
                                   std::int64_t smallest, std::int64_t largest,
                                   std::function<std::int64_t()> get,
                                   std::function<void(std::int64_t)> set) {
  add_option(
      {.name = name,
       .placeholder = "N",
       .description = std::move(description),
       .set =
           [=](const std::string& text) { set(parse_whole_number(name, text, smallest, largest)); },
       .show = [get] { return std::to_string(get()); },
       .json = [get] { return Json(get()); }});
}

void CommandLine::add(const std::string& name, double& value, std::string description,
                      double smallest, double largest) {
  add_option(
      {.name = name,
       .placeholder = "X",
       .description = std::move(description),
       .set = [=, &value](
                  const std::string& text) { value = parse_number(name, text, smallest, largest); },
       .show = [&value] { return concat_message(value); },
       .json = [&value] { return Json(value); }});
}

void CommandLine::add(const std::string& name, std::string& value, std::string description,
                      std::string placeholder) {
  add_option({.name = name,
              .placeholder = std::move(placeholder),
              .description = std::move(description),
              .set = [&value](const std::string& text) { value = text; },
              .show = [&value] { return value; },
              .json = [&value] { return Json(value); }});
}

void CommandLine::add_choice(const std::string& name, std::string& value, std::string description,
                             std::vector<std::string> choices) {
  std::string placeholder = join(choices, "|");
  add_option({.name = name,
              .placeholder = std::move(placeholder),
              .description = std::move(description),
              .set =
                  [name, &value, choices = std::move(choices)](const std::string& text) {
                    if (std::find(choices.begin(), choices.end(), text) == choices.end()) {
                      throw input_error(name, " must be one of ", join(choices, ", "),
                                        ", but is \"", text, "\"");
                    }
                    value = text;
                  },
              .show = [&value] { return value; },
              .json = [&value] { return Json(value); }});
}

void CommandLine::add_flag(const std::string& name, bool& value, std::string description) {
  add_option({.name = name,
              .placeholder = "",
              .description = std::move(description),
              .set = [&value](const std::string&) { value = true; },
              .show = [] { return std::string(); },
              .json = [&value] { return Json(value); }});
}

void CommandLine::add_common(CommonOptions& options,
                             std::initializer_list<std::string_view> names) {
  if (options.out.empty()) options.out = "out/" + lesson_.file_name();
  const std::string own_group = group_;
  for (const std::string_view name : names) {
    const std::string key(name);
    if (name == "--cell") {
      group("Model");
      add_choice(key, options.cell, "the kind of recurrent cell", {"rnn", "lstm", "gru"});
    } else if (name == "--hidden") {
      group("Model");
      add(key, options.hidden, "units in each layer", 1, 16384);
    } else if (name == "--layers") {
      group("Model");
      add(key, options.layers, "layers, one on top of the other", 1, 64);
    } else if (name == "--epochs") {
      group("Training");
      add(key, options.epochs, "times to go through the training data", 1, 1'000'000);
    } else if (name == "--seed") {
      group("Training");
      add(key, options.seed, "where chance begins: the same seed, the same run", 0, kLargest);
    } else if (name == "--quick") {
      group("Training");
      add_flag(key, options.quick, "a small run of some seconds, to see that all works");
      quick_ = &options.quick;
    } else if (name == "--full") {
      group("Training");
      add_flag(key, options.full, "the whole experiment; prints first how long it will take");
      full_ = &options.full;
    } else if (name == "--seeds") {
      group("Training");
      add(key, options.seeds, "runs of each experiment, with seeds that follow on --seed", 1, 1000);
    } else if (name == "--resume") {
      group("Training");
      add_flag(key, options.resume, "go on with the run that is saved in the folder of --out");
    } else if (name == "--data") {
      group("Files");
      add(key, options.data,
          "a file, a folder or a data set (./unroll data) to learn from, instead of the lesson's "
          "own",
          "PATH");
    } else if (name == "--out") {
      group("Files");
      add(key, options.out, "folder for the pictures, metrics.json and the model", "FOLDER");
    } else if (name == "--device") {
      group("Machine");
      add_choice(key, options.device, "where to compute: processor, simulated GPU, GPU",
                 {"cpu", "simt", "cuda"});
    } else if (name == "--threads") {
      group("Machine");
      add(key, options.threads, "threads on the processor; 0 takes all cores", -1, 4096);
    } else {
      throw Error(concat_message("[command line] ", name, " is not an option that lessons share"));
    }
  }
  group(own_group);
}

bool CommandLine::parse(int argc, const char* const* argv) {
  const std::string see = "; see " + lesson_.command() + " --help";
  CLI::App app;
  app.set_help_flag("-h,--help");
  for (Option& option : options_) {
    if (option.placeholder.empty()) {
      app.add_flag_callback(option.name, [&option] {
        option.given = true;
        option.set("");
      });
    } else {
      app.add_option(option.name,
                     [&option](const CLI::results_t& values) {
                       option.given = true;
                       option.set(values.back());
                       return true;
                     })
          ->type_name("value")
          ->expected(1)
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    }
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return false;
  } catch (const CLI::ExtrasError&) {
    throw input_error("unknown option or argument ", join(app.remaining(), " "), see);
  } catch (const CLI::ParseError& error) {
    throw input_error(error.what(), see);
  }
  const bool quick = quick_ != nullptr && *quick_;
  const bool full = full_ != nullptr && *full_;
  if (quick && full) throw input_error("--quick and --full exclude each other", see);
  for (Option& option : options_) {
    if (quick && option.set_quick && !option.given) option.set_quick();
    if (full && option.set_full && !option.given) option.set_full();
  }
  return true;
}

Json CommandLine::settings() const {
  Json settings = Json::object();
  for (const Option& option : options_) settings[option.name.substr(2)] = option.json();
  return settings;
}

const CommandLine::Option& CommandLine::find(std::string_view name) const {
  for (const Option& option : options_) {
    if (option.name == name) return option;
  }
  throw Error(concat_message("[command line] there is no option ", name));
}

CommandLine::Option& CommandLine::find(std::string_view name) {
  return const_cast<Option&>(std::as_const(*this).find(name));
}

}  // namespace unroll::lessons
