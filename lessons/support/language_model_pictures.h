// The pictures of the lesson on character language models.
#pragma once

#include <string>
#include <vector>

#include "lessons/support/language_model_report.h"
#include "lessons/support/language_model_writing.h"
#include "lessons/support/unit_probes.h"

namespace unroll::lessons {

struct LanguageModelPictures {
  const LanguageModelReport& report;
  std::string caption;

  /// perplexity.png: how it fell, and bits a character beside the baselines.
  void draw_perplexity() const;
  /// sampling.png: one prompt, continued in every way.
  void draw_sampling(const std::vector<MethodScore>& methods) const;
  /// characters.png: how often each character comes, in the text and in what is written.
  void draw_characters(const CharacterStudy& study) const;
  /// functions.png: completed functions, and how many have balanced brackets.
  void draw_functions(const FunctionStudy& study) const;
  /// next.png: a text coloured by surprise, and the probabilities along one of its lines.
  void draw_next() const;
  /// units.png: a text coloured by the single units that follow something best; returns these.
  std::vector<UnitProbe> draw_units() const;
};

}  // namespace unroll::lessons
