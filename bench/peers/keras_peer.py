#!/usr/bin/env python3
"""Keras on TensorFlow: layers.LSTM, GRU and SimpleRNN in a tf.function, with XLA where that is faster."""
import time

from peer import THREADS, serve


def fastest(candidates):
    """The function of which the best of three calls is the shortest, after one that compiles it."""
    def seconds(candidate):
        start = time.perf_counter()
        candidate()
        return time.perf_counter() - start

    for candidate in candidates:
        candidate()
    return min(candidates, key=lambda candidate: min(seconds(candidate) for _ in range(3)))


def load():
    import keras
    import numpy
    import tensorflow

    tensorflow.config.threading.set_intra_op_parallelism_threads(THREADS)
    tensorflow.config.threading.set_inter_op_parallelism_threads(1)
    layers = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU, "rnn": keras.layers.SimpleRNN}

    def swap_gates(kind, array):
        """A GRU's gates are z, r, n here, r, z, n in the protocol; along the last axis."""
        if kind != "gru":
            return array
        r, z, n = numpy.split(array, 3, axis=-1)
        return numpy.concatenate([z, r, n], axis=-1)

    def product(inputs):
        a, b = tensorflow.constant(inputs["a"]), tensorflow.constant(inputs["b"])
        multiply = tensorflow.function(
            lambda a, b: tensorflow.linalg.matmul(a, b, transpose_b=True))
        output = None

        def run():
            nonlocal output
            output = multiply(a, b)

        return run, lambda: [output.numpy()]

    def prepare(case, inputs):
        if case["kind"] == "gemm":
            return product(inputs)
        kind = case["kind"]
        layer = layers[kind](case["hidden"], return_sequences=True)
        # Keras has the batch first.
        x = tensorflow.constant(inputs["x"].transpose(1, 0, 2))
        layer.build(x.shape)
        w_ih, w_hh, b_ih, b_hh = (
            swap_gates(kind, inputs[name].T) for name in ("w_ih", "w_hh", "b_ih", "b_hh"))
        bias = numpy.stack([b_ih, b_hh]) if kind == "gru" else b_ih + b_hh
        layer.set_weights([w_ih, w_hh, bias])
        variables = [weight.value for weight in layer.trainable_weights]

        def inference():
            return layer(x), None

        def training():
            with tensorflow.GradientTape() as tape:
                tape.watch(x)
                output = layer(x)
            return output, tape.gradient(output, [x, *variables], d_output)

        if case["pass"] == "training":
            d_output = tensorflow.constant(inputs["d_output"].transpose(1, 0, 2))
        step = training if case["pass"] == "training" else inference
        step = fastest([tensorflow.function(step, jit_compile=xla) for xla in (False, True)])
        output = gradients = None

        def run():
            nonlocal output, gradients
            output, gradients = step()

        def results():
            arrays = [output.numpy().transpose(1, 0, 2)]
            if case["pass"] == "training":
                dx, dw_ih, dw_hh, d_bias = (gradient.numpy() for gradient in gradients)
                both = d_bias if kind == "gru" else (d_bias, d_bias)
                arrays.append(dx.transpose(1, 0, 2))
                arrays += [swap_gates(kind, array).T for array in (dw_ih, dw_hh, *both)]
            return arrays

        return run, results

    settings = {"tensorflow": tensorflow.__version__}
    return keras.__version__, settings, prepare


if __name__ == "__main__":
    serve(load)
