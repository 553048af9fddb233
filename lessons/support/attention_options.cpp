#include "lessons/support/attention_options.h"

#include <array>
#include <set>

#include "engine/error.h"
#include "lessons/support/lists.h"

namespace unroll::lessons {
namespace {

constexpr std::array<std::pair<std::string_view, AttentionScore>, 4> kScores{
    {{"additive", AttentionScore::kAdditive},
     {"dot", AttentionScore::kDot},
     {"general", AttentionScore::kGeneral},
     {"scaled-dot", AttentionScore::kScaledDot}}};
constexpr std::string_view kFeeding = "+feeding";

AttentionKind parse_kind(std::string_view text) {
  if (text == "none") return {};
  const bool feeds = text.ends_with(kFeeding);
  const std::string_view score = text.substr(0, text.size() - (feeds ? kFeeding.size() : 0));
  for (const auto& [name, value] : kScores)
    if (name == score) return {value, feeds};
  throw input_error(
      "--attention: expected none, additive, dot, general, scaled-dot with commas between them, "
      "each but none with +feeding or without, got '",
      text, "'");
}

}  // namespace

std::string AttentionKind::name() const {
  if (!score) return "none";
  std::string name;
  for (const auto& [known, value] : kScores)
    if (value == *score) name = known;
  return feeds ? name.append(kFeeding) : name;
}

AttentionOptions::AttentionOptions() {
  // Many networks in the time of one: small ones, on fewer pairs.
  hidden = 64;
  texts.pairs = 3000;
  schedule = "none";
}

std::vector<AttentionKind> AttentionOptions::kinds() const {
  std::vector<AttentionKind> kinds;
  std::set<std::string> names;
  for (const std::string& name : split_list(attention)) {
    kinds.push_back(parse_kind(name));
    if (!names.insert(name).second) throw input_error("--attention: '", name, "' comes twice");
  }
  if (kinds.empty()) throw input_error("--attention: expected at least one kind, got none");
  return kinds;
}

void AttentionOptions::add_to(CommandLine& command_line) {
  TranslationOptions::add_to(command_line);
  command_line.group("Attention");
  command_line.add("--attention", attention,
                   "the networks, with commas: none (lesson 08), additive, dot, general, "
                   "scaled-dot; with +feeding the decoder is told what it attended to before",
                   "LIST");
  // As lesson 08 has them without --full.
  command_line.when_full("--pairs", texts.pairs, 8000);
  command_line.when_full("--hidden", hidden, 96);
}

}  // namespace unroll::lessons
