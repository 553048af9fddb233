#include "lessons/support/tagging_scores.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "lessons/support/metrics.h"

namespace unroll::lessons {

namespace {

// For each sentence how many words are right, the mean over the runs.
std::vector<double> right_by_sentence(const std::vector<Predictions>& runs,
                                      const TaggingPart& part) {
  const std::vector<std::int32_t> targets = TaggingPart::joined(part.tags);
  std::vector<double> right(static_cast<std::size_t>(part.size()));
  for (const Predictions& run : runs) {
    const std::vector<double> of_words = correctness(run, targets);
    std::size_t word = 0;
    for (std::size_t i = 0; i < right.size(); ++i)
      for (std::size_t t = 0; t < part.tags[i].size(); ++t)
        right[i] += of_words[word++] / static_cast<double>(runs.size());
  }
  return right;
}

}  // namespace

FrequentTags::FrequentTags(const TaggingData& data)
    : tags_(data.num_tags()), counts_(data.lexicon.forms.size() * data.tags.size()) {
  const std::vector<std::int32_t> forms = TaggingPart::joined(data.train.forms);
  const std::vector<std::int32_t> tags = TaggingPart::joined(data.train.tags);
  for (std::size_t i = 0; i < forms.size(); ++i)
    ++counts_[static_cast<std::size_t>(forms[i] * tags_ + tags[i])];
  std::vector<std::int64_t> of_rare(data.tags.size());
  for (std::size_t form = 0; form < data.lexicon.forms.size(); ++form) {
    const auto row = counts_.begin() + static_cast<std::int64_t>(form) * tags_;
    if (std::accumulate(row, row + tags_, std::int64_t{0}) == 1)
      ++of_rare[static_cast<std::size_t>(std::max_element(row, row + tags_) - row)];
  }
  of_unknown_ =
      static_cast<std::int32_t>(std::max_element(of_rare.begin(), of_rare.end()) - of_rare.begin());
}

std::int64_t FrequentTags::different(std::int32_t form) const {
  const auto row = counts_.begin() + form * tags_;
  return tags_ - std::count(row, row + tags_, 0);
}

Predictions FrequentTags::tag(const TaggingPart& part) const {
  Predictions said{tags_};
  for (const std::int32_t form : TaggingPart::joined(part.forms)) {
    const auto row = counts_.begin() + form * tags_;
    const std::int64_t best =
        is_known(form) ? std::max_element(row, row + tags_) - row : of_unknown_;
    for (std::int64_t tag = 0; tag < tags_; ++tag)
      said.probabilities.push_back(tag == best ? 1.0 : 0.0);
  }
  return said;
}

std::int64_t WordGroup::size() const { return std::count(members.begin(), members.end(), true); }

double WordGroup::mean_of(const std::vector<double>& values) const {
  RunningMean all;
  for (std::size_t i = 0; i < members.size(); ++i)
    if (members[i]) all.add(values[i]);
  return all.value();
}

std::vector<WordGroup> word_groups(const TaggingData& data, const FrequentTags& frequent,
                                   const TaggingPart& part) {
  std::vector<WordGroup> groups{{"all words"}, {"ambiguous"}, {"unknown"}};
  for (const std::int32_t form : TaggingPart::joined(part.forms)) {
    groups[0].members.push_back(true);
    groups[1].members.push_back(frequent.is_ambiguous(form));
    groups[2].members.push_back(!frequent.is_known(form));
  }
  if (!data.is_generated) return groups;
  for (const auto& [decider, name] :
       {std::pair{Decider::kLeft, "left decides"}, std::pair{Decider::kRight, "right decides"}}) {
    WordGroup& group = groups.emplace_back(WordGroup{name});
    for (const auto& sentence : part.deciders)
      for (const Decider of_word : sentence) group.members.push_back(of_word == decider);
  }
  return groups;
}

std::int64_t choose_sample(const TaggingData& data, const FrequentTags& frequent,
                           const Predictions& said) {
  const std::vector<std::int32_t> labels = said.labels();
  std::int64_t best = 0, best_value = std::numeric_limits<std::int64_t>::min();
  std::size_t word = 0;
  for (std::int64_t i = 0; i < data.test.size(); ++i) {
    const auto& forms = data.test.forms[static_cast<std::size_t>(i)];
    const auto& tags = data.test.tags[static_cast<std::size_t>(i)];
    std::int64_t value = forms.size() >= 7 && forms.size() <= 14 ? 0 : -1000;
    for (std::size_t t = 0; t < forms.size(); ++t, ++word) {
      const bool is_hard = frequent.is_ambiguous(forms[t]) || !frequent.is_known(forms[t]);
      value += labels[word] != tags[t] ? -100 : is_hard ? 1 : 0;
    }
    if (value > best_value) {
      best = i;
      best_value = value;
    }
  }
  return best;
}

TaggerComparison compare_taggers(const std::vector<Predictions>& first,
                                 const std::vector<Predictions>& second, const TaggingPart& part) {
  const std::vector<std::int32_t> targets = TaggingPart::joined(part.tags);
  const auto accuracies = [&](const std::vector<Predictions>& runs) {
    return collect(runs, [&](const Predictions& run) { return mean(correctness(run, targets)); });
  };
  const auto spread = [](const std::vector<double>& values) {
    return values.size() > 1 ? standard_deviation(values) : 0.0;
  };
  const std::vector<double> of_first = accuracies(first), of_second = accuracies(second);
  TaggerComparison comparison{
      mean(of_first) - mean(of_second),
      paired_z(right_by_sentence(first, part), right_by_sentence(second, part))};
  if (std::abs(comparison.z) > 2 &&
      std::abs(comparison.difference) > std::max(spread(of_first), spread(of_second)))
    comparison.outcome = comparison.difference > 0 ? 1 : -1;
  return comparison;
}

}  // namespace unroll::lessons
