"""The Python peers' side of the protocol that ./unroll bench compare speaks (README.md).

A peer calls serve(load): load() imports its library and returns (version, settings, prepare);
prepare(case, inputs) returns (run, results), run() being the work that is timed and results() the
arrays that the last run computed, in the order that the protocol says; or it raises Unsupported.
"""
import json
import math
import os
import sys
import time

THREADS = int(os.environ["OMP_NUM_THREADS"])


class Unsupported(Exception):
    """Says why a case cannot be run."""


def read_inputs(numpy, arrays, path):
    """A dict of arrays by their name."""
    values = numpy.fromfile(path, numpy.float32)
    inputs, start = {}, 0
    for name, shape in arrays:
        end = start + math.prod(shape)
        inputs[name] = values[start:end].reshape(shape).copy()
        start = end
    return inputs


def time_runs(run, iterations):
    """What is short is run once before the clock starts: other peers have had the caches."""
    if iterations > 1:
        run()
    start = time.perf_counter()
    for _ in range(iterations):
        run()
    return time.perf_counter() - start


def serve(load):
    # Whatever a library prints goes to standard error.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(**message):
        print(json.dumps(message), file=answers, flush=True)

    try:
        import numpy
        version, settings, prepare = load()
    except ImportError as error:
        answer(missing=str(error))
        return
    answer(version=version, threads=THREADS, settings=settings)
    run = results = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["command"] == "run":
                answer(seconds=time_runs(run, request["iterations"]))
                continue
            run = results = None  # before the next one takes its memory
            run, results = prepare(
                request["case"], read_inputs(numpy, request["arrays"], request["inputs"]))
            run()
            with open(request["results"], "wb") as file:
                for array in results():
                    numpy.ascontiguousarray(array, numpy.float32).tofile(file)
            answer(ready=True)
        except Unsupported as reason:
            answer(unsupported=str(reason))
        except Exception as error:  # the driver decides what becomes of this peer
            answer(error=f"{type(error).__name__}: {error}")
