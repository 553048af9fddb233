// BLEU and chrF against sacrebleu 2.6.0, which computed the numbers here with its defaults.
#include <cmath>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "lessons/support/bleu.h"
#include "lessons/support/chrf.h"
#include "lessons/support/translation_comparison.h"
#include "tests/expect_error.h"

namespace unroll::lessons {
namespace {

using unroll::testing::expect_error;
using Texts = std::vector<std::string>;

struct ScoredTexts {
  std::string name;
  Texts hypotheses, references;
  double bleu_13a, bleu_none, chrf;
};

const std::vector<ScoredTexts>& scored_by_sacrebleu() {
  static const std::vector<ScoredTexts> texts{
      {"plain",
       {"Le chat noir dort sur le tapis rouge .", "Elle ne mange pas les pommes vertes .",
        "Nous avons vu la grande maison ."},
       {"Le chat noir dort sur le tapis rouge .",
        "Elle ne mangeait pas les petites pommes vertes .",
        "Nous avons vu une grande maison blanche ."},
       55.3461152299,
       55.3461152299,
       75.7023186727},
      {"unicode and no-break spaces",
       {"Où est l'hôtel\u00a0? Il coûte 1\u202f250,50\u00a0€.",
        "«\u00a0Ça va\u00a0!\u00a0» dit-elle…", "Zoë aime l’été à Besançon."},
       {"Où est l'hôtel\u00a0? Il coûte 1\u202f250,75\u00a0€.",
        "«\u00a0Ça va bien\u00a0!\u00a0» dit-elle…", "Zoë aimait l’été à Besançon."},
       58.9579091876,
       57.3371759683,
       77.3465063154},
      {"numbers and punctuation",
       {"In 2016, 3.5% of 1,000,000 people (35,000) paid $12.50...",
        "A well-known T-shirt, 5-7 m long; pages 10-12.",
        "He said: \"no!\" [twice] {really} a/b a_b x^2 ~5 @home #1."},
       {"In 2016, 3.6% of 1,000,000 people (36,000) paid $12.50.",
        "A well-known T-shirt, 5-8 m long; pages 10-12.",
        "He said: \"no!\" [once] {really} a/b a_b x^3 ~5 @home #1."},
       72.7332753456,
       29.2983800794,
       84.2979714612},
      {"entities",
       {"Tom &amp; Jerry say &quot;hi&quot; &lt;b&gt; again", "a &amp;lt; b <skipped>c"},
       {"Tom & Jerry say \"hi\" <b> twice", "a < b c"},
       91.3444921729,
       11.5889528145,
       28.156966733},
      {"empty hypothesis",
       {"", "The dog sees the two small cats ."},
       {"A cat sleeps .", "The dog sees the two small birds ."},
       42.888194248,
       42.888194248,
       60.961806394},
      {"all empty", {"", ""}, {"A cat sleeps .", "A dog ."}, 0.0, 0.0, 0.0},
      {"short hypotheses",
       {"A cat", "Yes", "He sleeps ."},
       {"A cat", "Yes", "He sleeps well ."},
       0.0,
       0.0,
       62.6746617372},
      {"no four words match",
       {"the cat is here now", "a red house stands there"},
       {"the cat was here now", "a red barn stood there"},
       19.2290141828,
       19.2290141828,
       46.4716871265},
      {"no two words match",
       {"the dog barks loudly today", "two birds fly"},
       {"the cat meows loudly again", "two fish swim"},
       10.5112051907,
       10.5112051907,
       25.9238043626},
      {"nothing matches", {"x y z w", "q r s t"}, {"a b c d", "e f g h"}, 0.0, 0.0, 0.0},
      {"too long",
       {"the the the the the the the", "a cat a cat a cat sleeps"},
       {"the cat the mat", "a cat sleeps"},
       13.8880951701,
       13.8880951701,
       46.1383638332},
      {"case",
       {"The Cat Sleeps On The Mat"},
       {"the cat sleeps on the mat"},
       0.0,
       0.0,
       24.4644392845},
      {"points",
       {"Wait... what?.. a.b 1.2.3 ,5 6, 7,8 -3 4- .5.", "End.Start, (1.) 9-.-9"},
       {"Wait ... what ?.. a.b 1.2.3 , 5 6, 7,8 -3 4 - .5 .", "End. Start, (1.) 9 -.- 9"},
       94.1311170769,
       9.6080075999,
       100.0},
  };
  return texts;
}

TEST(Bleu, EqualsSacrebleu) {
  for (const ScoredTexts& texts : scored_by_sacrebleu()) {
    SCOPED_TRACE(texts.name);
    EXPECT_NEAR(corpus_bleu(texts.hypotheses, texts.references).score, texts.bleu_13a, 1e-8);
    EXPECT_NEAR(corpus_bleu(texts.hypotheses, texts.references, BleuTokenizer::kNone).score,
                texts.bleu_none, 1e-8);
    EXPECT_NEAR(corpus_chrf(texts.hypotheses, texts.references), texts.chrf, 1e-8);
  }
}

TEST(Bleu, SaysItsPartsAsSacrebleuDoes) {
  const auto& numbers = scored_by_sacrebleu()[2];
  EXPECT_EQ(corpus_bleu(numbers.hypotheses, numbers.references).text(),
            "72.73 88.5/79.3/69.1/57.7 (BP = 1.000 ratio = 1.034 hyp_len = 61 ref_len = 59)");
  const auto& empty = scored_by_sacrebleu()[5];
  EXPECT_EQ(corpus_bleu(empty.hypotheses, empty.references).text(),
            "0.00 0.0/0.0/0.0/0.0 (BP = 0.000 ratio = 0.000 hyp_len = 0 ref_len = 7)");
  EXPECT_TRUE(
      bleu_signature().starts_with("nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:"));
  EXPECT_NE(bleu_signature(BleuTokenizer::kNone).find("|tok:none|"), std::string::npos);
  EXPECT_TRUE(
      chrf_signature().starts_with("nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:"));
}

TEST(Bleu, Tokenizer13aAsSacrebleus) {
  const auto words = [](const char* text) { return bleu_words(text, BleuTokenizer::k13a); };
  EXPECT_EQ(words("Wait... what?.. a.b 1.2.3 ,5 6, -3 4- .5."),
            (Texts{"Wait",  ".", ".", ".", "what", "?",  ".", ".", "a", ".", "b",
                   "1.2.3", ",", "5", "6", ",",    "-3", "4", "-", ".", "5", "."}));
  EXPECT_EQ(words("L’été, 3,5\u202f% d'eau à Zoé-Ville\u00a0!"),
            (Texts{"L’été", ",", "3,5", "%", "d'eau", "à", "Zoé-Ville", "!"}));
  EXPECT_EQ(words("a &amp;lt; b <skipped>&quot;c"), (Texts{"a", "<", "b", "\"", "c"}));
  EXPECT_EQ(bleu_words(" a, b\u3000c. ", BleuTokenizer::kNone), (Texts{"a,", "b", "c."}));
}

TEST(Bleu, NeedsAReferenceForEachHypothesis) {
  const auto kInternal = Error::Cause::kMachine;
  expect_error([] { corpus_bleu(Texts{"a", "b"}, Texts{"a"}); }, kInternal, "got 2 hypotheses");
  expect_error([] { corpus_bleu(Texts{}, Texts{}); }, kInternal, "got 0 hypotheses");
  expect_error([] { corpus_chrf(Texts{"a"}, Texts{}); }, kInternal, "and 0 references");
}

// Of 300 sentences of one kind, `right` are translated without a mistake.
CountsBySentence run_with(int right) {
  Texts hypotheses, references;
  for (int i = 0; i < 300; ++i) {
    const bool is_right = (i * 7) % 300 < right;
    hypotheses.push_back(is_right ? "the small cat sleeps on the mat" : "the big dog sleeps here");
    references.push_back("the small cat sleeps on the mat");
  }
  return count_bleu(hypotheses, references);
}

BleuCounts sum_of(const CountsBySentence& sentences) {
  BleuCounts all;
  for (const BleuCounts& counts : sentences) all += counts;
  return all;
}

TEST(TranslationComparison, TellsARealDifferenceFromChance) {
  using Runs = std::vector<CountsBySentence>;
  const TranslationComparison clear =
      compare_translations(Runs{run_with(240)}, Runs{run_with(180)});
  EXPECT_EQ(clear.outcome, 1);
  EXPECT_TRUE(clear.text().ends_with(" BLEU: better")) << clear.text();
  EXPECT_EQ(compare_translations(Runs{run_with(180)}, Runs{run_with(240)}).outcome, -1);
  EXPECT_EQ(compare_translations(Runs{run_with(201)}, Runs{run_with(200)}).outcome, 0);
  const TranslationComparison same = compare_translations(Runs{run_with(99)}, Runs{run_with(99)});
  EXPECT_EQ(same.text(), "+0.00 BLEU: no difference");
  EXPECT_EQ(same.error, 0);
}

TEST(TranslationComparison, RunsThatDisagreeProveNothing) {
  using Runs = std::vector<CountsBySentence>;
  const Runs unsteady{run_with(280), run_with(160)}, steady{run_with(180), run_with(180)};
  const TranslationComparison comparison = compare_translations(unsteady, steady);
  EXPECT_GT(comparison.difference(), 2 * comparison.error);
  EXPECT_EQ(comparison.outcome, 0);
}

// How far BLEU would be from this test part to another is what the bootstrap says.
TEST(TranslationComparison, ErrorIsTheSpreadBetweenTestParts) {
  // Precisions and length are means over sentences, so BLEU of a test part is nearly normal around
  // its expectation; a binomial share p of right sentences has the deviation √(p(1−p)/n).
  using Runs = std::vector<CountsBySentence>;
  const TranslationComparison comparison =
      compare_translations(Runs{run_with(150)}, Runs{run_with(0)});
  const double slope = Bleu(sum_of(run_with(165))).score - Bleu(sum_of(run_with(135))).score;
  const double expected = slope / 0.1 * std::sqrt(0.25 / 300);
  EXPECT_NEAR(comparison.error, expected, 0.15 * expected);
}

}  // namespace
}  // namespace unroll::lessons
