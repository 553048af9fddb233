#include "lessons/support/entity_scores.h"

#include <algorithm>
#include <set>

#include "engine/error.h"

namespace unroll::lessons {

namespace {

double share(std::int64_t part, std::int64_t all) {
  return all > 0 ? static_cast<double>(part) / static_cast<double>(all) : 0.0;
}

void check_sentences(const EntityLists& there, const EntityLists& said) {
  require(there.size() == said.size(), "names of ", there.size(), " sentences, said of ",
          said.size());
}

std::int64_t correct_in(const std::vector<Entity>& there, const std::vector<Entity>& said) {
  return std::count_if(said.begin(), said.end(), [&](const Entity& entity) {
    return std::find(there.begin(), there.end(), entity) != there.end();
  });
}

bool overlap(const Entity& a, const Entity& b) { return a.begin < b.end && b.begin < a.end; }

}  // namespace

double EntityCounts::precision() const { return share(correct, said); }
double EntityCounts::recall() const { return share(correct, there); }
double EntityCounts::f1() const { return share(2 * correct, there + said); }

EntityCounts& EntityCounts::operator+=(const EntityCounts& other) {
  there += other.there;
  said += other.said;
  correct += other.correct;
  return *this;
}

std::vector<EntityCounts> count_by_sentence(const EntityLists& there, const EntityLists& said) {
  check_sentences(there, said);
  std::vector<EntityCounts> counts;
  for (std::size_t i = 0; i < there.size(); ++i)
    counts.push_back({static_cast<std::int64_t>(there[i].size()),
                      static_cast<std::int64_t>(said[i].size()), correct_in(there[i], said[i])});
  return counts;
}

EntityScores score_entities(const EntityLists& there, const EntityLists& said) {
  check_sentences(there, said);
  EntityScores scores;
  for (std::size_t i = 0; i < there.size(); ++i) {
    for (const Entity& entity : there[i]) ++scores.by_type[entity.type].there;
    for (const Entity& entity : said[i]) {
      EntityCounts& counts = scores.by_type[entity.type];
      ++counts.said;
      counts.correct += correct_in(there[i], {entity});
    }
  }
  for (const auto& [type, counts] : scores.by_type) scores.all += counts;
  return scores;
}

EntityConfusion confuse_entities(const EntityLists& there, const std::vector<EntityLists>& runs) {
  std::set<std::string> found;
  const auto add_types = [&found](const EntityLists& lists) {
    for (const auto& of_sentence : lists)
      for (const Entity& entity : of_sentence) found.insert(entity.type);
  };
  add_types(there);
  for (const EntityLists& said : runs) {
    check_sentences(there, said);
    add_types(said);
  }
  const std::vector<std::string> types(found.begin(), found.end());
  EntityConfusion confusion{types, types, {}};
  confusion.rows.emplace_back("no name");
  confusion.columns.emplace_back("other words");
  confusion.columns.emplace_back("nothing");
  confusion.counts.resize(confusion.rows.size() * confusion.columns.size());
  const auto number = [&types](const std::string& type) {
    return static_cast<std::size_t>(std::find(types.begin(), types.end(), type) - types.begin());
  };
  const auto add = [&confusion](std::size_t row, std::size_t column) {
    ++confusion.counts[row * confusion.columns.size() + column];
  };
  const auto column_of = [&](const Entity& entity, const std::vector<Entity>& said) {
    std::size_t column = types.size() + 1;  // nothing
    for (const Entity& other : said) {
      if (entity.begin == other.begin && entity.end == other.end) return number(other.type);
      if (overlap(entity, other)) column = types.size();
    }
    return column;
  };
  for (const EntityLists& said : runs)
    for (std::size_t i = 0; i < there.size(); ++i) {
      for (const Entity& entity : there[i]) add(number(entity.type), column_of(entity, said[i]));
      for (const Entity& other : said[i])
        if (std::none_of(there[i].begin(), there[i].end(),
                         [&](const Entity& entity) { return overlap(entity, other); }))
          add(types.size(), number(other.type));
    }
  return confusion;
}

}  // namespace unroll::lessons
