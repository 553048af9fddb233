#include "kernels/parallel.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <sched.h>
#include <system_error>
#include <thread>
#include <vector>

namespace unroll::kernels {
namespace {

// ---- how many threads

// The number of processors that this process may use.
int processors() {
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

int threads_at_start() {
  const char* wish = std::getenv("OMP_NUM_THREADS");
  const int threads = wish ? std::atoi(wish) : 0;  // of a list "4,2" the first
  return threads > 0 ? threads : processors();
}

// What num_threads() returns; the workers read it too.
std::atomic<int>& limit() {
  static std::atomic<int> threads = threads_at_start();
  return threads;
}

// ---- waiting

// How long a thread looks for what it waits for before it sleeps. Looking costs nothing where all
// threads have a processor, and finds out within some 100 ns, while to sleep and be woken takes up
// to 100 µs on a virtual machine. A look must last longer than that: else a thread that one other
// has to wake falls asleep itself before that one is there, and so do both from then on. Looking is
// in the way where one of them shares this thread's processor; so after two waits in vain some are
// spent without it before it is tried again, and where there are more threads than processors a
// look is short.
class Patience {
 public:
  // Calls found() until it is true, for the time of a look; says whether it was.
  template <class Found>
  bool look(const Found& found) {
    if (found()) return true;
    if (to_sleep_ > 0) {
      --to_sleep_;
      return false;
    }
    if (finds(found)) {
      in_vain_ = 0;
      return true;
    }
    in_vain_ = std::min(in_vain_ + 1, kMostAsleep);
    to_sleep_ = in_vain_ - 1;
    return false;
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::microseconds kLook{200}, kShortLook{20};
  static constexpr int kLooksAtOnce = 64;
  static constexpr int kMostAsleep = 15;

  template <class Found>
  static bool finds(const Found& found) {
    for (int i = 0; i < kLooksAtOnce; ++i)
      if (found()) return true;
    const bool crowded = limit() > processors();
    const Clock::time_point end = Clock::now() + (crowded ? kShortLook : kLook);
    do {
      pause();
      if (found()) return true;
    } while (Clock::now() < end);
    return false;
  }

  static void pause() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("isb" ::: "memory");
#endif
  }

  int in_vain_ = 0;   // waits, one after another, that looked in vain
  int to_sleep_ = 0;  // waits to come that shall not look
};

// A thread's patience with threads at work, and with the caller who has no work for it: that this
// one takes long says nothing about those.
thread_local Patience with_others, when_idle;

// A number that threads wait for. Who looked for long enough sleeps; it never yields in between: on
// a shared processor another program would take a whole time slice, milliseconds, while a thread
// that slept runs as soon as it is woken.
class Signal {
 public:
  int get() const { return value_.load(std::memory_order_acquire); }

  void set(int value) {
    value_.store(value);
    // Both sides are sequentially consistent: either the sleeper is seen here, or it sees the
    // value.
    if (sleepers_.load() == 0) return;
    { const std::lock_guard lock(mutex_); }
    woken_.notify_all();
  }

  // Sets `to` if the number is `from`, and says whether it was. Wakes nobody.
  bool change(int from, int to) { return value_.compare_exchange_strong(from, to); }

  void wait_while(int value, Patience& patience) {
    if (patience.look([&] { return get() != value; })) return;
    std::unique_lock lock(mutex_);
    sleepers_.fetch_add(1);
    woken_.wait(lock, [&] { return value_.load() != value; });
    sleepers_.fetch_sub(1);
  }

 private:
  alignas(64) std::atomic<int> value_{0};
  std::atomic<int> sleepers_{0};
  std::mutex mutex_;
  std::condition_variable woken_;
};

}  // namespace

// ---- the barrier

// The last to come starts a new round; the others wait for its number.
struct Barrier::State {
  Signal round;
  alignas(64) std::atomic<int> arrived{0};
};

void Barrier::wait() {
  if (threads_ == 1) return;
  const int round = state_->round.get();
  if (state_->arrived.fetch_add(1, std::memory_order_acq_rel) + 1 < threads_)
    return state_->round.wait_while(round, with_others);
  state_->arrived.store(0, std::memory_order_relaxed);
  state_->round.set(round ^ 1);
}

// ---- the workers

namespace {

// The processor that the calling thread is on.
int processor() {
#ifdef __linux__
  return sched_getcpu();
#else
  return -1;
#endif
}

}  // namespace

// Threads that wait for work, and the one caller at a time that gives it to them.
//
// Two threads that wake each other in turns never run at the same time, so the system sees no
// reason to give the second a processor of its own, and all waits become sleeps. So each worker
// looks, when it begins, whether it is where an earlier thread is, and moves away.
class Workers {
 public:
  using Part = void (*)(const void* job, int thread);

  // Takes the workers for the calls below; false if another caller has them.
  bool acquire() { return !busy_.test_and_set(std::memory_order_acquire); }
  void release() { busy_.clear(std::memory_order_release); }

  // Starts workers until there are `threads` threads; returns how many the system grants.
  int start(int threads) {
    while (size() < threads) {
      workers_.push_back(std::make_unique<Worker>());
      try {
        std::thread(&Workers::serve, this, std::ref(*workers_.back())).detach();
      } catch (const std::system_error&) {
        workers_.pop_back();
        break;
      }
    }
    return std::min(threads, size());
  }

  // Calls part(job, thread) for thread = 0 … threads − 1, 0 here and the others on workers. A part
  // that no worker has begun when this thread is done with its own, it takes back and runs itself,
  // so that a worker without a processor holds nobody up; but not where they must run `together`.
  void run(int threads, bool together, Part part, const void* job) {
    place_[0].store(processor(), std::memory_order_relaxed);
    for (int thread = 1; thread < threads; ++thread) {
      Worker& worker = *workers_[static_cast<size_t>(thread - 1)];
      worker.part = part;
      worker.job = job;
      worker.thread = thread;
      worker.state.set(kOffered);
    }
    part(job, 0);
    for (int thread = 1; thread < threads; ++thread) {
      Signal& state = workers_[static_cast<size_t>(thread - 1)]->state;
      if (!together && state.change(kOffered, kIdle))
        part(job, thread);
      else
        for (int now; (now = state.get()) != kIdle;) state.wait_while(now, with_others);
    }
  }

  Barrier barrier(int threads) { return Barrier(threads, &barrier_); }
  static Barrier alone() { return Barrier(1, nullptr); }

 private:
  enum { kIdle, kOffered, kBegun };

  struct Worker {
    Signal state;
    Part part;
    const void* job;
    int thread;
  };

  int size() const { return static_cast<int>(workers_.size()) + 1; }

  void serve(Worker& worker) {
    for (;;) {
      worker.state.wait_while(kIdle, when_idle);
      if (!worker.state.change(kOffered, kBegun)) continue;
      take_place(worker.thread);
      worker.part(worker.job, worker.thread);
      worker.state.set(kIdle);
    }
  }

  // Moves the calling thread to a processor on which no earlier thread of the job is.
  void take_place(int thread) {
    if (thread >= kPlaces) return;
    const auto earlier_has = [&](int place) {
      for (int i = 0; i < thread; ++i)
        if (place_[i].load(std::memory_order_relaxed) == place) return true;
      return false;
    };
#ifdef __linux__
    cpu_set_t all;
    if (earlier_has(processor()) && sched_getaffinity(0, sizeof all, &all) == 0) {
      cpu_set_t free = all;
      for (int i = 0; i < thread; ++i) CPU_CLR(place_[i].load(std::memory_order_relaxed), &free);
      if (sched_setaffinity(0, sizeof free, &free) == 0) sched_setaffinity(0, sizeof all, &all);
    }
#endif
    place_[thread].store(processor(), std::memory_order_relaxed);
  }

  static constexpr int kPlaces = 64;
  std::atomic<int> place_[kPlaces] = {};  // the processor of each thread of the job
  std::atomic_flag busy_;
  std::vector<std::unique_ptr<Worker>> workers_;
  Barrier::State barrier_;
};

namespace {

Workers& workers() {
  static Workers& all = *new Workers;  // never destroyed: the threads end with the process
  return all;
}

}  // namespace

// ---- what kernels call

int num_threads() { return limit(); }

void set_num_threads(int n) { limit() = n > 0 ? n : processors(); }

namespace {

void run_in_parallel(int64_t n, int64_t grain, void (*run)(const void* body, int64_t, int64_t),
                     const void* body) {
  if (!workers().acquire()) return run(body, 0, n);
  const int64_t pieces = (n + grain - 1) / grain;
  const int threads = workers().start(static_cast<int>(std::min<int64_t>(num_threads(), pieces)));
  const auto part = [=](int64_t thread) {
    const int64_t begin = pieces * thread / threads * grain;
    const int64_t end = std::min(n, pieces * (thread + 1) / threads * grain);
    run(body, begin, end);
  };
  workers().run(
      threads, false,
      [](const void* job, int thread) { (*static_cast<decltype(part)*>(job))(thread); }, &part);
  workers().release();
}

}  // namespace

void detail::run_for(int64_t n, int64_t grain, void (*run)(const void* body, int64_t, int64_t),
                     const void* body) {
  if (n > grain && num_threads() > 1) return run_in_parallel(n, grain, run, body);
  if (n > 0) run(body, 0, n);
}

void detail::run_team(int threads, void (*run)(const void* body, int, Barrier&), const void* body) {
  threads = std::min(threads, num_threads());
  if (threads > 1 && workers().acquire()) {
    threads = workers().start(threads);
    const auto part = [=](int thread) {
      Barrier barrier = workers().barrier(threads);
      run(body, thread, barrier);
    };
    workers().run(
        threads, true,
        [](const void* job, int thread) { (*static_cast<decltype(part)*>(job))(thread); }, &part);
    workers().release();
  } else {
    Barrier barrier = Workers::alone();
    run(body, 0, barrier);
  }
}

}  // namespace unroll::kernels
