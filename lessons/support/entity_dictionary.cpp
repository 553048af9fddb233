#include "lessons/support/entity_dictionary.h"

#include <algorithm>

namespace unroll::lessons {

NameDictionary::NameDictionary(const EntityData& data, std::size_t level) {
  std::map<std::string, std::map<std::string, std::int64_t>> counts;
  for (std::size_t i = 0; i < data.train.sentences.size(); ++i)
    for (const Entity& entity : data.train.entities[level][i]) {
      ++counts[name_key(data.train.sentences[i], entity)][entity.type];
      longest_ = std::max(longest_, entity.end - entity.begin);
    }
  for (const auto& [key, of_types] : counts)
    types_[key] = std::max_element(of_types.begin(), of_types.end(), [](auto& a, auto& b) {
                    return a.second < b.second;
                  })->first;
}

std::vector<Entity> NameDictionary::find(const std::vector<std::string>& sentence) const {
  std::vector<Entity> found;
  const auto words = static_cast<std::int64_t>(sentence.size());
  for (std::int64_t begin = 0; begin < words;) {
    std::int64_t next = begin + 1;
    for (std::int64_t end = std::min(words, begin + longest_); end > begin; --end) {
      const auto entry = types_.find(name_key(sentence, {begin, end}));
      if (entry == types_.end()) continue;
      found.push_back({begin, end, entry->second});
      next = end;
      break;
    }
    begin = next;
  }
  return found;
}

EntityLists NameDictionary::find(const EntityPart& part) const {
  EntityLists lists;
  for (const auto& sentence : part.sentences) lists.push_back(find(sentence));
  return lists;
}

}  // namespace unroll::lessons
