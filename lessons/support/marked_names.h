// Sentences for the terminal with their names marked, in colour where the terminal has any.
#pragma once

#include <string>
#include <vector>

#include "lessons/support/entity_tags.h"

namespace unroll::lessons {

/// "[Bank of [Keran LOC] ORG] opened": the names of all levels in brackets, behind each its type.
/// With `colors` each type of `types` has its own.
std::string mark_names(const std::vector<std::string>& sentence,
                       const std::vector<std::vector<Entity>>& levels,
                       const std::vector<std::string>& types, bool colors);

}  // namespace unroll::lessons
