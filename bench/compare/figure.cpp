#include "bench/compare/figure.h"

#include <set>

#include "bench/compare/format.h"
#include "bench/compare/peers.h"
#include "engine/error.h"
#include "lessons/support/figure.h"

namespace unroll::compare {
namespace {

using lessons::Values;

// A row of panels.
struct Group {
  Kind kind;
  Pass pass;
};

// The mean share of peak of a contender over the lengths that were measured, in percent.
std::optional<double> mean_share(const Results& results, const std::string& id, const Case& like) {
  std::vector<double> shares;
  for (const Comparison& comparison : results.comparisons) {
    Case one = comparison.one;
    one.length = like.length;
    if (!(one == like)) continue;
    if (const auto share = results.share_of_peak(comparison, id)) shares.push_back(100 * *share);
  }
  if (shares.empty()) return std::nullopt;
  return geometric_mean(shares);
}

// Returns whether there is anything to draw.
bool draw(lessons::Panel& panel, const Results& results, Case one,
          const std::set<int64_t>& hidden_sizes, bool legend) {
  bool drawn = false;
  for (size_t i = 0; i < results.peers.size(); ++i) {
    const PeerRecord& peer = results.peers[i];
    Values x, y;
    for (const int64_t hidden : hidden_sizes) {
      one.hidden = hidden;
      if (const auto share = mean_share(results, peer.id, one)) {
        x.push_back(static_cast<double>(hidden));
        y.push_back(*share);
      }
    }
    if (x.empty()) continue;
    drawn = true;
    panel.title(concat_message(group_title(one.kind, one.pass), ", batch ", one.batch));
    panel.x_label("hidden size").x_log().y_label("% of peak").y_range(0, 100);
    panel.line(x, y,
               {.label = legend ? peer.title : "",
                .color = lessons::palette(i),
                .markers = true,
                .width = peer.id == kOurs ? 2.8 : 1.4});
  }
  return drawn;
}

std::vector<Group> groups_of(const Results& results, int threads) {
  std::vector<Group> groups;
  for (const Kind kind : {Kind::kLstm, Kind::kGru, Kind::kRnn})
    for (const Pass pass : {Pass::kTraining, Pass::kInference})
      for (const Comparison& comparison : results.comparisons) {
        const Case& one = comparison.one;
        if (one.kind != kind || one.pass != pass || one.threads != threads) continue;
        groups.push_back({kind, pass});
        break;
      }
  return groups;
}

void save_figure(const std::filesystem::path& path, const Results& results, int threads,
                 const std::vector<Group>& groups) {
  std::set<int64_t> hidden_sizes, batches;
  for (const Comparison& comparison : results.comparisons)
    if (comparison.one.recurrent()) {
      hidden_sizes.insert(comparison.one.hidden);
      batches.insert(comparison.one.batch);
    }
  lessons::Figure figure(concat_message("Share of the FMA peak, ", threads_text(threads)),
                         {.rows = static_cast<int>(groups.size()),
                          .columns = static_cast<int>(batches.size()),
                          .caption = concat_message(
                              "One layer, f32, input size = hidden size. Median times, mean over "
                              "the lengths. ",
                              results.machine, ". ", results.date, ".")});
  for (size_t row = 0; row < groups.size(); ++row) {
    int column = 0;
    bool legend = true;  // in the first panel that is not empty
    for (const int64_t batch : batches) {
      const Case like{.kind = groups[row].kind,
                      .pass = groups[row].pass,
                      .hidden = 0,
                      .batch = batch,
                      .length = 0,
                      .threads = threads};
      lessons::Panel& panel = figure.panel(static_cast<int>(row), column);
      if (draw(panel, results, like, hidden_sizes, legend)) legend = false;
      ++column;
    }
  }
  figure.save(path);
}

}  // namespace

std::vector<std::filesystem::path> save_figures(const std::filesystem::path& folder,
                                                const Results& results) {
  std::vector<std::filesystem::path> files;
  for (const auto& [threads, flops] : results.peak) {
    const std::vector<Group> groups = groups_of(results, threads);
    if (groups.empty()) continue;
    files.push_back(folder / concat_message("threads_", threads, ".png"));
    save_figure(files.back(), results, threads, groups);
  }
  return files;
}

}  // namespace unroll::compare
