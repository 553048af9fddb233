// The pictures of the lesson of named entities.
#pragma once

#include <string>
#include <vector>

#include "lessons/support/entity_systems.h"

namespace unroll::lessons {

/// Draws into the folder of the report.
struct EntityPictures {
  const EntityReport& report;
  const std::vector<EntitySystem>& systems;  // `all_systems`
  std::string caption;

  void draw_training() const;
  void draw_scores() const;
  void draw_confusion() const;
  void draw_transitions() const;  // needs `report.learned`
};

}  // namespace unroll::lessons
