// The settings of the attention lesson and its command line.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lessons/support/attention.h"
#include "lessons/support/translation_options.h"

namespace unroll::lessons {

/// One of the networks that the lesson compares.
struct AttentionKind {
  std::optional<AttentionScore> score = {};  // nothing: the network of lesson 08
  bool feeds = false;                        // input feeding

  /// "none", "additive", "general+feeding".
  std::string name() const;
};

struct AttentionOptions : TranslationOptions {
  AttentionOptions();

  std::string attention = "none,additive,dot,general,scaled-dot,general+feeding";

  /// Those of `attention`. Throws an input error for what is none, or comes twice.
  std::vector<AttentionKind> kinds() const;

  void add_to(CommandLine& command_line);
};

}  // namespace unroll::lessons
