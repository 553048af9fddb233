// fiber.h: the change of stacks in a few instructions, and mapped stacks with a guard below each.
#include "kernels/simt/fiber.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <sys/mman.h>

#include "kernels/simt/sanitizer.h"

// void unroll_simt_change_stack(void** save, void* load): pushes the registers that a function must
// keep, stores the stack pointer in *save, continues on the stack `load` and pops them there.
#if defined(__x86_64__)
extern "C" void unroll_simt_change_stack(void** save, void* load);
asm(R"(
.text
.globl unroll_simt_change_stack
.type unroll_simt_change_stack, @function
unroll_simt_change_stack:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size unroll_simt_change_stack, . - unroll_simt_change_stack
)");
#elif defined(__aarch64__)
extern "C" void unroll_simt_change_stack(void** save, void* load);
asm(R"(
.text
.globl unroll_simt_change_stack
.type unroll_simt_change_stack, %function
unroll_simt_change_stack:
  stp x29, x30, [sp, #-160]!
  stp x19, x20, [sp, #16]
  stp x21, x22, [sp, #32]
  stp x23, x24, [sp, #48]
  stp x25, x26, [sp, #64]
  stp x27, x28, [sp, #80]
  stp d8, d9, [sp, #96]
  stp d10, d11, [sp, #112]
  stp d12, d13, [sp, #128]
  stp d14, d15, [sp, #144]
  mov x9, sp
  str x9, [x0]
  mov sp, x1
  ldp x19, x20, [sp, #16]
  ldp x21, x22, [sp, #32]
  ldp x23, x24, [sp, #48]
  ldp x25, x26, [sp, #64]
  ldp x27, x28, [sp, #80]
  ldp d8, d9, [sp, #96]
  ldp d10, d11, [sp, #112]
  ldp d12, d13, [sp, #128]
  ldp d14, d15, [sp, #144]
  ldp x29, x30, [sp], #160
  ret
.size unroll_simt_change_stack, . - unroll_simt_change_stack
)");
#endif

namespace unroll::kernels::simt {
namespace {

thread_local Fiber* leaving = nullptr;   // the fiber that the last change left
thread_local Fiber* entering = nullptr;  // and the one that it went to

}  // namespace

Fiber::Fiber(void (*entry)(), size_t number) : entry_(entry) {
  void* memory = mmap(nullptr, kGuardBytes + kStackBytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) {
    std::perror("simt: no memory for the stack of a CUDA thread");
    std::abort();
  }
  // Without a guard, where the system has no mapping left for it, the stack serves as well.
  (void)mprotect(memory, kGuardBytes, PROT_NONE);
  stack_ = static_cast<char*>(memory) + kGuardBytes;
  sanitizer_stack_ = stack_;
  sanitizer_bytes_ = kStackBytes;
  char* top = stack_ + kStackBytes - number % 32 * 128;
#if defined(__x86_64__)
  // Six registers, where to begin, and 0 as the address to return to, where debuggers stop.
  void** frame = reinterpret_cast<void**>(top) - 8;
  frame[6] = reinterpret_cast<void*>(&Fiber::begin);
  stack_pointer_ = frame;
#elif defined(__aarch64__)
  void** frame = reinterpret_cast<void**>(top - 160);
  frame[1] = reinterpret_cast<void*>(&Fiber::begin);  // x30
  stack_pointer_ = frame;
#else
  getcontext(&context_);
  context_.uc_stack.ss_sp = stack_;
  context_.uc_stack.ss_size = static_cast<size_t>(top - stack_);
  context_.uc_link = nullptr;
  makecontext(&context_, &Fiber::begin, 0);
#endif
}

Fiber::~Fiber() {
  if (stack_) munmap(stack_ - kGuardBytes, kGuardBytes + kStackBytes);
}

void Fiber::begin() {
  entering->arrived();
  entering->entry_();
  std::abort();  // entry functions do not return
}

void Fiber::arrived() {
  after_stack_change(fake_stack_, &leaving->sanitizer_stack_, &leaving->sanitizer_bytes_);
}

void Fiber::change(Fiber& from, Fiber& to) {
  leaving = &from;
  entering = &to;
  before_stack_change(&from.fake_stack_, to.sanitizer_stack_, to.sanitizer_bytes_);
#if defined(__x86_64__) || defined(__aarch64__)
  unroll_simt_change_stack(&from.stack_pointer_, to.stack_pointer_);
#else
  swapcontext(&from.context_, &to.context_);
#endif
  from.arrived();
}

}  // namespace unroll::kernels::simt
