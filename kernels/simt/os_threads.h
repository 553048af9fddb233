// OS threads that are kept between launches.
#pragma once

#include <functional>

namespace unroll::kernels::simt {

/// Calls job(0) to job(count - 1), each on an OS thread of its own, and waits for all.
void run_on_os_threads(unsigned count, const std::function<void(unsigned)>& job);

}  // namespace unroll::kernels::simt
