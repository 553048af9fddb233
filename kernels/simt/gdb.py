"""Commands for gdb to look at CUDA threads that simt runs: `simt threads`, `simt thread N`.

`./unroll simt debug` loads this file and starts the program up to its first kernel. Breakpoints
are gdb's own: `break softmax.cu:30 if threadIdx.x == 3 && blockIdx.x == 0`.
"""

import os

import gdb

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))) + "/"
SIMT = "unroll::kernels::simt::"
STATES = {  # enum class State of block.h
    "kReady": "can run",
    "kSpins": "repeats an atomic",
    "kAtBlock": "waits for its block",
    "kAtWarp": "waits for its warp",
    "kAtCluster": "waits for its cluster",
    "kAtGrid": "waits for the grid",
    "kExited": "has exited",
}
SAVED = ("r15", "r14", "r13", "r12", "rbx", "rbp", "rip")  # as fiber.cpp pushes them


def current_block():
    """The block that runs on the selected OS thread; None where there is none."""
    if not gdb.selected_thread():
        raise gdb.GdbError("the program is not running")
    pointer = gdb.parse_and_eval("'%s(anonymous namespace)::current_block'" % SIMT)
    if not pointer or not pointer["thread_"]:
        raise gdb.GdbError("no CUDA thread runs on this OS thread ('info threads' lists the others)")
    return pointer.dereference()


def cuda_threads(block):
    """The block's threads, in order."""
    first = block["threads_"].address.cast(gdb.lookup_type(SIMT + "Thread").pointer().pointer())
    return [first.dereference()[i] for i in range(int(block["count_"]))]


def shown(file, line):
    """A line's name, from the root of the checkout; compiler caches make it relative to build/…"""
    return "%s:%d" % (file.removeprefix(ROOT).removeprefix("../../"), line)


def doing(block, thread):
    """What a thread does and where: "waits at __syncthreads, kernels/softmax.cu:31"."""
    if thread.address == block["thread_"]:
        for frame in kernel_frames():
            place = frame.find_sal()
            if place.symtab and not place.symtab.fullname().startswith(ROOT + "kernels/simt/"):
                return "runs, " + shown(place.symtab.fullname(), place.line)
        return "runs"
    state = str(thread["state"]).split("::")[-1]
    if state == "kReady" and not thread["fiber"]:
        return "has not started"
    text = STATES[state]
    if thread["what"] and state not in ("kReady", "kExited"):
        text = "waits at " + thread["what"].string()
    if state != "kExited" and thread["place"]["line"]:
        text += ", " + shown(thread["place"]["file"].string(), int(thread["place"]["line"]))
    return text


def kernel_frames():
    """The frames of the running code, innermost first, up to the kernel."""
    frames = []
    frame = gdb.newest_frame()
    while frame and "launch_kernel" not in (frame.name() or ""):
        frames.append(frame)
        frame = frame.older()
    return frames


def show_backtrace():
    gdb.execute("backtrace %d" % len(kernel_frames()))


def ranges(items):
    """(first, last, value) for each run of equal values."""
    begin = 0
    for i in range(1, len(items) + 1):
        if i == len(items) or items[i] != items[begin]:
            yield begin, i - 1, items[begin]
            begin = i


class Simt(gdb.Command):
    """Look at CUDA threads: simt threads, simt thread N, simt start."""

    def __init__(self):
        super().__init__("simt", gdb.COMMAND_STACK, prefix=True)


class SimtThreads(gdb.Command):
    """List what the CUDA threads of the current block do."""

    def __init__(self):
        super().__init__("simt threads", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        block = current_block()
        print("block %d of kernel %s" % (int(block["index_"]), kernel_name(block["grid_"]["launch"])))
        for first, last, text in ranges([doing(block, t) for t in cuda_threads(block)]):
            who = "thread %d" % first if first == last else "threads %d..%d" % (first, last)
            print("  %s: %s" % (who, text))


class SimtThread(gdb.Command):
    """Show where CUDA thread N of the current block is: simt thread N."""

    def __init__(self):
        super().__init__("simt thread", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        block = current_block()
        threads = cuda_threads(block)
        if not argument.isdigit() or int(argument) >= len(threads):
            raise gdb.GdbError("expected a thread from 0 to %d, got '%s'" % (len(threads) - 1, argument))
        thread = threads[int(argument)]
        print("thread %s: %s" % (argument, doing(block, thread)))
        if thread.address == block["thread_"]:
            show_backtrace()
        elif thread["fiber"]:
            with_registers_of(thread["fiber"], show_backtrace)


def with_registers_of(fiber, action):
    """Calls action() while gdb sees the registers that a stopped fiber has saved on its stack."""
    gdb.execute("frame 0", to_string=True)
    word = gdb.lookup_type("unsigned long")
    stack = int(fiber["stack_pointer_"].cast(word))
    saved = gdb.Value(stack).cast(word.pointer())
    fresh = {name: int(saved[i]) for i, name in enumerate(SAVED)}
    fresh["rsp"] = stack + 8 * len(SAVED)
    before = {name: int(gdb.parse_and_eval("$" + name).cast(word)) for name in fresh}
    try:
        for name, value in fresh.items():
            gdb.execute("set $%s = %d" % (name, value))
        action()
    finally:
        for name, value in before.items():
            gdb.execute("set $%s = %d" % (name, value))


def kernel_name(launch):
    """The name of a Launch's kernel, as gdb writes it."""
    text = launch["kernel"]
    name = text["_M_str"].string(length=int(text["_M_len"]))
    return name.lstrip("&").replace("{anonymous}", "(anonymous namespace)")


class SimtStart(gdb.Command):
    """Run the program up to the first line of the first kernel that it launches."""

    def __init__(self):
        super().__init__("simt start", gdb.COMMAND_RUNNING)

    def invoke(self, argument, from_tty):
        stop_at("unroll::lab::begin_experiment", "run")  # in our own program: the inputs are made
        if not stop_at(SIMT + "run", "continue" if gdb.selected_inferior().pid else "run"):
            raise gdb.GdbError("the program launched no kernel")
        gdb.Breakpoint(kernel_name(gdb.parse_and_eval("launch")), temporary=True)
        gdb.execute("continue")


def stop_at(function, command):
    """Runs or continues until `function` is called. False if there is none or it is not called."""
    try:
        gdb.decode_line(function)
    except gdb.error:
        return False
    breakpoint = gdb.Breakpoint(function, temporary=True, internal=True)
    breakpoint.silent = True
    gdb.execute(command, to_string=True)
    return not breakpoint.is_valid()


Simt()
SimtThreads()
SimtThread()
SimtStart()
gdb.execute("set pagination off")
gdb.execute("set breakpoint pending on")
for builtin in ("threadIdx", "blockIdx", "blockDim", "gridDim"):
    gdb.execute("macro define %s cuda_on_cpu::%s" % (builtin, builtin))
gdb.execute("simt start")
