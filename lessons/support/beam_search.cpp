#include "lessons/support/beam_search.h"

#include <algorithm>
#include <cmath>

#include "engine/error.h"

namespace unroll::lessons {

namespace {

// A beginning, and the row in which the network has read all of it but its last symbol.
struct Line {
  std::vector<std::int32_t> symbols = {};
  double log_probability = 0;
  std::int64_t row = 0;
};

struct Candidate {
  double log_probability;
  std::size_t line;
  std::int32_t symbol;
};

double score_of(double log_probability, std::size_t symbols, const BeamOptions& options) {
  const double length = static_cast<double>(symbols);
  return log_probability / std::pow((5.0 + length) / 6.0, options.length_penalty);
}

// One sequence on its way.
class Search {
 public:
  Search(std::int64_t sequence, std::int64_t limit) : limit_(static_cast<std::size_t>(limit)) {
    lines.push_back({.row = sequence});
  }

  bool done() const { return lines.empty(); }

  // Goes one symbol on; `log_probabilities` holds a row for each line.
  void advance(std::span<const float> log_probabilities, const BeamOptions& options) {
    const auto width = static_cast<std::size_t>(options.width);
    std::vector<Line> next;
    const std::vector<Candidate> candidates = likeliest(log_probabilities, 2 * width, options);
    for (std::size_t rank = 0; rank < candidates.size() && next.size() < width; ++rank) {
      const Candidate& candidate = candidates[rank];
      const Line& line = lines[candidate.line];
      if (candidate.symbol == options.end) {
        if (rank < width)
          finish(line.symbols, candidate.log_probability, line.symbols.size() + 1, true, options);
        continue;
      }
      Line& longer = next.emplace_back(line);
      longer.symbols.push_back(candidate.symbol);
      longer.log_probability = candidate.log_probability;
    }
    lines = std::move(next);
    if (!lines.empty() && lines[0].symbols.size() >= limit_) {
      for (const Line& line : lines)
        finish(line.symbols, line.log_probability, line.symbols.size(), false, options);
      lines.clear();
    }
    if (found.size() >= width) lines.clear();
  }

  // The best first. What ended by itself comes before what had to be cut off.
  std::vector<Hypothesis> results(std::int64_t width) {
    std::stable_sort(found.begin(), found.end(), [](const Hypothesis& a, const Hypothesis& b) {
      return a.ended != b.ended ? a.ended : a.score > b.score;
    });
    found.resize(std::min(found.size(), static_cast<std::size_t>(width)));
    return std::move(found);
  }

  std::vector<Line> lines;
  std::vector<Hypothesis> found;

 private:
  std::vector<Candidate> likeliest(std::span<const float> log_probabilities, std::size_t count,
                                   const BeamOptions& options) const {
    const std::size_t symbols = log_probabilities.size() / lines.size();
    const auto better = [](const Candidate& a, const Candidate& b) {
      if (a.log_probability != b.log_probability) return a.log_probability > b.log_probability;
      return a.line != b.line ? a.line < b.line : a.symbol < b.symbol;
    };
    std::vector<Candidate> best;  // a heap, the least likely on top
    for (std::size_t line = 0; line < lines.size(); ++line)
      for (std::size_t symbol = 0; symbol < symbols; ++symbol) {
        const auto id = static_cast<std::int32_t>(symbol);
        if (id == options.excluded) continue;
        const double here = static_cast<double>(log_probabilities[line * symbols + symbol]);
        const Candidate candidate{lines[line].log_probability + here, line, id};
        if (best.size() == count && !better(candidate, best.front())) continue;
        if (best.size() == count) {
          std::pop_heap(best.begin(), best.end(), better);
          best.pop_back();
        }
        best.push_back(candidate);
        std::push_heap(best.begin(), best.end(), better);
      }
    std::sort_heap(best.begin(), best.end(), better);
    return best;
  }

  void finish(const std::vector<std::int32_t>& symbols, double log_probability, std::size_t length,
              bool ended, const BeamOptions& options) {
    found.push_back({symbols, log_probability, score_of(log_probability, length, options), ended});
  }

  std::size_t limit_;
};

}  // namespace

std::vector<std::vector<Hypothesis>> beam_search(std::span<const std::int64_t> limits,
                                                 const NextSymbols& next,
                                                 const BeamOptions& options) {
  require(options.width >= 1, "[beam_search] expected a width of at least 1, got ", options.width);
  std::vector<Search> searches;
  for (std::size_t i = 0; i < limits.size(); ++i) {
    require(limits[i] >= 1, "[beam_search] expected limits of at least 1, got ", limits[i]);
    searches.emplace_back(static_cast<std::int64_t>(i), limits[i]);
  }
  for (;;) {
    std::vector<std::int64_t> rows;
    std::vector<std::int32_t> symbols;
    for (Search& search : searches)
      for (Line& line : search.lines) {
        rows.push_back(line.row);
        symbols.push_back(line.symbols.empty() ? options.start : line.symbols.back());
        line.row = static_cast<std::int64_t>(rows.size()) - 1;
      }
    if (rows.empty()) break;
    const std::vector<float> log_probabilities = next(rows, symbols);
    const std::size_t vocabulary = log_probabilities.size() / rows.size();
    require(vocabulary * rows.size() == log_probabilities.size() && vocabulary > 0,
            "[beam_search] expected ", rows.size(), " rows of probabilities, got ",
            log_probabilities.size(), " numbers");
    std::size_t begin = 0;
    for (Search& search : searches) {
      const std::size_t numbers = search.lines.size() * vocabulary;
      if (!search.done())
        search.advance(std::span(log_probabilities).subspan(begin, numbers), options);
      begin += numbers;
    }
  }
  std::vector<std::vector<Hypothesis>> results;
  for (Search& search : searches) results.push_back(search.results(options.width));
  return results;
}

}  // namespace unroll::lessons
