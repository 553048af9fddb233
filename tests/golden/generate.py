#!/usr/bin/env python3
"""Computes the golden values of this folder with PyTorch, in float64 (README.md has the layout).

Run by hand only; no test and no build calls it:

    python generate.py [FOLDER]      # default: the folder of this script
"""

import sys
from pathlib import Path

import torch
from functions import layer_cases, loss_cases
from golden_case import case_json
from recurrent import gru_cases, lstm_cases, rnn_relu_cases, rnn_tanh_cases
from training import optimizer_cases, schedule_cases

FILES = {
    "rnn_tanh": rnn_tanh_cases,
    "rnn_relu": rnn_relu_cases,
    "lstm": lstm_cases,
    "gru": gru_cases,
    "losses": loss_cases,
    "layers": layer_cases,
    "optimizers": optimizer_cases,
    "schedules": schedule_cases,
}


def main():
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    version = torch.__version__.split("+")[0]
    for stem, make_cases in FILES.items():
        cases = ",\n".join(case_json(case) for case in make_cases())
        path = folder / f"{stem}.json"
        path.write_text(f'{{"torch": "{version}", "cases": [\n{cases}\n]}}\n')
        print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
