#include "lessons/support/entity_systems.h"

#include <algorithm>
#include <cmath>

#include "lessons/support/entity_dictionary.h"
#include "lessons/support/metrics.h"

namespace unroll::lessons {

namespace {

// Those names of the lists for which the training part has the same words, or has not.
EntityLists only(const EntityData& data, const EntityPart& part, const EntityLists& lists,
                 bool known) {
  EntityLists chosen;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    auto& of_sentence = chosen.emplace_back();
    for (const Entity& entity : lists[i])
      if (data.is_known(part.sentences[i], entity) == known) of_sentence.push_back(entity);
  }
  return chosen;
}

// What has been said as names alone, as the tags of the scheme.
LevelTags as_tags(const EntityPart& part, const std::vector<EntityLists>& entities,
                  TagScheme scheme) {
  EntityPart said{part.sentences, {}, {}, entities};
  LevelTags tags;
  for (std::size_t level = 0; level < entities.size(); ++level)
    tags.push_back(tags_of_part(said, level, scheme));
  return tags;
}

EntitySystem network_system(const EntityReport& report, const EntityNetwork& network) {
  EntitySystem system{network.title(), {}, {}, true};
  for (const EntityRun& run : network.runs) {
    system.runs.push_back(judge_tags(report.data, report.data.test, run.test));
    if (report.data.is_generated())
      system.with_known.push_back(
          judge_tags(report.data, report.data.test_with_known, run.test_with_known));
  }
  return system;
}

// F1 of all runs' counts together, and what each sentence contributes to its error.
struct Pooled {
  double f1 = 0;
  std::vector<double> contributions = {};
};

Pooled pool(const EntityPart& test, const EntitySystem& system) {
  std::vector<EntityCounts> by_sentence(test.sentences.size());
  EntityCounts all;
  for (const EntityAnswer& run : system.runs)
    for (std::size_t level = 0; level < run.entities.size(); ++level) {
      const auto of_level = count_by_sentence(test.entities[level], run.entities[level]);
      for (std::size_t i = 0; i < of_level.size(); ++i) by_sentence[i] += of_level[i];
    }
  for (const EntityCounts& counts : by_sentence) all += counts;
  Pooled pooled{all.f1()};
  const auto n = [](const EntityCounts& counts) {
    return static_cast<double>(counts.there + counts.said);
  };
  for (const EntityCounts& counts : by_sentence)
    pooled.contributions.push_back(
        (2 * static_cast<double>(counts.correct) - pooled.f1 * n(counts)) / n(all));
  return pooled;
}

}  // namespace

EntityConfusion EntitySystem::confusion(const EntityData& data, std::size_t level) const {
  std::vector<EntityLists> said;
  for (const EntityAnswer& run : runs) said.push_back(run.entities[level]);
  return confuse_entities(data.test.entities[level], said);
}

EntityAnswer judge_tags(const EntityData& data, const EntityPart& part, const LevelTags& tags) {
  EntityAnswer answer;
  RunningMean right;
  for (std::size_t level = 0; level < tags.size(); ++level) {
    const EntityLists &there = part.entities[level], said = entities_of_all(tags[level]);
    answer.entities.push_back(said);
    answer.scores.push_back(score_entities(there, said));
    answer.all += answer.scores.back().all;
    for (const bool known : {true, false})
      (known ? answer.known : answer.unknown) +=
          score_entities(only(data, part, there, known), only(data, part, said, known)).all;
    const TagLists of_part = tags_of_part(part, level, data.scheme);
    for (std::size_t i = 0; i < of_part.size(); ++i) {
      answer.invalid += count_invalid(data.scheme, tags[level][i]);
      for (std::size_t t = 0; t < of_part[i].size(); ++t)
        right.add(of_part[i][t] == tags[level][i][t] ? 1 : 0);
    }
  }
  answer.token_accuracy = right.value();
  return answer;
}

std::vector<EntitySystem> all_systems(const EntityReport& report) {
  const EntityData& data = report.data;
  const std::vector<EntityLists> nothing(data.levels(), EntityLists(data.test.sentences.size()));
  std::vector<NameDictionary> dictionaries;
  for (std::size_t level = 0; level < data.levels(); ++level)
    dictionaries.emplace_back(data, level);
  const auto look_up = [&](const EntityPart& part) {
    std::vector<EntityLists> found;
    for (const NameDictionary& dictionary : dictionaries) found.push_back(dictionary.find(part));
    return judge_tags(data, part, as_tags(part, found, data.scheme));
  };
  std::vector<EntitySystem> systems;
  systems.push_back(
      {kAllO, {judge_tags(data, data.test, as_tags(data.test, nothing, data.scheme))}});
  systems.push_back({kDictionary, {look_up(data.test)}});
  if (data.is_generated()) systems.back().with_known = {look_up(data.test_with_known)};
  for (const EntityNetwork& network : report.networks)
    systems.push_back(network_system(report, network));
  return systems;
}

EntityComparison compare_systems(const EntityPart& test, const EntitySystem& first,
                                 const EntitySystem& second) {
  const auto f1 = [](const EntitySystem& system) {
    return collect(system.runs, [](const EntityAnswer& run) { return run.all.f1(); });
  };
  const auto spread = [](const std::vector<double>& values) {
    return values.size() > 1 ? standard_deviation(values) : 0.0;
  };
  const std::vector<double> of_first = f1(first), of_second = f1(second);
  EntityComparison comparison{mean(of_first) - mean(of_second)};
  const Pooled a = pool(test, first), b = pool(test, second);
  double variance = 0;
  for (std::size_t i = 0; i < a.contributions.size(); ++i)
    variance += std::pow(a.contributions[i] - b.contributions[i], 2);
  if (variance > 0) comparison.z = (a.f1 - b.f1) / std::sqrt(variance);
  if (std::abs(comparison.z) > 2 &&
      std::abs(comparison.difference) > std::max(spread(of_first), spread(of_second)))
    comparison.outcome = comparison.difference > 0 ? 1 : -1;
  return comparison;
}

}  // namespace unroll::lessons
