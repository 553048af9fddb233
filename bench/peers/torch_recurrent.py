#!/usr/bin/env python3
"""Times PyTorch's recurrent layers (cuDNN) on the GPU, for the shapes that gpu_bench has measured.

Usage: torch_recurrent.py RECORDS >MORE_RECORDS. Both have a JSON object a line. Tables go to
standard error. A measurement is the median of five, each long enough for CUDA events.
"""
import json
import sys

import torch

# Name, dtype, and whether f32 products may be rounded to TF32.
WAYS = [
    ("PyTorch, f32", torch.float32, False),
    ("PyTorch, tf32", torch.float32, True),
    ("PyTorch, bf16", torch.bfloat16, True),
    ("PyTorch, fp16", torch.float16, True),
]
MODULES = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}


def median_ms(work):
    def ms(times):
        before, after = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        before.record()
        for _ in range(times):
            work()
        after.record()
        after.synchronize()
        return before.elapsed_time(after) / times

    for _ in range(3):
        work()
    times = int(min(max(20 / max(ms(1), 1e-3), 1), 1000))
    return sorted(ms(times) for _ in range(5))[2]


def measure(cell, seq_len, batch, hidden, dtype, tf32):
    torch.backends.cudnn.allow_tf32 = tf32
    torch.backends.cuda.matmul.allow_tf32 = tf32
    layer = MODULES[cell](hidden, hidden).to("cuda", dtype)
    x = torch.randn(seq_len, batch, hidden, device="cuda", dtype=dtype, requires_grad=True)
    d_output = torch.randn(seq_len, batch, hidden, device="cuda", dtype=dtype)
    inputs = [x, *layer.parameters()]

    def forward():
        with torch.no_grad():
            layer(x)

    def training():
        torch.autograd.grad(layer(x)[0], inputs, d_output)

    return median_ms(forward), median_ms(training)


def main():
    shapes = []
    with open(sys.argv[1]) as file:
        for line in file:
            record = json.loads(line)
            shape = tuple(record.get(key) for key in ("kernel", "seq_len", "batch", "hidden"))
            if record["kernel"] in MODULES and shape not in shapes:
                shapes.append(shape)
    print(f"PyTorch {torch.__version__}, cuDNN {torch.backends.cudnn.version()}", file=sys.stderr)
    for cell, seq_len, batch, hidden in shapes:
        print(f"\n{cell}, {seq_len} steps, batch {batch}, {hidden} hidden units and inputs\n"
              "                  forward ms  training ms", file=sys.stderr)
        for name, dtype, tf32 in WAYS:
            forward, training = measure(cell, seq_len, batch, hidden, dtype, tf32)
            print(f"  {name:<14} {forward:11.3f}  {training:11.3f}", file=sys.stderr)
            print(json.dumps({"kernel": cell, "seq_len": seq_len, "batch": batch, "hidden": hidden,
                              "by": name, "forward_ms": forward, "training_ms": training}))


if __name__ == "__main__":
    main()
