#!/usr/bin/env python3
"""PyTorch: nn.LSTM, nn.GRU and nn.RNN on (length, batch, inputs), its fastest way on a CPU."""
import os

from peer import THREADS, serve


def load():
    # Versions before 2 take AVX-512 only when told, and then whether the processor has it or not.
    with open("/proc/cpuinfo") as file:
        if " avx512vl " in file.read():
            os.environ["ATEN_CPU_CAPABILITY"] = "avx512"
    import torch

    torch.set_num_threads(THREADS)
    if hasattr(torch, "set_num_interop_threads"):
        torch.set_num_interop_threads(1)
    modules = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}

    def product(inputs):
        a, b = torch.from_numpy(inputs["a"]), torch.from_numpy(inputs["b"])
        output = None

        def run():
            nonlocal output
            with torch.inference_mode():
                output = torch.nn.functional.linear(a, b)

        return run, lambda: [output.numpy()]

    def layer(case, inputs):
        module = modules[case["kind"]](case["hidden"], case["hidden"])
        tensors = {name: torch.from_numpy(values) for name, values in inputs.items()}
        with torch.no_grad():
            for name, parameter in zip(("w_ih", "w_hh", "b_ih", "b_hh"), module.parameters()):
                parameter.copy_(tensors[name])
        x = tensors["x"]
        output, gradients = None, ()

        def inference():
            nonlocal output
            with torch.inference_mode():
                output = module(x)[0]

        def training():
            nonlocal output, gradients
            output = module(x)[0]
            gradients = torch.autograd.grad(output, wanted, tensors["d_output"])

        if case["pass"] == "inference":
            return inference, lambda: [output.numpy()]
        wanted = [x.requires_grad_(), *module.parameters()]
        return training, lambda: [output.detach().numpy(), *(g.numpy() for g in gradients)]

    def prepare(case, inputs):
        return product(inputs) if case["kind"] == "gemm" else layer(case, inputs)

    config = torch.__config__.show()
    settings = {
        "capability": config.split("CPU capability usage: ")[-1].split("\n")[0],
        "blas": config.split("BLAS_INFO=")[-1].split(",")[0],
        "onednn": torch.backends.mkldnn.is_available(),
    }
    return torch.__version__, settings, prepare


if __name__ == "__main__":
    serve(load)
