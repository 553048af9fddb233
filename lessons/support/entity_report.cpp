#include "lessons/support/entity_report.h"

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/error.h"
#include "engine/files.h"
#include "lessons/support/entity_pictures.h"
#include "lessons/support/entity_systems.h"
#include "lessons/support/format.h"
#include "lessons/support/marked_names.h"
#include "lessons/support/metrics.h"
#include "lessons/support/table.h"
#include "lessons/support/terminal.h"

namespace unroll::lessons {

namespace {

std::string cell(const std::vector<double>& values) { return mean_and_deviation(values, 1); }

// ---- the terminal

void print_scores(const EntityReport& report, const std::vector<EntitySystem>& systems) {
  const EntityData& data = report.data;
  std::vector<std::string> header{"test part, %", "words right", "precision", "recall", "F1"};
  for (std::size_t level = 0; data.levels() > 1 && level < data.levels(); ++level)
    header.push_back("F1 " + data.level_name(level));
  header.emplace_back("impossible tags");
  Table table(header);
  for (const EntitySystem& system : systems) {
    const auto of = [&](auto pick) { return cell(system.percent(pick)); };
    std::vector<std::string> cells{system.name,
                                   of([](const EntityAnswer& run) { return run.token_accuracy; }),
                                   of([](const EntityAnswer& run) { return run.all.precision(); }),
                                   of([](const EntityAnswer& run) { return run.all.recall(); }),
                                   of([](const EntityAnswer& run) { return run.all.f1(); })};
    for (std::size_t level = 0; data.levels() > 1 && level < data.levels(); ++level)
      cells.push_back(of([level](const EntityAnswer& run) { return run.scores[level].all.f1(); }));
    cells.push_back(cell(collect(
        system.runs, [](const EntityAnswer& run) { return static_cast<double>(run.invalid); })));
    table.add_row(cells);
  }
  std::cout << "\nA name counts when its first word, its last word and its type are right "
               "(conlleval).\nImpossible tags: places where the tags are not "
            << name(data.scheme) << "; conlleval begins a name there.\n"
            << table;
}

void print_new_names(const EntityReport& report, const std::vector<EntitySystem>& systems) {
  const EntityAnswer& any = systems.back().runs[0];
  std::vector<std::string> header{"found, %", "known names (" + format_count(any.known.there) + ")",
                                  "new names (" + format_count(any.unknown.there) + ")"};
  const bool twin = report.data.is_generated();
  if (twin) header.emplace_back("F1, the same sentences with known names");
  Table table(header);
  for (const EntitySystem& system : systems) {
    if (system.name == kAllO) continue;
    const auto recall = [&](auto pick) {
      return pick(system.runs[0]).there == 0 ? std::string("–")
                                             : cell(system.percent([&](const EntityAnswer& run) {
                                                 return pick(run).recall();
                                               }));
    };
    std::vector<std::string> cells{system.name,
                                   recall([](const EntityAnswer& run) { return run.known; }),
                                   recall([](const EntityAnswer& run) { return run.unknown; })};
    if (twin)
      cells.push_back(cell(
          collect(system.with_known, [](const EntityAnswer& run) { return 100 * run.all.f1(); })));
    table.add_row(cells);
  }
  std::cout << "\nKnown: the training part has a name of the same words.\n" << table;
}

// Those there or said by any run.
std::set<std::string> types_of(const EntitySystem& system, std::size_t level) {
  std::set<std::string> types;
  for (const EntityAnswer& run : system.runs)
    for (const auto& [type, counts] : run.scores[level].by_type) types.insert(type);
  return types;
}

void print_types(const EntityReport& report, const EntitySystem& system) {
  const EntityData& data = report.data;
  Table table({system.name + ", %", "precision", "recall", "F1", "there", "said"});
  for (std::size_t level = 0; level < data.levels(); ++level)
    for (const std::string& type : types_of(system, level)) {
      const auto counts = [&](const EntityAnswer& run) {
        const auto found = run.scores[level].by_type.find(type);
        return found == run.scores[level].by_type.end() ? EntityCounts{} : found->second;
      };
      const auto of = [&](auto pick) {
        return cell(system.percent([&](const EntityAnswer& run) { return pick(counts(run)); }));
      };
      table.add_row({(data.levels() > 1 ? data.level_name(level) + " " : "") + type,
                     of([](const EntityCounts& c) { return c.precision(); }),
                     of([](const EntityCounts& c) { return c.recall(); }),
                     of([](const EntityCounts& c) { return c.f1(); }),
                     format_count(counts(system.runs[0]).there),
                     cell(collect(system.runs, [&](const EntityAnswer& run) {
                       return static_cast<double>(counts(run).said);
                     }))});
    }
  std::cout << "\n" << table;
}

void print_confusion(const EntityReport& report, const EntitySystem& system) {
  const EntityData& data = report.data;
  const auto runs = static_cast<double>(system.runs.size());
  for (std::size_t level = 0; level < data.levels(); ++level) {
    const EntityConfusion confusion = system.confusion(data, level);
    std::vector<std::string> header{data.level_name(level) + " taken for"};
    header.insert(header.end(), confusion.columns.begin(), confusion.columns.end());
    Table table(header);
    for (std::size_t row = 0; row < confusion.rows.size(); ++row) {
      std::vector<std::string> cells{confusion.rows[row]};
      for (std::size_t column = 0; column < confusion.columns.size(); ++column)
        cells.push_back(format_fixed(static_cast<double>(confusion.count(row, column)) / runs,
                                     system.runs.size() > 1 ? 1 : 0));
      table.add_row(cells);
    }
    std::cout << "\n" << table;
  }
}

struct Verdict {
  std::string first, second;
  EntityComparison comparison;

  std::string text() const {
    const std::string line = first + " against " + second + ": " +
                             format_fixed(100 * comparison.difference, 1) +
                             " points of F1, z = " + format_fixed(comparison.z, 1) + ", ";
    if (comparison.outcome > 0) return line + "better";
    if (second == kDictionary) return line + "did not beat the baseline";
    return line + (comparison.outcome == 0 ? "no difference" : "worse");
  }
};

// Each network against the dictionary, and the last against the one before.
std::vector<Verdict> judge(const EntityReport& report, const std::vector<EntitySystem>& systems) {
  const EntityPart& test = report.data.test;
  std::vector<Verdict> verdicts;
  for (std::size_t i = 2; i < systems.size(); ++i)
    verdicts.push_back(
        {systems[i].name, systems[1].name, compare_systems(test, systems[i], systems[1])});
  if (systems.size() > 3)
    verdicts.push_back(
        {systems[3].name, systems[2].name, compare_systems(test, systems[3], systems[2])});
  return verdicts;
}

// Sentences of the test part, some with mistakes and some without.
void print_examples(const EntityReport& report, const EntitySystem& system) {
  const EntityData& data = report.data;
  const bool colors = stdout_has_colors();
  const auto of_sentence = [&](const std::vector<EntityLists>& levels, std::size_t i) {
    std::vector<std::vector<Entity>> names;
    for (const EntityLists& level : levels) names.push_back(level[i]);
    return names;
  };
  std::cout << "\nThe first sentences that " << system.name
            << " gets right and wrong, the first seed's:\n";
  int right = 0, wrong = 0;
  constexpr int kEach = 3;
  for (std::size_t i = 0; i < data.test.sentences.size(); ++i) {
    const auto said = of_sentence(system.runs[0].entities, i),
               there = of_sentence(data.test.entities, i);
    const auto mark = [&](const auto& names) {
      return mark_names(data.test.sentences[i], names, data.types, colors);
    };
    if (there[0].empty() && said == there) continue;
    if (said == there ? right++ < kEach : wrong++ < kEach)
      std::cout << (said == there ? "  right: " : "  said:  ") << mark(said) << "\n"
                << (said == there ? "" : "     is: " + mark(there) + "\n");
  }
}

// ---- files

// A line a word: the word, the right tag, the tag that was said. conlleval reads that.
void write_tags(const EntityReport& report) {
  const EntityData& data = report.data;
  for (std::size_t level = 0; level < data.levels(); ++level) {
    const TagLists there = tags_of_part(data.test, level, data.scheme),
                   &said = report.networks.back().runs[0].test[level];
    std::string text;
    for (std::size_t i = 0; i < there.size(); ++i) {
      for (std::size_t t = 0; t < there[i].size(); ++t)
        text += data.test.sentences[i][t] + '\t' + there[i][t] + '\t' + said[i][t] + '\n';
      text += '\n';
    }
    std::string file = "test_" + data.level_name(level) + ".conll";
    std::replace(file.begin(), file.end(), ' ', '_');
    write_atomically(report.out.file(file), [&text](std::ostream& out) { out << text; });
  }
}

Json to_json(const EntityCounts& counts) {
  return {
      {"precision", counts.precision()}, {"recall", counts.recall()}, {"f1", counts.f1()},
      {"there", counts.there},           {"said", counts.said},       {"correct", counts.correct}};
}

Json to_json(const EntityData& data, const EntityAnswer& answer) {
  Json json = {{"token_accuracy", answer.token_accuracy},
               {"all", to_json(answer.all)},
               {"known_names", to_json(answer.known)},
               {"new_names", to_json(answer.unknown)},
               {"invalid_places", answer.invalid}};
  for (std::size_t level = 0; level < data.levels(); ++level) {
    Json& of_level = json["levels"][data.level_name(level)];
    of_level["all"] = to_json(answer.scores[level].all);
    for (const auto& [type, counts] : answer.scores[level].by_type)
      of_level["types"][type] = to_json(counts);
  }
  return json;
}

void fill_record(EntityReport& report, const std::vector<EntitySystem>& systems,
                 const std::vector<Verdict>& verdicts) {
  const EntityData& data = report.data;
  RunRecord& record = report.record;
  record.data = data.to_json();
  for (std::size_t i = 0; i < 2; ++i) {
    Json& json = record.baselines[systems[i].name];
    json = to_json(data, systems[i].runs[0]);
    if (!systems[i].with_known.empty())
      json["with_known_names"] = to_json(data, systems[i].with_known[0]);
  }
  for (std::size_t n = 0; n < report.networks.size(); ++n) {
    const EntityNetwork& network = report.networks[n];
    const EntitySystem& system = systems[n + 2];
    Json& entry = record.scores["networks"][network.decoder];
    entry["parameters"] = network.parameters;
    for (std::size_t i = 0; i < network.runs.size(); ++i) {
      Json seed = to_json(data, system.runs[i]);
      if (!system.with_known.empty())
        seed["with_known_names"] = to_json(data, system.with_known[i]);
      seed["training_loss"] = network.runs[i].training_loss;
      seed["validation_f1"] = network.runs[i].validation_f1;
      seed["best_epoch"] = network.runs[i].best_epoch;
      entry["seeds"].push_back(seed);
    }
  }
  for (std::size_t level = 0; level < data.levels(); ++level) {
    const EntityConfusion confusion = systems.back().confusion(data, level);
    record.scores["confusion"][data.level_name(level)] = {
        {"rows", confusion.rows}, {"columns", confusion.columns}, {"counts", confusion.counts}};
  }
  for (const Verdict& verdict : verdicts)
    record.scores["verdicts"].push_back({{"first", verdict.first},
                                         {"second", verdict.second},
                                         {"difference", verdict.comparison.difference},
                                         {"paired_z", verdict.comparison.z},
                                         {"outcome", verdict.comparison.outcome},
                                         {"preliminary", report.networks[0].runs.size() < 3}});
}

std::string caption(const EntityReport& report) {
  const std::size_t seeds = report.networks[0].runs.size();
  return concat_message(report.data.name, ", ", format_count(report.data.train.size()),
                        " to train on; ", report.cell, ", ", seeds, seeds == 1 ? " seed" : " seeds",
                        report.data.is_generated() && !report.record.settings.at("full").get<bool>()
                            ? " (--full: more of both)"
                            : "");
}

}  // namespace

std::string EntityNetwork::title() const { return decoder == "crf" ? "CRF" : decoder; }

void report_entities(EntityReport report) {
  const std::vector<EntitySystem> systems = all_systems(report);
  const std::vector<Verdict> verdicts = judge(report, systems);
  fill_record(report, systems, verdicts);

  print_scores(report, systems);
  std::cout << "\nOver all names (z: how many standard errors; chance alone seldom gives more than "
               "2):\n";
  for (const Verdict& verdict : verdicts) std::cout << verdict.text() << "\n";
  if (report.networks[0].runs.size() < 3) std::cout << "All preliminary: few seeds.\n";
  print_new_names(report, systems);
  print_types(report, systems.back());
  print_confusion(report, systems.back());
  print_examples(report, systems.back());

  const EntityPictures pictures{report, systems, caption(report)};
  std::string names = "training, scores, confusion";
  pictures.draw_training();
  pictures.draw_scores();
  pictures.draw_confusion();
  if (!report.learned.transitions.empty()) {
    pictures.draw_transitions();
    names += ", transitions";
  }
  write_tags(report);
  RunningMean seconds;
  for (const EntityNetwork& network : report.networks)
    for (const EntityRun& run : network.runs) seconds.add(run.seconds);
  std::cout << "\nA training took " << format_duration(seconds.value()) << " on average.\n";
  report.out.write_metrics(report.record);
  std::cout << "Pictures (" << names << "), the tags of the test part (*.conll) and metrics.json "
            << "are in " << report.out.path().string() << "\nTry it: " << report.command
            << " --interactive --out " << report.out.path().string() << "\n";
}

}  // namespace unroll::lessons
