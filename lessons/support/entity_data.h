// What the lesson of named entities learns from: sentences with names on one or more levels.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "lessons/support/entity_scores.h"
#include "lessons/support/entity_sentences.h"
#include "lessons/support/json.h"
#include "lessons/support/lexicon.h"

namespace unroll::lessons {

/// Tags, one vector a sentence.
using TagLists = std::vector<std::vector<std::string>>;

/// What is said of a part: the tags of each level.
using LevelTags = std::vector<TagLists>;

struct EntityPart {
  std::vector<std::vector<std::string>> sentences = {};  // their words
  SentenceNumbers words = {}, forms = {};                // in the lexicon
  std::vector<EntityLists> entities = {};                // of each level, outermost first

  std::int64_t size() const { return static_cast<std::int64_t>(sentences.size()); }
  std::int64_t tokens() const;
  std::int64_t names(std::size_t level) const;
};

struct EntityData {
  std::string name;
  TagScheme scheme;                // that the network learns
  TagScheme file_scheme;           // that the data were in
  std::vector<std::string> types;  // of the training part's names, in the order of their letters
  std::vector<std::string> tags;   // of the scheme, for these types; the same on each level
  Lexicon lexicon;                 // of words in small letters
  EntityPart train = {}, validation = {}, test = {};
  EntityPart test_with_known = {};  // of the lesson's own data: the test part with names of the
                                    // training part; otherwise empty
  std::vector<SentenceNumbers> targets = {};  // of the training part, a level each, in `tags`
  std::set<std::string> known_names = {};     // of the training part, in small letters
  std::int64_t invalid = 0;  // places where the data's tags are not what their scheme allows
  std::string split = {};    // how the parts were made, a sentence
  std::string sha256 = {};   // of all words and tags

  std::size_t levels() const { return train.entities.size(); }
  bool is_generated() const { return test_with_known.size() > 0; }
  /// "outer", "inner", "level 3"; with one level "names".
  std::string level_name(std::size_t level) const;
  /// Whether the training part has a name of the same words, small letters or not.
  bool is_known(const std::vector<std::string>& sentence, const Entity& entity) const;
  /// Some lines for the terminal.
  std::string describe() const;
  /// The same for metrics.json.
  Json to_json() const;
};

struct EntityChoice {
  std::string data = {};       // a file or folder; empty: the lesson's own
  std::string scheme = "bio";  // iob1, bio, bioes: what the network learns
  std::int64_t levels = 0;     // of --data; 0: 1
  std::int64_t sentences = 0;  // to train on; 0: all
  std::int64_t min_count = 1;  // of words in the vocabulary
};

/// Throws an input error when a file is not as expected or the training part has no names.
EntityData read_entity_data(const EntityChoice& choice);

/// The words of a name in small letters, with blanks between them.
std::string name_key(const std::vector<std::string>& sentence, const Entity& entity);

/// The names that tags stand for, as conlleval counts them.
EntityLists entities_of_all(const TagLists& tags);

/// A level's names of a part, as tags of a scheme.
TagLists tags_of_part(const EntityPart& part, std::size_t level, TagScheme scheme);

/// Some sentences side by side.
struct EntityBatch : WordBatch {
  Tensors tags;  // a level each (longest, batch), i32, 0 behind the ends; empty if not known
};

EntityBatch make_entity_batch(const EntityData& data, std::span<const std::int64_t> sentences);

}  // namespace unroll::lessons
