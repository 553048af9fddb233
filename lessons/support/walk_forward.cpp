#include "lessons/support/walk_forward.h"

#include <algorithm>

#include "engine/error.h"

namespace unroll::lessons {

std::vector<WalkForwardFold> walk_forward_folds(IndexRange steps, std::int64_t folds,
                                                std::int64_t smallest, const std::string& name) {
  const std::int64_t first = steps.begin + steps.size() * 2 / 5, rest = steps.end - first;
  std::vector<WalkForwardFold> result;
  for (std::int64_t fold = 0; fold < folds; ++fold) {
    const IndexRange test{first + rest * fold / folds, first + rest * (fold + 1) / folds};
    const std::int64_t chosen = test.begin - (test.begin - steps.begin) / 5;
    result.push_back({{steps.begin, chosen}, {chosen, test.begin}, test});
    const std::int64_t shortest =
        std::min({result.back().train.size(), result.back().validation.size(), test.size()});
    if (shortest < smallest)
      throw input_error(name, ": ", std::max<std::int64_t>(steps.size(), 0),
                        " days are too few to walk through in ", folds,
                        " folds: a part would have ", std::max<std::int64_t>(shortest, 0),
                        " days and needs ", smallest,
                        "; choose fewer --folds, a smaller --lookback or --horizon, or give more "
                        "data");
  }
  return result;
}

}  // namespace unroll::lessons
