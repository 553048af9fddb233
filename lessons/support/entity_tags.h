// Names in sentences, and the three ways to write them as a tag a word.
//
//            Ada   King  meets  Babbage  London
//   IOB1     I-PER I-PER O      I-PER    I-LOC    B- only where a name touches one of its own type
//   BIO      B-PER I-PER O      B-PER    B-LOC    also called IOB2
//   BIOES    B-PER E-PER O      S-PER    S-LOC    the end is marked, and a name of one word
//
// What a sequence means that none of them allows (I-PER behind O, I-LOC behind B-PER) is settled as
// conlleval does: a name begins wherever something stands that is not the continuation of one.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace unroll::lessons {

enum class TagScheme { kBio, kIob1, kBioes };

/// "BIO", "IOB1", "BIOES".
const char* name(TagScheme scheme);
/// The scheme that --scheme names, in small letters.
TagScheme parse_scheme(std::string_view name);

/// Words [begin, end) of a sentence, and what they name.
struct Entity {
  std::int64_t begin = 0, end = 0;
  std::string type = {};

  auto operator<=>(const Entity&) const = default;
};

/// A tag taken apart: 'O' without a type, or one of B, I, E, S with one.
struct EntityTag {
  char prefix = 'O';
  std::string_view type = {};
};

/// Whether `tag` is O or one of B-, I-, E-, S- (BILOU's L- and U-, which mean E- and S-) and a
/// type.
bool is_entity_tag(std::string_view tag);

/// Takes apart what `is_entity_tag`.
EntityTag parse_tag(std::string_view tag);

/// The names of a sentence, in order, as conlleval counts them.
std::vector<Entity> entities_of(const std::vector<std::string>& tags);

/// The tags of a sentence of `words` words with these names, which are in order and do not overlap.
std::vector<std::string> tags_of(const std::vector<Entity>& entities, std::int64_t words,
                                 TagScheme scheme);

/// All tags that a scheme has for these types, O first.
std::vector<std::string> all_tags(const std::vector<std::string>& types, TagScheme scheme);

/// Whether the scheme lets one tag follow another; the edges of a sentence count as O.
bool may_follow(TagScheme scheme, const EntityTag& before, const EntityTag& next);

/// At how many places of a sentence, its edges included, a tag stands that may not follow.
std::int64_t count_invalid(TagScheme scheme, const std::vector<std::string>& tags);

/// The scheme that fits most places of these sentences, the first of the enumeration if several do.
TagScheme guess_scheme(const std::vector<std::vector<std::string>>& sentences);

}  // namespace unroll::lessons
