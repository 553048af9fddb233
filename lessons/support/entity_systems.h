// Networks and baselines of the lesson of named entities beside each other, scored alike.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lessons/support/entity_report.h"

namespace unroll::lessons {

inline constexpr const char* kAllO = "all O";             // the baseline that says nothing
inline constexpr const char* kDictionary = "dictionary";  // the one to beat

/// What was said of a part, and how right it is.
struct EntityAnswer {
  std::vector<EntityLists> entities;      // of each level
  std::vector<EntityScores> scores;       // of each level
  EntityCounts all = {};                  // of all levels
  EntityCounts known = {}, unknown = {};  // those names of them that the training part has, or not
  double token_accuracy = 0;              // the share of words with the right tag, mean over levels
  std::int64_t invalid = 0;               // places that the scheme does not allow
};

/// A network, or a baseline.
struct EntitySystem {
  std::string name;
  std::vector<EntityAnswer> runs = {};        // on the test part, one a seed; of a baseline one
  std::vector<EntityAnswer> with_known = {};  // on the test part with known names, if there is one
  bool is_network = false;

  /// What a level's names of the test part were taken for, summed over the runs.
  EntityConfusion confusion(const EntityData& data, std::size_t level) const;

  /// `pick` of each run's answer, in percent.
  template <class Pick>
  std::vector<double> percent(Pick pick) const {
    std::vector<double> values;
    for (const EntityAnswer& run : runs) values.push_back(100 * pick(run));
    return values;
  }
};

/// Scores `tags` as the answer to `part`.
EntityAnswer judge_tags(const EntityData& data, const EntityPart& part, const LevelTags& tags);

/// "all O", the dictionary of the training part's names, then the networks.
std::vector<EntitySystem> all_systems(const EntityReport& report);

/// Two systems on the same sentences.
struct EntityComparison {
  double difference = 0;  // of F1 over all levels, first minus second, mean over the runs
  /// The same of the runs' counts together, divided by its standard error. With c correct of n
  /// names there plus said, F1 = 2c/n, and sentence i contributes (2c_i − F1·n_i)/n to its error;
  /// what counts here is the difference of both systems' contributions (they meet the same
  /// sentences).
  double z = 0;
  /// 1 the first is better, −1 worse, 0 no difference: beyond ±2 standard errors and by more than
  /// the deviation of F1 between the runs of either.
  int outcome = 0;
};

EntityComparison compare_systems(const EntityPart& test, const EntitySystem& first,
                                 const EntitySystem& second);

}  // namespace unroll::lessons
