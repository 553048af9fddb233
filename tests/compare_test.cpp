// bench/compare: statistics, cases, the arrays, the record, floors, and contenders that misbehave.
// tests/compare_test.sh runs the program.
#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <signal.h>
#include <sstream>

#include "bench/compare/arrays.h"
#include "bench/compare/baseline.h"
#include "bench/compare/document.h"
#include "bench/compare/peer_process.h"
#include "bench/compare/peers.h"
#include "bench/compare/report.h"
#include "bench/compare/summary.h"
#include "tests/expect_error.h"
#include "tests/temporary_folder.h"

namespace unroll::compare {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::ordered_json;
using unroll::testing::expect_input_error;
using unroll::testing::TemporaryFolder;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// As many samples as `seconds`, each beside a probe of the same place in `probes`.
std::vector<Sample> samples(const std::vector<double>& seconds, const std::vector<double>& probes) {
  std::vector<Sample> all;
  for (size_t i = 0; i < seconds.size(); ++i) all.push_back({seconds[i], probes[i]});
  return all;
}

TEST(CompareStatistics, Quantiles) {
  EXPECT_EQ(quantile({3}, 0.9), 3);
  EXPECT_EQ(quantile({4, 1, 2, 3}, 0), 1);
  EXPECT_EQ(quantile({4, 1, 2, 3}, 0.5), 2.5);
  EXPECT_EQ(quantile({4, 1, 2, 3}, 1), 4);
  EXPECT_DOUBLE_EQ(quantile({0, 10}, 0.25), 2.5);
  EXPECT_DOUBLE_EQ(geometric_mean({1, 4, 16}), 4);
  EXPECT_DOUBLE_EQ(usual_speed({100, 100, 100, 100, 100, 100, 100, 100, 100, 30, 100}), 100);
}

TEST(CompareStatistics, ASampleBesideASlowProbeOrThatWaitedIsDropped) {
  auto mixed = samples({1, 1.2, 5, 1.1, 9, 7}, {100, 95, 60, 91, 89, 100});
  mixed.back().waited = 0.3;
  const Timing timing = compare::timing(mixed, 100).value();
  EXPECT_DOUBLE_EQ(timing.median, 1.1);
  EXPECT_EQ(timing.counted, 3u);
  EXPECT_EQ(timing.dropped, 3u);
  EXPECT_FALSE(timing.noisy);
  EXPECT_LT(timing.lower_quartile, timing.median);
  EXPECT_GT(timing.upper_quartile, timing.median);
}

TEST(CompareStatistics, WhereFewSamplesCountAllAreUsedAndItIsSaid) {
  const Timing timing = compare::timing(samples({1, 2, 30}, {100, 100, 10}), 100).value();
  EXPECT_TRUE(timing.noisy);
  EXPECT_DOUBLE_EQ(timing.median, 2);
  EXPECT_FALSE(compare::timing({}, 100));
}

TEST(CompareStatistics, RatiosAreTakenWithinARound) {
  // The machine doubles its speed after two rounds: the ratio is the same in each.
  const auto theirs = samples({8, 8, 4, 4}, {100, 100, 100, 100});
  const auto ours = samples({4, 4, 2, 2}, {100, 100, 100, 100});
  EXPECT_DOUBLE_EQ(ratio(theirs, ours, 100).value(), 2);
  // A round counts only where both samples do.
  EXPECT_DOUBLE_EQ(ratio(samples({8, 8, 8, 80}, {100, 100, 100, 10}), ours, 100).value(), 2);
  // One contender failed after the first round.
  EXPECT_DOUBLE_EQ(ratio(samples({12}, {100}), ours, 100).value(), 3);
  EXPECT_FALSE(ratio({}, ours, 100));
}

TEST(CompareCase, TheGridIsWhatIsPromised) {
  std::set<std::string> names;
  for (const Case& one : grid({1, 2}, false)) EXPECT_TRUE(names.insert(one.name()).second);
  // LSTM at two lengths, GRU and RNN at one; 2 passes, 5 hidden sizes, 3 batches, 2 thread counts.
  const auto starts = [&](const std::string& start) {
    return std::count_if(names.begin(), names.end(),
                         [&](const std::string& name) { return name.starts_with(start); });
  };
  EXPECT_EQ(starts("lstm/"), 2 * 2 * 5 * 3 * 2);
  EXPECT_EQ(starts("gru/"), 2 * 5 * 3 * 2);
  EXPECT_EQ(starts("rnn/"), 2 * 5 * 3 * 2);
  EXPECT_TRUE(names.contains("lstm/training/hidden:1024/batch:64/length:128/threads:2"));
  EXPECT_TRUE(names.contains("gemm/m:1024/n:1024/k:1024/threads:1"));
  for (const Case& one : grid({1, 2}, true)) EXPECT_TRUE(names.contains(one.name())) << one.name();
}

TEST(CompareCase, FlopsAreThoseOfTheProducts) {
  const Case step{.kind = Kind::kLstm, .hidden = 10, .batch = 3, .length = 7};
  EXPECT_EQ(step.flops(), 2.0 * 4 * 10 * 20 * 3 * 7);
  Case training = step;
  training.pass = Pass::kTraining;
  EXPECT_EQ(training.flops(), 3 * step.flops());
  EXPECT_EQ((Case{.kind = Kind::kGemm, .m = 2, .n = 3, .k = 5}.flops()), 2.0 * 2 * 3 * 5);
  for (const Case& one : grid({2}, false)) EXPECT_EQ(Json(one).get<Case>(), one);
}

TEST(CompareArrays, InputsAreTheSameEachTimeAndResultsAreChecked) {
  const TemporaryFolder folder;
  const Case one{.kind = Kind::kGru, .pass = Pass::kTraining, .hidden = 4, .batch = 2, .length = 3};
  write_inputs(one, folder.path() / "a");
  write_inputs(one, folder.path() / "b");
  const auto content = [](const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  EXPECT_EQ(content(folder.path() / "a"), content(folder.path() / "b"));
  int64_t size = 0;
  for (const Array& array : one.inputs()) size += array.size();
  EXPECT_EQ(content(folder.path() / "a").size(), static_cast<size_t>(size) * 4);

  std::vector<float> ours(24 + 24 + 48 + 48 + 12 + 12, 0.5F);
  folder.write("short", "1234");
  EXPECT_TRUE(read_results_of(one, folder.path() / "short").empty());
  EXPECT_TRUE(read_results_of(one, folder.path() / "missing").empty());
  folder.write("right", {reinterpret_cast<const char*>(ours.data()), ours.size() * 4});
  EXPECT_EQ(read_results_of(one, folder.path() / "right"), ours);

  EXPECT_EQ(largest_difference(one, ours, ours).error, 0);
  std::vector<float> theirs = ours;
  theirs[24 + 24 + 5] = 0.75F;
  EXPECT_EQ(largest_difference(one, ours, theirs).array, "dw_ih");
  EXPECT_EQ(largest_difference(one, ours, theirs).error, 0.5);
  theirs[0] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(largest_difference(one, ours, theirs).array, "output");
  EXPECT_EQ(largest_difference(one, ours, theirs).error, kInfinity);
}

// A run of two cases in which oneDNN takes 1.2 times as long as we do, and PyTorch is wrong.
Results example() {
  Results results{.date = "2026-01-31", .machine = "A processor", .version = "1.2"};
  results.tolerance = 1e-4;
  results.peers = {{.id = kOurs, .title = "unroll", .version = "1.2"},
                   {.id = "onednn", .title = "oneDNN", .version = "2.6"},
                   {.id = "torch", .title = "PyTorch", .version = "2.0"},
                   {.id = "keras", .title = "Keras", .problem = "no keras", .install = "get it"}};
  results.peers[1].settings = {{"threading", "OpenMP"}};
  results.peak[1] = 1e9;
  for (const int64_t hidden : {64, 512}) {
    Comparison comparison{
        {.kind = Kind::kLstm, .pass = Pass::kTraining, .hidden = hidden, .batch = 16, .length = 32},
        {}};
    const double seconds = comparison.one.flops() / 0.7e9;
    comparison.outcomes[kOurs].samples = std::vector<Sample>(5, {seconds, 1e9});
    comparison.outcomes["onednn"].samples = std::vector<Sample>(5, {1.2 * seconds, 1e9});
    comparison.outcomes["torch"].problem = "wrong: dx";
    results.comparisons.push_back(comparison);
  }
  return results;
}

TEST(CompareResults, TheRecordIsReadAsItWasWritten) {
  const TemporaryFolder folder;
  Results results = example();
  results.reading[{1, 4096}] = 5e10;
  const Json json = to_json(results);
  const auto file = folder.write("run.json", json.dump());
  EXPECT_EQ(to_json(read_results(file)), json);
  EXPECT_EQ(json["cases"][0]["contenders"]["onednn"]["times_ours"], 1.2);
  expect_input_error([&] { read_results(folder.path() / "missing"); }, "missing");
  expect_input_error([&] { read_results(folder.write("other.json", "{}")); }, "other.json");
}

TEST(CompareResults, ALaterRunIsAddedInTheOrderOfTheGrid) {
  Results results = example();
  Results later = example();
  later.date = "2026-02-01";
  later.peak[1] = 2e9;
  later.comparisons = {example().comparisons[0]};
  later.comparisons[0].one.hidden = 256;
  append(results, later);
  std::vector<int64_t> sizes;
  for (const Comparison& comparison : results.comparisons) sizes.push_back(comparison.one.hidden);
  EXPECT_EQ(sizes, (std::vector<int64_t>{64, 256, 512}));
  EXPECT_EQ(results.date, "2026-01-31 to 2026-02-01");
  EXPECT_EQ(results.peak[1], 2e9);
  EXPECT_EQ(results.peers.size(), 4u);
  later.peers[1].version = "3.0";
  expect_input_error([&] { append(results, later); }, "oneDNN was '2.6', not '3.0'");
  later = example();
  later.quick = true;
  expect_input_error([&] { append(results, later); }, "effort");
}

TEST(CompareResults, TablesSayWhoIsFasterAndWhoIsMissing) {
  const Results results = example();
  const std::string top = heading(results, Style::kPlain);
  EXPECT_NE(top.find("oneDNN 2.6, threading OpenMP"), std::string::npos) << top;
  EXPECT_NE(top.find("Keras is missing: no keras; to install it: get it"), std::string::npos)
      << top;
  EXPECT_NE(top.find("0 of 20 samples"), std::string::npos) << top;
  const std::string rows = tables(results, Style::kMarkdown);
  EXPECT_NE(rows.find("**LSTM, training, 1 thread**"), std::string::npos) << rows;
  EXPECT_NE(rows.find("| H 64, B 16, T 32 |"), std::string::npos) << rows;
  EXPECT_NE(rows.find("| 70 % | 1.20 | wrong |"), std::string::npos) << rows;
}

TEST(CompareResults, FloorsAreTestedByClass) {
  const std::string text = summary(example(), Style::kMarkdown);
  EXPECT_NE(text.find("| 1.20× (1.20×) | 70 % (70 %) |"), std::string::npos) << text;
  EXPECT_NE(text.find("70 % (70 %) ✗"), std::string::npos) << text;
  const std::string missed = missed_floors(example(), Style::kPlain);
  EXPECT_NE(
      missed.find("hidden:512/batch:16/length:32/threads:1: of peak, 1 thread 70 % (floor 75"),
      std::string::npos)
      << missed;
  EXPECT_EQ(missed.find("hidden:64"), std::string::npos) << missed;

  Results fine = example();
  std::erase_if(fine.comparisons, [](const Comparison& c) { return c.one.hidden == 512; });
  EXPECT_NE(missed_floors(fine, Style::kPlain).find("Every floor"), std::string::npos);
  for (Comparison& comparison : fine.comparisons) comparison.one.kind = Kind::kGru;
  EXPECT_NE(missed_floors(fine, Style::kPlain).find("Nothing that was measured has a floor"),
            std::string::npos);
}

TEST(CompareResults, ABaselineIsComparedByShareOfPeak) {
  const Results before = example();
  Results now = before;
  now.peak[1] *= 2;  // a faster machine, on which the first case keeps its share
  for (auto& [id, outcome] : now.comparisons[0].outcomes)
    for (Sample& sample : outcome.samples) sample = {sample.seconds / 2, 2e9};
  const std::string text = against_baseline(now, before);
  EXPECT_NE(text.find("0.50×  lstm/training/hidden:512/batch:16/length:32/threads:1: 70 % to 35 %"),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find("hidden:64"), std::string::npos) << text;
}

TEST(CompareDocument, OnlyTheBlockIsReplaced) {
  const TemporaryFolder folder;
  const auto file = folder.write("README.md",
                                 "before\n<!-- compare: begin (by hand) -->\nold\n"
                                 "<!-- compare: end -->\nafter\n");
  replace_block(file, "new\n");
  std::ostringstream content;
  content << std::ifstream(file).rdbuf();
  EXPECT_EQ(content.str(),
            "before\n<!-- compare: begin (by hand) -->\n\nnew\n\n<!-- compare: end -->\nafter\n");
  expect_input_error([&] { replace_block(folder.write("x.md", "no block"), ""); },
                     "compare: begin");
}

TEST(ComparePeers, TheListIsCheckedAndItsPlaceholdersAreFilled) {
  const TemporaryFolder folder;
  const auto list = folder.write("peers.json", R"([{"id": "unroll", "title": "unroll",
    "command": ["{programs}/p", "{scripts}{packages}"], "environment": {"A": "{packages}/b"}}])");
  const Peer peer = read_peers(list, {"/scripts", "/programs", "/packages"}).at(0);
  EXPECT_EQ(peer.command.arguments, (std::vector<std::string>{"/programs/p", "/scripts/packages"}));
  EXPECT_EQ(peer.command.environment.at("A"), "/packages/b");
  expect_input_error([&] { read_peers(folder.write("none.json", "[]"), {}); }, "no contender");
  expect_input_error([&] { read_peers(folder.write("bad.json", "[{}]"), {}); }, "bad.json");
}

// A contender that is a line of shell.
PeerCommand shell(const std::string& script) { return {{"/bin/sh", "-c", script}, {}}; }

std::string failure_of(const PeerCommand& command, std::chrono::seconds patience = 20s) {
  const TemporaryFolder folder;
  try {
    PeerProcess process(command, 1, folder.path() / "log");
    process.greeting(patience);
    process.ask({{"command", "run"}}, patience);
  } catch (const PeerFailure& failure) {
    return failure.what();
  }
  return "";
}

TEST(ComparePeerProcess, AnswersAndIsStoppedInBetween) {
  const TemporaryFolder folder;
  PeerProcess process(shell("echo '{\"threads\": '$OMP_NUM_THREADS'}'; read line; echo \"$line\""),
                      3, folder.path() / "log");
  EXPECT_EQ(process.greeting(20s)["threads"], 3);
  std::ifstream file("/proc/" + std::to_string(process.pid()) + "/stat");
  std::string id, name, state;
  file >> id >> name >> state;
  EXPECT_EQ(state, "T");
  EXPECT_EQ(process.ask({{"command", "echo"}}, 20s)["command"], "echo");
}

TEST(ComparePeerProcess, SaysWhatWentWrong) {
  EXPECT_NE(failure_of({{"/nonexistent/peer"}, {}}).find("is not there"), std::string::npos);
  EXPECT_NE(failure_of(shell("echo hello")).find("expected a line of JSON, got: hello"),
            std::string::npos);
  EXPECT_NE(failure_of(shell("echo no such thing >&2; exit 3"))
                .find("exit code 3; its last words: no such thing"),
            std::string::npos);
  EXPECT_NE(failure_of(shell("echo '{}'; read line; kill -9 $$")).find("signal 9"),
            std::string::npos);
  EXPECT_NE(failure_of(shell("sleep 60"), 1s).find("no answer in 1 s"), std::string::npos);
}

TEST(ComparePeerProcess, IsKilledThoughItIsStopped) {
  const TemporaryFolder folder;
  pid_t pid = 0;
  {
    PeerProcess process(shell("echo '{}'; sleep 60"), 1, folder.path() / "log");
    process.greeting(20s);
    pid = process.pid();
  }
  EXPECT_NE(kill(pid, 0), 0);
}

}  // namespace
}  // namespace unroll::compare
