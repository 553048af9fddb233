// The baseline of the lesson of named entities: the names of the training part, looked up.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "lessons/support/entity_data.h"

namespace unroll::lessons {

/// From left to right, the longest run of words that is a name in the training part (small letters
/// or not) is one, of the type that it most often has there.
class NameDictionary {
 public:
  NameDictionary(const EntityData& data, std::size_t level);

  std::vector<Entity> find(const std::vector<std::string>& sentence) const;
  EntityLists find(const EntityPart& part) const;

 private:
  std::map<std::string, std::string> types_;  // of each name, by its `name_key`
  std::int64_t longest_ = 0;                  // words of a name
};

}  // namespace unroll::lessons
