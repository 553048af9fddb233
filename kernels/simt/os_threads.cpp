// os_threads.h: threads that sleep until there is a job for them.
#include "kernels/simt/os_threads.h"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

namespace unroll::kernels::simt {
namespace {

class OsThreads {
 public:
  void run(unsigned count, const std::function<void(unsigned)>& job) {
    std::unique_lock lock(mutex_);
    job_ = &job;
    wanted_ = unfinished_ = count;
    ++round_;
    for (; started_ < count; ++started_)
      std::thread([this, id = started_, seen = round_ - 1] { serve(id, seen); }).detach();
    start_.notify_all();
    finish_.wait(lock, [&] { return unfinished_ == 0; });
  }

 private:
  void serve(unsigned id, uint64_t seen) {
    std::unique_lock lock(mutex_);
    for (;;) {
      start_.wait(lock, [&] { return round_ != seen && id < wanted_; });
      seen = round_;
      lock.unlock();
      (*job_)(id);
      lock.lock();
      if (--unfinished_ == 0) finish_.notify_one();
    }
  }

  std::mutex mutex_;
  std::condition_variable start_, finish_;
  const std::function<void(unsigned)>* job_ = nullptr;
  uint64_t round_ = 0;
  unsigned started_ = 0, wanted_ = 0, unfinished_ = 0;
};

}  // namespace

void run_on_os_threads(unsigned count, const std::function<void(unsigned)>& job) {
  // Never destroyed: its threads wait in it until the process ends.
  static OsThreads& threads = *new OsThreads;
  threads.run(count, job);
}

}  // namespace unroll::kernels::simt
