#include "lessons/support/entity_tags.h"

#include <array>

namespace unroll::lessons {

namespace {

constexpr std::array kSchemes{TagScheme::kBio, TagScheme::kIob1, TagScheme::kBioes};

// A name that began at or before this word may go on behind it.
bool is_open(const EntityTag& tag) { return tag.prefix == 'B' || tag.prefix == 'I'; }

// Whether `next` belongs to the name that `before` belongs to.
bool continues(const EntityTag& before, const EntityTag& next) {
  return is_open(before) && (next.prefix == 'I' || next.prefix == 'E') && before.type == next.type;
}

}  // namespace

const char* name(TagScheme scheme) {
  switch (scheme) {
    case TagScheme::kBio:
      return "BIO";
    case TagScheme::kIob1:
      return "IOB1";
    case TagScheme::kBioes:
      break;
  }
  return "BIOES";
}

TagScheme parse_scheme(std::string_view name) {
  if (name == "bio") return TagScheme::kBio;
  return name == "iob1" ? TagScheme::kIob1 : TagScheme::kBioes;
}

bool is_entity_tag(std::string_view tag) {
  if (tag == "O") return true;
  return tag.size() > 2 && tag[1] == '-' &&
         std::string_view("BIESLU").find(tag[0]) != std::string_view::npos;
}

EntityTag parse_tag(std::string_view tag) {
  if (tag == "O") return {};
  const char prefix = tag[0] == 'L' ? 'E' : tag[0] == 'U' ? 'S' : tag[0];
  return {prefix, tag.substr(2)};
}

std::vector<Entity> entities_of(const std::vector<std::string>& tags) {
  std::vector<Entity> entities;
  EntityTag before;
  for (std::size_t i = 0; i < tags.size(); ++i) {
    const EntityTag tag = parse_tag(tags[i]);
    const auto at = static_cast<std::int64_t>(i);
    if (continues(before, tag))
      entities.back().end = at + 1;
    else if (tag.prefix != 'O')
      entities.push_back({at, at + 1, std::string(tag.type)});
    before = tag;
  }
  return entities;
}

std::vector<std::string> tags_of(const std::vector<Entity>& entities, std::int64_t words,
                                 TagScheme scheme) {
  std::vector<std::string> tags(static_cast<std::size_t>(words), "O");
  const Entity* before = nullptr;
  for (const Entity& entity : entities) {
    for (std::int64_t i = entity.begin; i < entity.end; ++i) {
      const bool first = i == entity.begin, last = i + 1 == entity.end;
      char prefix = first ? 'B' : 'I';
      if (scheme == TagScheme::kBioes && last) prefix = first ? 'S' : 'E';
      if (scheme == TagScheme::kIob1) {
        const bool touches =
            before != nullptr && before->end == entity.begin && before->type == entity.type;
        prefix = first && touches ? 'B' : 'I';
      }
      tags[static_cast<std::size_t>(i)] = std::string(1, prefix) + "-" + entity.type;
    }
    before = &entity;
  }
  return tags;
}

std::vector<std::string> all_tags(const std::vector<std::string>& types, TagScheme scheme) {
  std::vector<std::string> tags{"O"};
  for (const std::string& type : types)
    for (const char prefix : std::string_view(scheme == TagScheme::kBioes ? "BIES" : "BI"))
      tags.push_back(std::string(1, prefix) + "-" + type);
  return tags;
}

bool may_follow(TagScheme scheme, const EntityTag& before, const EntityTag& next) {
  const bool has_end = next.prefix == 'E' || next.prefix == 'S';
  if (has_end && scheme != TagScheme::kBioes) return false;
  const bool same_name = is_open(before) && before.type == next.type;
  switch (scheme) {
    case TagScheme::kBio:
      return next.prefix != 'I' || same_name;
    case TagScheme::kIob1:
      return next.prefix != 'B' || same_name;
    case TagScheme::kBioes:
      break;
  }
  return is_open(before) == (next.prefix == 'I' || next.prefix == 'E') &&
         (!is_open(before) || before.type == next.type);
}

std::int64_t count_invalid(TagScheme scheme, const std::vector<std::string>& tags) {
  std::int64_t count = 0;
  EntityTag before;
  for (const std::string& tag : tags) {
    const EntityTag next = parse_tag(tag);
    count += may_follow(scheme, before, next) ? 0 : 1;
    before = next;
  }
  return count + (may_follow(scheme, before, {}) ? 0 : 1);
}

TagScheme guess_scheme(const std::vector<std::vector<std::string>>& sentences) {
  TagScheme best = kSchemes[0];
  std::int64_t fewest = -1;
  for (const TagScheme scheme : kSchemes) {
    std::int64_t invalid = 0;
    for (const auto& tags : sentences) invalid += count_invalid(scheme, tags);
    if (fewest < 0 || invalid < fewest) {
      fewest = invalid;
      best = scheme;
    }
  }
  return best;
}

}  // namespace unroll::lessons
