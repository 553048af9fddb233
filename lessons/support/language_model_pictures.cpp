#include "lessons/support/language_model_pictures.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "lessons/support/figure.h"
#include "lessons/support/format.h"
#include "lessons/support/metrics.h"
#include "lessons/support/utf8.h"

namespace unroll::lessons {
namespace {

Values perplexities(const std::vector<double>& nats) {
  Values values;
  for (const double loss : nats) values.push_back(std::exp(loss));
  return values;
}

Values millions(const std::vector<double>& characters) {
  Values values;
  for (const double count : characters) values.push_back(count / 1e6);
  return values;
}

std::string percent(double share) { return format_fixed(100 * share, 0) + " %"; }

// The symbols of a text, one a piece, to be coloured.
Names symbols(const Vocabulary& vocabulary, std::span<const std::int32_t> text) {
  Names names;
  for (const std::int32_t id : text) names.push_back(vocabulary.symbol(id));
  return names;
}

}  // namespace

void LanguageModelPictures::draw_perplexity() const {
  const TextHistory& history = report.runs[0].history;
  const LanguageModelBaselines& baselines = report.baselines;
  Figure figure("How many characters does it waver between?", {.columns = 2, .caption = caption});
  Panel& curves = figure.panel(0, 0);
  curves.title("Perplexity while it learns")
      .x_label("characters read (millions)")
      .y_label("perplexity")
      .y_log();
  curves.line(millions(history.training_characters()), perplexities(history.training_losses()),
              {.label = "training"});
  curves.line(millions(history.validation_characters()), perplexities(history.validation_losses()),
              {.label = "validation", .markers = true});
  const std::size_t order = baselines.best_order();
  curves.horizontal(std::exp(baselines.ngrams[order - 1]),
                    {.label = std::to_string(order) + "-gram"});

  Names names;
  Values bits, errors;
  for (std::size_t i = 0; i < baselines.ngrams.size(); ++i) {
    names.push_back(std::to_string(i + 1));
    bits.push_back(nats_to_bits(baselines.ngrams[i]));
  }
  if (baselines.xz) {
    names.push_back("xz");
    bits.push_back(nats_to_bits(*baselines.xz));
  }
  const std::vector<double> nats = collect(report.runs, [](const auto& run) { return run.nats; });
  names.push_back("net");
  bits.push_back(nats_to_bits(mean(nats)));
  if (nats.size() > 1) {
    errors.resize(bits.size(), 0.0);
    errors.back() = nats_to_bits(standard_deviation(nats));
  }
  figure.panel(0, 1)
      .title("Validation text, beside n-grams and xz -9")
      .x_label("order of the n-gram; compressor; network")
      .y_label("bits a character")
      .categories(names)
      .bars(bits, {.errors = errors, .values = true});
  figure.save(report.out.file("perplexity.png"));
}

void LanguageModelPictures::draw_sampling(const std::vector<MethodScore>& methods) const {
  constexpr int kLines = 8, kColumns = 2;
  const int count = static_cast<int>(methods.size()) - 1;  // the last is the text itself
  Figure figure(
      "One prompt, continued in several ways",
      {.rows = (count + kColumns) / kColumns,
       .columns = kColumns,
       .caption = caption + "; nats: how unlikely the network itself finds what it wrote, "
                            "new: 4-grams that come for the first time"});
  figure.panel(0, 0).text(report.data.vocabulary.decode(report.prompt),
                          {.heading = "the prompt", .max_lines = kLines});
  for (int i = 0; i < count; ++i) {
    const MethodScore& method = methods[static_cast<std::size_t>(i)];
    figure.panel((i + 1) / kColumns, (i + 1) % kColumns)
        .text(or_blanks(method.shown),
              {.heading = method.name + ": " + format_fixed(method.nats, 2) + " nats, " +
                          percent(method.different) + " new",
               .max_lines = kLines});
  }
  figure.save(report.out.file("sampling.png"));
}

void LanguageModelPictures::draw_characters(const CharacterStudy& study) const {
  constexpr std::size_t kBars = 32;
  std::vector<std::size_t> order(study.text.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return study.text[a] > study.text[b]; });
  order.resize(std::min(order.size(), kBars));

  Figure figure("Which characters does it write?",
                {.rows = 2, .caption = caption, .row_height = 210});
  Panel& bars = figure.panel(0);
  Names names;
  Values text;
  for (const std::size_t id : order) {
    names.push_back(visible(report.data.vocabulary.symbol(static_cast<std::int32_t>(id))));
    text.push_back(100 * study.text[id]);
  }
  bars.title("The most frequent characters of the training text")
      .x_label("character (· blank, ↵ line feed)")
      .y_label("share (%)")
      .categories(names)
      .bars(text, {.label = "training text"});
  for (const double temperature : {0.4, 1.0, 1.5}) {
    const auto at = std::find(study.temperatures.begin(), study.temperatures.end(), temperature);
    const auto& written = study.written[static_cast<std::size_t>(at - study.temperatures.begin())];
    Values own;
    for (const std::size_t id : order) own.push_back(100 * written[id]);
    bars.bars(own, {.label = "written, temperature " + format_fixed(temperature, 1)});
  }
  figure.panel(1)
      .title("How far from the training text's shares")
      .x_label("temperature")
      .y_label("KL divergence (nats)")
      .y_log()
      .line(study.temperatures, study.divergence, {.label = "written", .markers = true})
      .horizontal(study.validation, {.label = "validation text"});
  figure.save(report.out.file("characters.png"));
}

void LanguageModelPictures::draw_functions(const FunctionStudy& study) const {
  constexpr int kLines = 18;
  Figure figure("Functions: heads from the validation text, bodies by the writers",
                {.rows = 2,
                 .columns = 2,
                 .caption = caption + "; " + format_count(study.functions) + " bodies for " +
                            format_count(study.heads) + " heads"});
  Names names;
  Values closed, balanced;
  for (const FunctionScore& score : study.writers) {
    names.push_back(score.writer);
    closed.push_back(100 * score.closed);
    balanced.push_back(100 * score.balanced);
  }
  figure.panel(0, 0)
      .title("Ended by a “}” at the margin")
      .y_label("functions (%)")
      .y_range(0, 105)
      .categories(names)
      .bars(closed, {.values = true});
  figure.panel(0, 1)
      .title("… and all brackets balanced")
      .y_label("functions (%)")
      .y_range(0, 105)
      .categories(names)
      .bars(balanced, {.values = true});
  for (int i = 0; i < 2; ++i) {
    const FunctionScore& writer = study.writers[1];
    figure.panel(1, i).text(writer.shown[static_cast<std::size_t>(i)],
                            {.heading = writer.writer, .max_lines = kLines});
  }
  figure.save(report.out.file("functions.png"));
}

void LanguageModelPictures::draw_next() const {
  constexpr std::size_t kLead = 256, kShown = 600, kLine = 48, kRows = 16;
  const TextData& data = report.data;
  const std::span<const std::int32_t> text(data.validation.data(),
                                           std::min(kLead + kShown, data.validation.size()));
  const std::size_t lead = std::min(kLead, text.size() / 2);
  const std::size_t columns = static_cast<std::size_t>(data.vocabulary.size());
  const Reading reading = report.read(text);
  // ln p of symbol `id` as the character at `place`, before that was read.
  const auto log_probability = [&](std::size_t place, std::size_t id) {
    return static_cast<double>(reading.log_probabilities[(place - 1) * columns + id]);
  };

  Names pieces;
  Values surprise;
  for (std::size_t i = lead; i < text.size(); ++i) {
    const auto id = static_cast<std::size_t>(text[i]);
    pieces.push_back(data.vocabulary.symbol(text[i]));
    surprise.push_back(-log_probability(i, id) / std::numbers::ln2);
  }
  Figure figure("What did it expect?", {.rows = 2, .caption = caption, .row_height = 225});
  figure.panel(0)
      .title("Validation text, by surprise")
      .colored_text(pieces, surprise,
                    {.max_lines = 13,
                     .map = ColorMap::kSequential,
                     .low = 0,
                     .high = 10,
                     .bar_label = "bits that the character costs"});

  // The line: the first that is long enough, after the lead.
  std::size_t begin = lead;
  for (std::size_t i = lead, start = lead; i < text.size(); ++i) {
    if (data.vocabulary.symbol(text[i]) != "\n") continue;
    if (i - start >= kLine) {
      begin = start;
      break;
    }
    start = i + 1;
  }
  const std::size_t length = std::min(kLine, text.size() - begin);
  // Its characters and those that were expected most, in order of the vocabulary.
  std::vector<std::pair<double, std::size_t>> weights;
  for (std::size_t id = 0; id < columns; ++id) {
    double weight = 0;
    for (std::size_t t = 0; t < length; ++t) weight += std::exp(log_probability(begin + t, id));
    weights.emplace_back(-weight, id);
  }
  std::sort(weights.begin(), weights.end());
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < std::min(kRows, columns); ++i) rows.push_back(weights[i].second);
  std::sort(rows.begin(), rows.end());
  Names row_names, column_names;
  Values cells;
  for (const std::size_t id : rows) {
    row_names.push_back(visible(data.vocabulary.symbol(static_cast<std::int32_t>(id))));
    for (std::size_t t = 0; t < length; ++t)
      cells.push_back(std::exp(log_probability(begin + t, id)));
  }
  for (std::size_t t = 0; t < length; ++t)
    column_names.push_back(visible(data.vocabulary.symbol(text[begin + t])));
  figure.panel(1)
      .title("Probabilities along a line, each before the character below was seen")
      .x_label("the character that came")
      .y_label("expected")
      .heat_map(cells, static_cast<int>(rows.size()), static_cast<int>(length),
                {.row_labels = row_names,
                 .column_labels = column_names,
                 .low = 0,
                 .high = 1,
                 .bar_label = "probability"});
  figure.save(report.out.file("next.png"));
}

std::vector<UnitProbe> LanguageModelPictures::draw_units() const {
  constexpr std::size_t kRead = 6000, kShown = 350, kUnits = 4;
  const TextData& data = report.data;
  const std::span<const std::int32_t> text(data.validation.data(),
                                           std::min(kRead, data.validation.size()));
  const Reading reading = report.read(text);
  const std::vector<TextFeature> features = text_features(data.vocabulary.decode(text));
  std::vector<UnitProbe> probes = probe_units(features, reading.states, reading.units);

  // A piece of the half that the units were not chosen on, from the start of a line.
  std::size_t begin = text.size() / 2;
  while (begin + kShown < text.size() && data.vocabulary.symbol(text[begin - 1]) != "\n") ++begin;
  const std::size_t length = std::min(kShown, text.size() - begin);
  const std::size_t units = static_cast<std::size_t>(reading.units);
  const auto a_layer = reading.units / report.record.settings.at("layers").get<std::int64_t>();
  Figure figure("Do single units stand for something?",
                {.caption = caption + "; each unit is chosen on other text than r is of"});
  for (std::size_t i = 0; i < std::min(kUnits, probes.size()); ++i) {
    const UnitProbe& probe = probes[i];
    Values values;
    for (std::size_t t = begin; t < begin + length; ++t)
      values.push_back(
          static_cast<double>(reading.states[t * units + static_cast<std::size_t>(probe.unit)]));
    // In deviations from its mean, and red where the feature is, whatever the unit's sign.
    const double center = mean(values), deviation = standard_deviation(values);
    for (double& value : values)
      value = (probe.correlation < 0 ? -1 : 1) * (value - center) / std::max(deviation, 1e-9);
    figure.panel().colored_text(
        symbols(data.vocabulary, text.subspan(begin, length)), values,
        {.heading = probe.feature + ": layer " + std::to_string(probe.unit / a_layer + 1) +
                    ", unit " + std::to_string(probe.unit % a_layer) +
                    ", r = " + format_fixed(probe.correlation, 2),
         .max_lines = 7,
         .low = -2,
         .high = 2,
         .bar_label = "standard deviations from the unit's mean, red as the feature",
         .bar = i + 1 == std::min(kUnits, probes.size())});
  }
  figure.save(report.out.file("units.png"));
  return probes;
}

}  // namespace unroll::lessons
