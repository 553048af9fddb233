#include "bench/compare/report.h"

#include <array>

#include "bench/compare/format.h"
#include "bench/compare/peers.h"
#include "engine/error.h"
#include "lessons/support/format.h"

namespace unroll::compare {
namespace {

// "2.31", "~2.31" where the machine was busy all the time, or a word for why there is none.
std::string ratio_text(const Results& results, const Comparison& comparison,
                       const std::string& id) {
  const auto found = comparison.outcomes.find(id);
  if (found == comparison.outcomes.end()) return "";
  if (!found->second.supported) return "–";
  if (found->second.problem.starts_with("wrong")) return "wrong";
  if (!found->second.problem.empty()) return "failed";
  const auto ratio = results.ratio(comparison, id);
  if (!ratio) return "";
  return (results.timing(comparison, id)->noisy ? "~" : "") + significant(*ratio);
}

// Of one kind, pass and number of threads.
TextTable table(const Results& results, const std::vector<const Comparison*>& comparisons) {
  std::vector<std::string> ids;
  for (const PeerRecord& peer : results.peers) {
    bool timed = false;
    for (const Comparison* comparison : comparisons) {
      const std::string text = ratio_text(results, *comparison, peer.id);
      timed = timed || (peer.id != kOurs && !text.empty() && text != "–");
    }
    if (timed) ids.push_back(peer.id);
  }
  TextTable table{{"size", "unroll", "GFLOP/s", "of peak"}, {}};
  for (const std::string& id : ids) table.header.push_back(results.peer(id)->title);
  for (const Comparison* comparison : comparisons) {
    const auto ours = results.timing(*comparison, kOurs);
    if (!ours) continue;
    std::vector<std::string> row{size_text(comparison->one),
                                 (ours->noisy ? "~" : "") + duration(ours->median),
                                 significant(comparison->one.flops() / ours->median / 1e9),
                                 percent(*results.share_of_peak(*comparison, kOurs))};
    for (const std::string& id : ids) row.push_back(ratio_text(results, *comparison, id));
    table.rows.push_back(row);
  }
  return table;
}

}  // namespace

std::string missing_peers(const Results& results, const std::string& item) {
  std::string text;
  for (const PeerRecord& peer : results.peers)
    if (!peer.problem.empty())
      text += concat_message(item, peer.title, " is missing: ", peer.problem,
                             "; to install it: ", peer.install, '\n');
  return text;
}

std::string heading(const Results& results, Style style) {
  const char* item = style == Style::kMarkdown ? "- " : "  ";
  std::string text = concat_message(results.machine, "; ", results.date, "; unroll ",
                                    results.version, results.quick ? "; a quick run.\n" : ".\n");
  for (const auto& [threads, flops] : results.peak)
    text += concat_message(item, "FMA peak with ", threads_text(threads), ": ",
                           lessons::format_fixed(flops / 1e9, 0), " GFLOP/s\n");
  for (const PeerRecord& peer : results.peers) {
    if (peer.version.empty()) continue;
    text += concat_message(item, peer.title, ' ', peer.version);
    for (const auto& [name, value] : peer.settings) text += concat_message(", ", name, ' ', value);
    text += '\n';
  }
  text += missing_peers(results, item);
  const auto [dropped, all] = results.dropped();
  return text + concat_message(item, dropped, " of ", all,
                               " samples were dropped: the machine was disturbed beside them\n");
}

std::string tables(const Results& results, Style style) {
  std::string text;
  std::vector<const Comparison*> group;
  const auto flush = [&] {
    if (group.empty()) return;
    const Case& one = group.front()->one;
    text +=
        section(concat_message(group_title(one.kind, one.pass), ", ", threads_text(one.threads)),
                table(results, group), style);
    group.clear();
  };
  for (const Comparison& comparison : results.comparisons) {
    const auto group_of = [](const Case& one) {
      return std::array{static_cast<int>(one.kind), static_cast<int>(one.pass), one.threads};
    };
    if (!group.empty() && group_of(group.front()->one) != group_of(comparison.one)) flush();
    group.push_back(&comparison);
  }
  flush();
  return text;
}

}  // namespace unroll::compare
