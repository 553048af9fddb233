#include <cmath>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>

#include "lessons/support/run_directory.h"
#include "lessons/support/table.h"
#include "tests/expect_error.h"
#include "tests/temporary_folder.h"

namespace unroll::lessons {
namespace {

namespace fs = std::filesystem;
using unroll::testing::expect_error;
using unroll::testing::expect_input_error;
using unroll::testing::TemporaryFolder;

std::size_t count_entries(const fs::path& folder) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder)) ++count;
  return count;
}

TEST(RunDirectory, WritesMetricsWhole) {
  const TemporaryFolder folder;
  const RunDirectory run(folder.path() / "out" / "a run");
  RunRecord record;
  record.lesson = "02_text_generation";
  record.settings = {{"hidden", 128}, {"seed", 1}, {"prompt", "broken \xFF"}};
  record.threads = 2;
  record.data["sha256"] = "abc";
  record.scores["validation_nats"] = 1.5;
  record.scores["nothing"] = std::nan("");
  record.baselines["5-gram"] = 1.67;
  run.write_metrics(record);
  run.write_metrics(record);  // replaces
  EXPECT_EQ(count_entries(run.path()), 1u);

  std::ifstream in(run.file("metrics.json"));
  const Json metrics = Json::parse(in);
  EXPECT_EQ(metrics["lesson"], "02_text_generation");
  EXPECT_EQ(metrics["settings"]["hidden"], 128);
  EXPECT_EQ(metrics["settings"]["prompt"], "broken \uFFFD");
  EXPECT_EQ(metrics["threads"], 2);
  EXPECT_EQ(metrics["data"]["sha256"], "abc");
  EXPECT_EQ(metrics["scores"]["validation_nats"], 1.5);
  EXPECT_TRUE(metrics["scores"]["nothing"].is_null());
  EXPECT_EQ(metrics["baselines"]["5-gram"], 1.67);
  EXPECT_GE(metrics["duration_seconds"], 0.0);
  const std::string date = metrics["date"];
  EXPECT_EQ(date.size(), 20u) << date;
  EXPECT_EQ(date.back(), 'Z');
  EXPECT_FALSE(metrics["unroll_version"].get<std::string>().empty());
}

TEST(RunDirectory, RefusesAFolderThatCannotBeMade) {
  const TemporaryFolder folder;
  const fs::path file = folder.write("file", "keep me");
  const std::string message =
      expect_input_error([&] { RunDirectory(file / "below" / "deep"); }, "file is not a folder");
  EXPECT_NE(message.find("--out"), std::string::npos) << message;
  expect_input_error([&] { RunDirectory{file}; }, "is not a folder");
  fs::create_symlink("nowhere", folder.path() / "broken");
  expect_input_error([&] { RunDirectory(folder.path() / "broken" / "x"); },
                     "broken is a broken link");
  expect_input_error([] { RunDirectory(""); }, "--out is empty");
  expect_input_error([] { RunDirectory("/proc/nothing/here"); }, "/proc/nothing/here");
  EXPECT_EQ(count_entries(folder.path()), 2u);  // nothing half-made
}

TEST(RunDirectory, MetricsThatCannotBeWrittenLeaveTheOldOnes) {
  const TemporaryFolder folder;
  const RunDirectory run(folder.path() / "out");
  fs::create_directory(run.file("metrics.json"));  // where a file should go
  folder.write("out/metrics.json/old", "x");
  expect_input_error([&] { run.write_metrics({}); }, "metrics.json");
  EXPECT_EQ(count_entries(run.path()), 1u);  // no temporary file is left
  EXPECT_TRUE(fs::exists(run.file("metrics.json") / "old"));
}

TEST(Table, AlignsByColumnsNotBytes) {
  Table table({"model", "nats", "bits"});
  table.add_row({"LSTM, 2 × 128", "1.503", "2.168"});
  table.add_row({"5-gram", "1.669", "2.41"});
  EXPECT_EQ(table.str(),
            "model           nats   bits\n"
            "───────────────────────────\n"
            "LSTM, 2 × 128  1.503  2.168\n"
            "5-gram         1.669   2.41\n");
  expect_error([&] { table.add_row({"short"}); }, Error::Cause::kMachine,
               "expected 3 cells, got 1");
}

}  // namespace
}  // namespace unroll::lessons
