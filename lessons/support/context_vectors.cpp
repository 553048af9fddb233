#include "lessons/support/context_vectors.h"

#include <algorithm>
#include <map>

#include "lessons/support/pca.h"

namespace unroll::lessons {

namespace {

std::vector<SimilarSentences> of_the_grammar() {
  SimilarSentences who{
      .title = "Who sees whom, and whether",
      .class_names = {"the dog does", "the cat does", "the dog does not", "the cat does not"}};
  const std::string animals[]{"the dog", "the cat"};
  const std::string verbs[2][2]{{"sees", "will see"}, {"does not see", "will not see"}};
  for (std::size_t negated = 0; negated < 2; ++negated)
    for (std::size_t agent = 0; agent < 2; ++agent)
      for (const std::string& verb : verbs[negated]) {
        who.texts.push_back(animals[agent] + " " + verb + " " + animals[1 - agent] + ".");
        who.names.push_back(who.texts.back());
        who.classes.push_back(static_cast<int>(2 * negated + agent));
      }
  SimilarSentences when{.title = "Who sleeps, and when",
                        .class_names = {"the man", "the queen", "the old horse", "she"}};
  for (std::size_t agent = 0; agent < when.class_names.size(); ++agent)
    for (const char* verb : {"sleeps", "slept", "was sleeping", "will sleep"}) {
      when.texts.push_back(when.class_names[agent] + " " + verb + ".");
      when.names.push_back(verb);
      when.classes.push_back(static_cast<int>(agent));
    }
  return {who, when};
}

// The test sentences with the most frequent beginnings of two words, the shortest ones of each.
std::vector<SimilarSentences> by_beginning(const TranslationPart& part) {
  std::map<std::string, std::vector<std::size_t>> beginnings;
  for (std::size_t i = 0; i < part.source_words.size(); ++i) {
    const std::vector<std::string>& words = part.source_words[i];
    if (words.size() > 2) beginnings[words[0] + " " + words[1]].push_back(i);
  }
  std::vector<std::pair<std::string, std::vector<std::size_t>>> order(beginnings.begin(),
                                                                      beginnings.end());
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.second.size() > b.second.size(); });
  order.resize(std::min<std::size_t>(order.size(), 4));
  SimilarSentences found{.title = "Test sentences that begin alike"};
  for (auto& [beginning, members] : order) {
    std::stable_sort(members.begin(), members.end(), [&](std::size_t a, std::size_t b) {
      return part.source_words[a].size() < part.source_words[b].size();
    });
    members.resize(std::min<std::size_t>(members.size(), 5));
    for (const std::size_t i : members) {
      found.texts.push_back(part.source_texts[i]);
      found.names.push_back(part.source_texts[i]);
      found.classes.push_back(static_cast<int>(found.class_names.size()));
    }
    found.class_names.push_back(beginning + " …");
  }
  if (found.texts.size() < 3) return {};
  return {found};
}

}  // namespace

std::vector<SimilarSentences> similar_sentences(const TranslationData& data) {
  return data.is_generated ? of_the_grammar() : by_beginning(data.test);
}

std::vector<ContextMap> map_contexts(const TranslationData& data, const ContextsOf& contexts_of) {
  std::vector<ContextMap> maps;
  for (SimilarSentences& sentences : similar_sentences(data)) {
    const std::vector<std::vector<float>> vectors = contexts_of(sentences.texts);
    std::vector<double> points;
    for (const std::vector<float>& vector : vectors)
      for (const float value : vector) points.push_back(static_cast<double>(value));
    const auto features = static_cast<std::int64_t>(vectors[0].size());
    PrincipalComponents found = principal_components(points, features, 2);
    maps.push_back({std::move(sentences), std::move(found.coordinates[0]),
                    std::move(found.coordinates[1]), found.shares[0], found.shares[1]});
  }
  return maps;
}

}  // namespace unroll::lessons
