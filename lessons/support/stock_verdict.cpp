#include "lessons/support/stock_verdict.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "engine/error.h"
#include "lessons/support/format.h"
#include "lessons/support/table.h"

namespace unroll::lessons {

namespace {

constexpr std::int64_t kWidth = 96;  // of a line on the terminal

// The words of `text` on lines of at most kWidth columns, after an empty one.
std::string paragraph(const std::string& text) {
  std::istringstream words(text);
  std::string lines, line;
  for (std::string word; words >> word;) {
    if (!line.empty() && display_width(line) + 1 + display_width(word) > kWidth)
      lines += std::exchange(line, "") + "\n";
    line += (line.empty() ? "" : " ") + word;
  }
  return "\n" + lines + line + "\n";
}

std::string format_p(double p) { return p < 0.0005 ? "<0.001" : format_fixed(p, 3); }

std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (std::size_t i = 0; i < names.size(); ++i)
    all += (i == 0 ? "" : i + 1 < names.size() ? ", " : " and ") + names[i];
  return all;
}

std::vector<std::string> found_in(const StockScores& scores) {
  std::vector<std::string> found;
  for (const Claim& claim : scores.claims)
    if (claim.found()) found.push_back(claim.question);
  return found;
}

// The claims about where the price goes; "spread" is about how far.
bool knows_direction(const StockScores& scores) {
  return std::any_of(scores.claims.begin(), scores.claims.end(), [](const Claim& claim) {
    return claim.found() && claim.question != "spread";
  });
}

struct Findings {
  std::vector<std::string> nothing, only_spread, more;  // markets
  bool has_control = false, found_in_walk = false, found_in_control = false;
};

Findings sort_out(const StockReport& report, const std::vector<StockScores>& all) {
  Findings findings;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool found = !found_in(all[i]).empty();
    switch (report.results[i].role) {
      case StockRole::kWalk:
        findings.found_in_walk = findings.found_in_walk || found;
        break;
      case StockRole::kControl:
        findings.has_control = true;
        findings.found_in_control = knows_direction(all[i]);
        break;
      case StockRole::kMarket:
        (!found                    ? findings.nothing
         : knows_direction(all[i]) ? findings.more
                                   : findings.only_spread)
            .push_back(all[i].title);
    }
  }
  return findings;
}

std::string about_lesson(const Findings& findings, const StockOptions& options) {
  const std::string signal = "each day's return depends on the last one's (correlation " +
                             format_fixed(options.signal, 2) + ")";
  if (findings.found_in_walk)
    return "It found something in a random walk, where nothing is. Such a false alarm is a matter "
           "of "
           "chance, at most one run in twenty has one; but do not believe this run's other "
           "findings "
           "before another --seed has confirmed them.";
  const std::string nothing = "In the random walk, where nothing is to be found, it found nothing";
  if (!findings.has_control)
    return nothing +
           ". There is no control with a signal, so nobody knows whether it would have "
           "found one.";
  if (findings.found_in_control)
    return nothing + "; in the control, where " + signal +
           ", it found the signal. So the method "
           "neither sees ghosts nor is it blind.";
  return nothing + ". But neither did it in the control, where " + signal +
         ": in this run the method "
         "is blind, and that it finds nothing means nothing. With more days it would see more.";
}

std::string about_markets(const Findings& findings, std::int64_t days, std::size_t claims) {
  std::string text;
  if (!findings.nothing.empty())
    text += joined(findings.nothing) + ": it knows nothing that the simplest rules do not know. ";
  if (!findings.only_spread.empty())
    text += joined(findings.only_spread) +
            ": it knows how far the price may move, as wild days "
            "follow wild days, but not where to. ";
  if (!findings.more.empty())
    text += joined(findings.more) +
            ": it did better than chance explains. Before you believe it: "
            "were the prices to be had at the close, and does it last on other days and seeds? ";
  text += "Not found is not the same as not there: with " + format_count(days) + " test days and " +
          std::to_string(claims) +
          " claims even one who knew the rule would mostly miss a correlation "
          "of one day's return with the next of less than about " +
          format_fixed(smallest_visible_signal(days, claims), 2) +
          ", and a network that has to learn it misses more.";
  return text;
}

}  // namespace

std::string verdict_text(const StockReport& report, const std::vector<StockScores>& all) {
  std::vector<std::string> header{"p (adjusted)"};
  for (const Claim& claim : all[0].claims) header.push_back(claim.question);
  header.emplace_back("found");
  Table table(header);
  std::size_t claims = 0;
  int naive = 0, found = 0;
  for (const StockScores& scores : all) {
    std::vector<std::string> row{scores.title};
    for (const Claim& claim : scores.claims) {
      row.push_back(format_p(claim.p) + " (" + format_p(claim.adjusted) + ")");
      ++claims;
      naive += claim.p < Claim::kSignificance ? 1 : 0;
      found += claim.found() ? 1 : 0;
    }
    const std::vector<std::string> names = found_in(scores);
    row.push_back(names.empty() ? "nothing" : joined(names));
    table.add_row(row);
  }
  const Findings findings = sort_out(report, all);
  std::int64_t days = all[0].days;
  for (const StockScores& scores : all) days = std::min(days, scores.days);
  const double chance = Claim::kSignificance * static_cast<double>(claims);
  return paragraph(
             "Is " + report.network +
             " better than the best of the simplest rules? p: how "
             "often chance alone would make it look so good (Diebold and Mariano); in brackets "
             "allowing for the " +
             std::to_string(claims) + " claims that are tested (Holm).") +
         "\n" + table.str() +
         paragraph(concat_message("Taken one by one ", naive, " of ", claims,
                                  " claims have p < 0.05; chance alone gives "
                                  "up to ",
                                  format_fixed(chance, 1), ". Taken together ", found,
                                  found == 1 ? " is" : " are", " more than chance",
                                  report.options.seeds < 3 ? " (preliminary: few seeds)." : ".")) +
         paragraph(about_lesson(findings, report.options)) +
         paragraph(about_markets(findings, days, claims));
}

}  // namespace unroll::lessons
