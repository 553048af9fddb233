// Sentences with names in them, made up by a grammar: persons, places, organisations and events.
//
// Names are made of syllables. Training, validation and test part have gazetteers of their own,
// without a common name, so no name can be recognised: what is left are its form (places often
// end in -burg or -ton, families in -son or -ov, and some the other way round) and its sentence. A
// name without an ending, Keran, is a family's in "Keran said no", a town's in "Keran lies on the
// coast" and a company's in "Shares of Keran fell"; in "Everyone talks about Keran" nobody can
// tell, so no network finds all. Organisations and events are often called by a place or a family,
// and then hold a name inside:
//   [Bank of [Keran LOC] ORG]   [[Tolov PER] Cup EVENT]
#pragma once

#include <cstdint>
#include <vector>

#include "lessons/support/entity_sentences.h"

namespace unroll::lessons {

enum class EntityPartName { kTrain, kValidation, kTest };

/// `count` sentences of a part, with two levels of BIO tags; a function of the arguments. `names`
/// says whose gazetteers the names are taken from: the test part with the training part's names is
/// the same sentences with names that have been seen.
std::vector<EntitySentence> generate_entity_sentences(EntityPartName part, EntityPartName names,
                                                      std::int64_t count, std::uint64_t seed);

}  // namespace unroll::lessons
