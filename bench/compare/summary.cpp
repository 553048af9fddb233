#include "bench/compare/summary.h"

#include <algorithm>
#include <array>
#include <functional>

#include "bench/compare/format.h"
#include "bench/compare/peers.h"
#include "bench/compare/text_table.h"
#include "engine/error.h"

namespace unroll::compare {
namespace {

// The least that every case has to reach, and that the geometric mean of a class has to; 0: none.
struct Floor {
  double each = 0, mean = 0;
};

// Layers from `hidden` to `last` units with a batch of 1 or of more, and the floors of an LSTM by
// the key of a column. Those against PyTorch are for 1.13, Debian's.
struct SizeClass {
  const char* title;
  int64_t hidden, last;
  bool batched;
  std::map<std::string, Floor> training, inference;
};

constexpr int64_t kAny = 1 << 30;

const std::vector<SizeClass>& size_classes() {
  static const std::vector<SizeClass> classes = {
      {"H ≤ 128, B 1",
       0,
       128,
       false,
       {{"torch_debian", {15}}, {"onednn", {1.5}}, {"peak 1", {0.40}}},
       {{"torch_debian", {6}}, {"onednn", {2}}, {"peak 1", {0.40}}}},
      {"H ≤ 128, B ≥ 16",
       0,
       128,
       true,
       {{"torch_debian", {1.7, 3}}, {"onednn", {1.1}}, {"peak 1", {0.60}}, {"peak 2", {0.45}}},
       {{"torch_debian", {1.6}}, {"onednn", {1.05}}, {"peak 1", {0.62}}, {"peak 2", {0.50}}}},
      {"H 256, B ≥ 16",
       129,
       256,
       true,
       {{"torch_debian", {1.35}}, {"onednn", {1.05}}, {"peak 1", {0.83}}, {"peak 2", {0.77}}},
       {{"torch_debian", {1.4}}, {"onednn", {1}}, {"peak 1", {0.88}}, {"peak 2", {0.80}}}},
      {"H ≥ 512, B ≥ 16",
       257,
       kAny,
       true,
       {{"torch_debian", {1.25}}, {"onednn", {0.97, 1}}, {"peak 1", {0.75}}, {"peak 2", {0.75}}},
       {{"torch_debian", {1.35}}, {"onednn", {0.97, 1}}, {"peak 1", {0.79}}, {"peak 2", {0.79}}}},
      {"H ≥ 256, B 1",
       129,
       kAny,
       false,
       {{"torch_debian", {5}}, {"onednn", {1.25}}, {"bandwidth", {0.90}}},
       {{"torch_debian", {2.5}}, {"onednn", {1.8}}, {"bandwidth", {0.90}}}},
  };
  return classes;
}

// What the matrix products have to reach.
const SizeClass& products() {
  static const SizeClass all{"all sizes", 0, 0, false, {}, {{"onednn", {0.95}}}};
  return all;
}

bool has(const SizeClass& size_class, const Case& one) {
  if (!one.recurrent()) return true;
  return one.hidden >= size_class.hidden && one.hidden <= size_class.last &&
         (one.batch > 1) == size_class.batched;
}

Floor floor_of(const SizeClass& size_class, Pass pass, const std::string& key) {
  const auto& floors = pass == Pass::kTraining ? size_class.training : size_class.inference;
  const auto found = floors.find(key);
  return found == floors.end() ? Floor{} : found->second;
}

// One thing that may be reached.
struct Column {
  std::string key, title;
  bool ratio;  // else a share
  std::function<std::optional<double>(const Comparison&)> value;

  std::string text(double number) const {
    return ratio ? significant(number) + "×" : percent(number);
  }
};

std::vector<Column> columns(const Results& results) {
  std::vector<Column> all;
  for (const PeerRecord& peer : results.peers)
    if (peer.id != kOurs && !peer.version.empty())
      all.push_back({peer.id, peer.title, true, [&results, id = peer.id](const Comparison& c) {
                       return results.ratio(c, id);
                     }});
  for (const auto& [threads, flops] : results.peak)
    all.push_back({concat_message("peak ", threads),
                   concat_message("of peak, ", threads_text(threads)), false,
                   [&results, count = threads](const Comparison& c) {
                     return c.one.threads == count ? results.share_of_peak(c, kOurs) : std::nullopt;
                   }});
  // From 512 units on the weights of a step lie in the third level of caches.
  all.push_back({"bandwidth", "of bandwidth", false, [&results](const Comparison& c) {
                   return c.one.hidden >= 512 ? results.share_of_bandwidth(c) : std::nullopt;
                 }});
  return all;
}

struct Reached {
  const Comparison* comparison;
  double value;
};

std::vector<Reached> reached(const Results& results, Kind kind, Pass pass,
                             const SizeClass& size_class, const Column& column) {
  std::vector<Reached> all;
  for (const Comparison& comparison : results.comparisons) {
    const Case& one = comparison.one;
    if (one.kind != kind || one.pass != pass || !has(size_class, one)) continue;
    if (const auto value = column.value(comparison)) all.push_back({&comparison, *value});
  }
  return all;
}

double mean(const std::vector<Reached>& all) {
  std::vector<double> values;
  for (const Reached& one : all) values.push_back(one.value);
  return geometric_mean(values);
}

double least(const std::vector<Reached>& all) {
  return std::min_element(all.begin(), all.end(),
                          [](const Reached& a, const Reached& b) { return a.value < b.value; })
      ->value;
}

// "1.02× (1.31×)": the least and the mean, marked where one is below its floor.
std::string reached_text(const Column& column, const std::vector<Reached>& all,
                         const Floor& floor) {
  if (all.empty()) return "";
  const bool missed = least(all) < floor.each || mean(all) < floor.mean;
  return concat_message(column.text(least(all)), " (", column.text(mean(all)), ')',
                        missed ? " ✗" : "");
}

std::string floor_text(const Column& column, const Floor& floor) {
  if (floor.each == 0) return "";
  return concat_message("≥ ", column.text(floor.each),
                        floor.mean == 0 ? "" : " (" + column.text(floor.mean) + ")");
}

// The size classes of one kind and pass.
TextTable table(const Results& results, Kind kind, Pass pass) {
  std::vector<std::vector<std::string>> cells;  // by row, then column
  const std::vector<Column> all = columns(results);
  const bool recurrent = kind != Kind::kGemm;
  for (const SizeClass& size_class : recurrent ? size_classes() : std::vector{products()}) {
    std::vector<std::string> values{size_class.title},
        floors{kind == Kind::kLstm || !recurrent ? "  floor" : "  aim"};
    for (const Column& column : all) {
      const Floor floor = floor_of(size_class, pass, column.key);
      const auto got = reached(results, kind, pass, size_class, column);
      values.push_back(reached_text(column, got, floor));
      floors.push_back(got.empty() ? "" : floor_text(column, floor));
    }
    if (std::all_of(values.begin() + 1, values.end(), [](const auto& v) { return v.empty(); }))
      continue;
    cells.push_back(values);
    cells.push_back(floors);
  }
  TextTable table{{"least (mean)"}, std::vector<std::vector<std::string>>(cells.size())};
  for (size_t row = 0; row < cells.size(); ++row) table.rows[row].push_back(cells[row][0]);
  for (size_t column = 0; column < all.size(); ++column) {
    if (std::all_of(cells.begin(), cells.end(),
                    [&](const auto& row) { return row[1 + column].empty(); }))
      continue;
    table.header.push_back(all[column].title);
    for (size_t row = 0; row < cells.size(); ++row)
      table.rows[row].push_back(cells[row][1 + column]);
  }
  return table;
}

constexpr std::array kGroups = {
    std::pair{Kind::kLstm, Pass::kTraining}, std::pair{Kind::kLstm, Pass::kInference},
    std::pair{Kind::kGru, Pass::kTraining},  std::pair{Kind::kGru, Pass::kInference},
    std::pair{Kind::kRnn, Pass::kTraining},  std::pair{Kind::kRnn, Pass::kInference},
    std::pair{Kind::kGemm, Pass::kInference}};

}  // namespace

std::string summary(const Results& results, Style style) {
  std::string text;
  for (const auto& [kind, pass] : kGroups) {
    const TextTable grid = table(results, kind, pass);
    if (!grid.rows.empty()) text += section(group_title(kind, pass), grid, style);
  }
  return text;
}

std::string missed_floors(const Results& results, Style style) {
  // One line a case, or a mean, with all that it misses.
  std::vector<std::pair<std::string, std::string>> lines;
  bool has_floors = false;
  const auto add = [&](const std::string& name, const Column& column, double value, double floor) {
    auto line = std::find_if(lines.begin(), lines.end(),
                             [&](const auto& known) { return known.first == name; });
    if (line == lines.end()) line = lines.insert(line, {name, ""});
    line->second += concat_message(line->second.empty() ? "" : ", ", column.title, ' ',
                                   column.text(value), " (floor ", column.text(floor), ')');
  };
  const auto look = [&](Kind kind, Pass pass, const SizeClass& size_class) {
    for (const Column& column : columns(results)) {
      const Floor floor = floor_of(size_class, pass, column.key);
      const auto got = reached(results, kind, pass, size_class, column);
      if (got.empty()) continue;
      has_floors |= floor.each > 0;
      for (const Reached& one : got)
        if (one.value < floor.each) add(one.comparison->one.name(), column, one.value, floor.each);
      if (mean(got) < floor.mean)
        add(concat_message("mean of ", group_title(kind, pass), ", ", size_class.title), column,
            mean(got), floor.mean);
    }
  };
  for (const Pass pass : {Pass::kTraining, Pass::kInference})
    for (const SizeClass& size_class : size_classes()) look(Kind::kLstm, pass, size_class);
  look(Kind::kGemm, Pass::kInference, products());
  if (!has_floors)
    return "\nNothing that was measured has a floor: those of the LSTM are aims for GRU and RNN.\n";
  if (lines.empty()) return "\nEvery floor of what was measured is reached.\n";
  const bool markdown = style == Style::kMarkdown;
  std::string text = markdown ? "\n**Below the floor**\n\n" : "\nBelow the floor\n";
  for (const auto& [name, what] : lines)
    text += concat_message(markdown ? "- `" : "  ", name, markdown ? "`: " : ": ", what, '\n');
  return text;
}

}  // namespace unroll::compare
