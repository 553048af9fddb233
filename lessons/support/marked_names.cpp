#include "lessons/support/marked_names.h"

#include <algorithm>
#include <array>

namespace unroll::lessons {

namespace {

// Codes of the terminal: cyan, yellow, magenta, green, red, blue.
constexpr std::array kColors{36, 33, 35, 32, 31, 34};

}  // namespace

std::string mark_names(const std::vector<std::string>& sentence,
                       const std::vector<std::vector<Entity>>& levels,
                       const std::vector<std::string>& types, bool colors) {
  const auto painted = [&](const std::string& text, const Entity* entity) {
    if (!colors || entity == nullptr) return text;
    const auto number = static_cast<std::size_t>(
        std::find(types.begin(), types.end(), entity->type) - types.begin());
    return "\x1b[1;" + std::to_string(kColors[number % kColors.size()]) + "m" + text + "\x1b[0m";
  };
  std::string marked;
  for (std::size_t i = 0; i < sentence.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    std::string before, behind;
    const Entity* innermost = nullptr;
    for (const std::vector<Entity>& level : levels)
      for (const Entity& entity : level) {
        if (at < entity.begin || at >= entity.end) continue;
        innermost = &entity;
        if (at == entity.begin) before += painted("[", &entity);
        if (at + 1 == entity.end) behind = painted(" " + entity.type + "]", &entity) + behind;
      }
    marked += (i > 0 ? " " : "") + before + painted(sentence[i], innermost) + behind;
  }
  return marked;
}

}  // namespace unroll::lessons
