// Threads: parallel_for covers its range once whatever else is going on, and a team meets.
#include "kernels/parallel.h"

#include <atomic>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace unroll::kernels {
namespace {

class Parallel : public testing::Test {
 protected:
  ~Parallel() override { set_num_threads(before_); }
  const int before_ = num_threads();
};

// How often parallel_for visits each of n items; also checks that ranges begin at multiples of
// grain.
std::vector<int> visits(int64_t n, int64_t grain) {
  std::vector<std::atomic<int>> counts(static_cast<size_t>(n));
  parallel_for(n, grain, [&](int64_t begin, int64_t end) {
    EXPECT_TRUE(begin % grain == 0 && (end % grain == 0 || end == n)) << begin << ", " << end;
    for (; begin < end; ++begin) ++counts[static_cast<size_t>(begin)];
  });
  return {counts.begin(), counts.end()};
}

TEST_F(Parallel, ForCoversTheRangeOnce) {
  for (const int threads : {1, 2, 3, 8}) {
    set_num_threads(threads);
    for (const int64_t n : {0, 1, 7, 64, 1000})
      for (const int64_t grain : {1, 7, 64})
        EXPECT_EQ(visits(n, grain), std::vector<int>(static_cast<size_t>(n), 1))
            << n << " items, grain " << grain << ", " << threads << " threads";
  }
}

TEST_F(Parallel, ForFromWithinAndFromOtherThreads) {
  set_num_threads(4);
  const auto outer = [] {
    for (int round = 0; round < 100; ++round) {
      std::atomic<int> sum = 0;
      parallel_for(8, 1, [&](int64_t begin, int64_t end) {
        for (; begin < end; ++begin)
          parallel_for(10, 1, [&](int64_t b, int64_t e) { sum += static_cast<int>(e - b); });
      });
      EXPECT_EQ(sum, 80);
    }
  };
  std::thread other(outer);
  outer();
  other.join();
}

TEST_F(Parallel, TeamMeetsAtEachBarrier) {
  for (const int threads : {1, 2, 3, 8}) {
    set_num_threads(threads);
    std::vector<int> steps(static_cast<size_t>(threads), 0);  // plain memory: the barrier orders it
    int members = 0;
    parallel_team(threads, [&](int thread, Barrier& barrier) {
      if (thread == 0) members = barrier.threads();
      for (int step = 0; step < 200; ++step) {
        steps[static_cast<size_t>(thread)] = step;
        barrier.wait();
        for (int other = 0; other < barrier.threads(); ++other)
          EXPECT_EQ(steps[static_cast<size_t>(other)], step);
        barrier.wait();
      }
    });
    EXPECT_EQ(members, threads);
  }
}

TEST_F(Parallel, TeamIsNoLargerThanTheLimitAndAloneInsideOfAnother) {
  set_num_threads(2);
  parallel_team(5, [](int, Barrier& barrier) {
    EXPECT_EQ(barrier.threads(), 2);
    parallel_team(2, [](int thread, Barrier& inner) {
      EXPECT_EQ(thread, 0);
      EXPECT_EQ(inner.threads(), 1);
      inner.wait();
    });
    barrier.wait();
  });
}

}  // namespace
}  // namespace unroll::kernels
