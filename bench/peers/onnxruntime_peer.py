#!/usr/bin/env python3
"""ONNX Runtime: its operators LSTM, GRU, RNN and Gemm, for inference."""
from peer import THREADS, Unsupported, serve

# Our gates in the order of ONNX: i, o, f, g of an LSTM; z, r, n of a GRU.
ORDER = {"lstm": (0, 3, 1, 2), "gru": (1, 0, 2), "rnn": (0,)}


def load():
    import numpy
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL

    def swap_gates(kind, array):
        gates = numpy.split(array, len(ORDER[kind]), axis=0)
        return numpy.concatenate([gates[gate] for gate in ORDER[kind]], axis=0)

    def model_of(node, x, x_shape, constants):
        graph = helper.make_graph(
            [node], "case",
            [helper.make_tensor_value_info(x, TensorProto.FLOAT, x_shape)],
            [helper.make_tensor_value_info("output", TensorProto.FLOAT, None)],
            [numpy_helper.from_array(values, name) for name, values in constants.items()])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)])
        model.ir_version = 8
        return model.SerializeToString()

    def layer(case, inputs):
        kind, hidden = case["kind"], case["hidden"]
        weights = {name: swap_gates(kind, inputs[name]) for name in ("w_ih", "w_hh", "b_ih", "b_hh")}
        constants = {"W": weights["w_ih"][None], "R": weights["w_hh"][None],
                     "B": numpy.concatenate([weights["b_ih"], weights["b_hh"]])[None]}
        attributes = {"linear_before_reset": 1} if kind == "gru" else {}
        node = helper.make_node(kind.upper(), ["x", "W", "R", "B"], ["output"],
                                hidden_size=hidden, **attributes)
        return model_of(node, "x", inputs["x"].shape, constants), {"x": inputs["x"]}

    def product(inputs):
        node = helper.make_node("Gemm", ["a", "b"], ["output"], transB=1)
        return model_of(node, "a", inputs["a"].shape, {"b": inputs["b"]}), {"a": inputs["a"]}

    def prepare(case, inputs):
        if case["kind"] != "gemm" and case["pass"] == "training":
            raise Unsupported("it is for inference")
        model, feeds = product(inputs) if case["kind"] == "gemm" else layer(case, inputs)
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        # Bound once, so that a run copies nothing.
        binding = session.io_binding()
        for name, values in feeds.items():
            binding.bind_cpu_input(name, values)
        binding.bind_output("output")

        def results():
            return [numpy.squeeze(binding.copy_outputs_to_cpu()[0], axis=1)
                    if case["kind"] != "gemm" else binding.copy_outputs_to_cpu()[0]]

        return lambda: session.run_with_iobinding(binding), results

    return onnxruntime.__version__, {"onnx": onnx.__version__}, prepare


if __name__ == "__main__":
    serve(load)
