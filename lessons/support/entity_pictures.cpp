#include "lessons/support/entity_pictures.h"

#include <limits>

#include "lessons/support/figure.h"
#include "lessons/support/metrics.h"

namespace unroll::lessons {

namespace {

Color color_of(const std::string& title) { return title == "CRF" ? palette(0) : palette(1); }

}  // namespace

void EntityPictures::draw_training() const {
  Figure figure("Training: which epoch is best is chosen on the validation part",
                {.columns = 2, .caption = caption + "; thick: the first seed"});
  Panel& loss = figure.panel(0, 0).title("Training loss").x_label("epoch");
  loss.y_label("−ln p(tags), per word");
  Panel& right = figure.panel(0, 1).title("Names found in the validation part").x_label("epoch");
  right.y_label("F1 (%)");
  for (const EntityNetwork& network : report.networks)
    for (std::size_t i = 0; i < network.runs.size(); ++i) {
      const EntityRun& run = network.runs[i];
      Values epochs;
      for (std::size_t e = 1; e <= run.training_loss.size(); ++e)
        epochs.push_back(static_cast<double>(e));
      const LineStyle style{.label = i == 0 ? network.title() : "",
                            .color = color_of(network.title()),
                            .width = i == 0 ? 1.6 : 0.6};
      loss.line(epochs, run.training_loss, style);
      right.line(epochs, collect(run.validation_f1, [](double f1) { return 100 * f1; }), style);
    }
  figure.save(report.out.file("training.png"));
}

void EntityPictures::draw_scores() const {
  const EntityData& data = report.data;
  Figure figure("Names found, and names that are new",
                {.columns = 2,
                 .caption = caption + "; test part; bars: mean ± standard deviation over seeds"});
  Names levels{"all names"};
  for (std::size_t level = 0; data.levels() > 1 && level < data.levels(); ++level)
    levels.push_back(data.level_name(level));
  Panel& f1 =
      figure.panel(0, 0).title(data.levels() > 1 ? "By level" : "All names").categories(levels);
  f1.y_label("F1 (%)").y_range(0, 119);
  Panel& news = figure.panel(0, 1).y_range(0, 119);
  if (data.is_generated())
    news.title("The same sentences with other names")
        .y_label("F1 (%)")
        .categories({"new names", "known names"});
  else
    news.title("Names that the training part has, or has not")
        .y_label("found (%)")
        .categories({"new names", "known names"});
  for (const EntitySystem& system : systems) {
    if (system.name == kAllO) continue;
    const Color color = system.is_network ? color_of(system.name) : kQuietInk;
    const auto draw = [&](Panel& panel, const std::vector<std::vector<double>>& groups) {
      const Values means = collect(groups, [](const auto& runs) { return mean(runs); });
      Values deviations;
      for (const auto& runs : groups)
        if (runs.size() > 1) deviations.push_back(standard_deviation(runs));
      panel.bars(means, {.label = system.name, .color = color, .errors = deviations});
    };
    const auto all = system.percent([](const EntityAnswer& run) { return run.all.f1(); });
    std::vector<std::vector<double>> groups{all};
    for (std::size_t level = 0; data.levels() > 1 && level < data.levels(); ++level)
      groups.push_back(
          system.percent([level](const EntityAnswer& run) { return run.scores[level].all.f1(); }));
    draw(f1, groups);
    if (data.is_generated())
      draw(news, {all, collect(system.with_known,
                               [](const EntityAnswer& run) { return 100 * run.all.f1(); })});
    else
      draw(news, {system.percent([](const EntityAnswer& run) { return run.unknown.recall(); }),
                  system.percent([](const EntityAnswer& run) { return run.known.recall(); })});
  }
  figure.save(report.out.file("scores.png"));
}

void EntityPictures::draw_confusion() const {
  const EntityData& data = report.data;
  const EntitySystem& system = systems.back();
  Figure figure("What names are taken for: " + system.name,
                {.rows = static_cast<int>(data.levels()),
                 .caption = caption + "; test part, all seeds",
                 .width = 640});
  for (std::size_t level = 0; level < data.levels(); ++level) {
    const EntityConfusion confusion = system.confusion(data, level);
    // Without the last row: of what is no name there is no whole.
    const Names rows(confusion.rows.begin(), confusion.rows.end() - 1);
    Values shares;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      double all = 0;
      for (std::size_t column = 0; column < confusion.columns.size(); ++column)
        all += static_cast<double>(confusion.count(row, column));
      for (std::size_t column = 0; column < confusion.columns.size(); ++column)
        shares.push_back(100 * static_cast<double>(confusion.count(row, column)) / all);
    }
    figure.panel(static_cast<int>(level))
        .title(data.levels() == 1 ? "" : data.level_name(level) + " names")
        .x_label("what was said")
        .y_label("what is there")
        .heat_map(shares, static_cast<int>(rows.size()), static_cast<int>(confusion.columns.size()),
                  {.row_labels = rows,
                   .column_labels = confusion.columns,
                   .low = 0,
                   .high = 100,
                   .bar_label = "% of the row",
                   .values = true});
  }
  figure.save(report.out.file("confusion.png"));
}

void EntityPictures::draw_transitions() const {
  const EntityData& data = report.data;
  const std::size_t tags = data.tags.size();
  // What starts a sentence as another row, what ends it as another column.
  Values values;
  Names rows = data.tags, columns = data.tags;
  rows.emplace_back("begin");
  columns.emplace_back("end");
  for (std::size_t from = 0; from <= tags; ++from) {
    for (std::size_t to = 0; to < tags; ++to)
      values.push_back(static_cast<double>(
          from < tags ? report.learned.transitions[from * tags + to] : report.learned.start[to]));
    values.push_back(from < tags ? static_cast<double>(report.learned.end[from])
                                 : std::numeric_limits<double>::quiet_NaN());
  }
  Figure figure("Which tag follows which: the transitions that the CRF has learned",
                {.caption = caption + "; " +
                            (data.levels() > 1 ? "outer level, the first seed" : "the first seed"),
                 .width = 640});
  figure.panel()
      .x_label("the next word's tag")
      .y_label("a word's tag")
      .heat_map(values, static_cast<int>(tags + 1), static_cast<int>(tags + 1),
                {.row_labels = rows,
                 .column_labels = columns,
                 .map = ColorMap::kDiverging,
                 .bar_label = "added to the score",
                 .values = tags <= 14});
  figure.save(report.out.file("transitions.png"));
}

}  // namespace unroll::lessons
