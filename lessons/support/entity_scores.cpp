#include "lessons/support/entity_scores.h"

#include <algorithm>

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

std::vector<double> mistakes_by_sentence(const EntityLists& there, const EntityLists& said) {
  check_sentences(there, said);
  std::vector<double> mistakes;
  for (std::size_t i = 0; i < there.size(); ++i) {
    const auto all = static_cast<std::int64_t>(there[i].size() + said[i].size());
    mistakes.push_back(static_cast<double>(all - 2 * correct_in(there[i], said[i])));
  }
  return mistakes;
}

EntityConfusion confuse_entities(const EntityLists& there, const EntityLists& said,
                                 const std::vector<std::string>& types) {
  check_sentences(there, said);
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
  for (std::size_t i = 0; i < there.size(); ++i) {
    for (const Entity& entity : there[i]) {
      std::size_t column = types.size() + 1;
      for (const Entity& other : said[i]) {
        if (!overlap(entity, other)) continue;
        const bool same = entity.begin == other.begin && entity.end == other.end;
        column = same ? number(other.type) : types.size();
        if (same) break;
      }
      add(number(entity.type), column);
    }
    for (const Entity& other : said[i])
      if (std::none_of(there[i].begin(), there[i].end(),
                       [&](const Entity& entity) { return overlap(entity, other); }))
        add(types.size(), number(other.type));
  }
  return confusion;
}

}  // namespace unroll::lessons
