// How well names were found, counted as conlleval counts: a name is right when its first word, its
// last word and its type are.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "lessons/support/entity_tags.h"

namespace unroll::lessons {

/// The names of each sentence of a part.
using EntityLists = std::vector<std::vector<Entity>>;

struct EntityCounts {
  std::int64_t there = 0, said = 0, correct = 0;

  /// Of those said, the share that are right; of those there, the share that were found; 0 where
  /// there are none. f1 = 2·precision·recall/(precision + recall), 0 where both are 0.
  double precision() const;
  double recall() const;
  double f1() const;

  EntityCounts& operator+=(const EntityCounts& other);
};

struct EntityScores {
  EntityCounts all = {};
  std::map<std::string, EntityCounts> by_type = {};
};

/// For each sentence. Throws `Error` when there are not equally many.
std::vector<EntityCounts> count_by_sentence(const EntityLists& there, const EntityLists& said);

/// Over all sentences.
EntityScores score_entities(const EntityLists& there, const EntityLists& said);

/// What names were taken for: counts of (what is there, what was said of it), row after row. The
/// rows are the types and then "no name"; the columns the types, "other words" (a name was said
/// that shares some of its words but not all) and "nothing". In the row "no name" are those said
/// where none is. Types are those there or said.
struct EntityConfusion {
  std::vector<std::string> rows, columns;
  std::vector<std::int64_t> counts;

  std::int64_t count(std::size_t row, std::size_t column) const {
    return counts[row * columns.size() + column];
  }
};

/// Summed over the `runs`, each on all sentences.
EntityConfusion confuse_entities(const EntityLists& there, const std::vector<EntityLists>& runs);

}  // namespace unroll::lessons
