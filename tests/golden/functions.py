"""Cases of losses and of layers without memory."""

import torch
import torch.nn.functional as F
from golden_case import differentiated, draw, floats, integers

REDUCTIONS = ("mean", "sum", "none")


def cross_entropy_case(name, reduction, targets, class_weights=None, **options):
    name = f"{name}_{reduction}"
    options["reduction"] = reduction
    inputs = {"logits": draw(f"{name}/logits", 6, 4, low=-3, high=3), "targets": integers(*targets)}
    if class_weights is not None:
        inputs["class_weights"] = floats(*class_weights)

    def run(logits, targets, class_weights=None):
        return {"loss": F.cross_entropy(logits, targets.long(), class_weights, **options)}

    return differentiated(name, options, inputs, run, constants=("class_weights",))


def bce_case(name, reduction, pos_weight=None):
    name = f"{name}_{reduction}"
    logits = draw(f"{name}/logits", 3, 4, low=-3, high=3)
    logits[0, 1], logits[1, 2], logits[2, 3] = 40.0, -40.0, 800.0  # a naive formula overflows here
    targets = draw(f"{name}/targets", 3, 4, low=0, high=1)  # soft, but for one row of 0 and 1
    targets[0] = floats(1, 0, 1, 0)
    inputs = {"logits": logits, "targets": targets}
    if pos_weight is not None:
        inputs["pos_weight"] = floats(*pos_weight)

    def run(logits, targets, pos_weight=None):
        loss = F.binary_cross_entropy_with_logits(
            logits, targets, pos_weight=pos_weight, reduction=reduction
        )
        return {"loss": loss}

    constants = ("targets", "pos_weight")
    return differentiated(name, {"reduction": reduction}, inputs, run, constants)


def regression_case(name, function, reduction, **options):
    name = f"{name}_{reduction}"
    options["reduction"] = reduction
    inputs = {
        "predictions": draw(f"{name}/predictions", 3, 5, low=-2, high=2),
        "targets": draw(f"{name}/targets", 3, 5, low=-2, high=2),
    }

    def run(predictions, targets):
        return {"loss": function(predictions, targets, **options)}

    return differentiated(name, options, inputs, run)


def loss_cases():
    targets = (2, 0, 3, 3, 1, 0)
    ignoring = (2, -100, 3, 3, -100, 0)
    weights = (0.5, 2.0, 1.25, 0.8)
    cross_entropies = [
        ("cross_entropy", targets, {}),
        ("cross_entropy_ignore_index", ignoring, {"ignore_index": -100}),
        ("cross_entropy_ignore_index_0", targets, {"ignore_index": 0}),
        ("cross_entropy_label_smoothing", targets, {"label_smoothing": 0.1}),
        ("cross_entropy_class_weights", targets, {"class_weights": weights}),
        (
            "cross_entropy_all_options",
            ignoring,
            {"ignore_index": -100, "label_smoothing": 0.2, "class_weights": weights},
        ),
    ]
    cases = [
        cross_entropy_case(name, reduction, indices, **options)
        for name, indices, options in cross_entropies
        for reduction in REDUCTIONS
    ]
    for reduction in REDUCTIONS:
        cases += [
            bce_case("bce_with_logits", reduction),
            bce_case("bce_with_logits_pos_weight", reduction, pos_weight=(0.5, 3.0, 1.5, 2.0)),
            regression_case("mse", F.mse_loss, reduction),
            regression_case("huber_delta_1", F.huber_loss, reduction, delta=1.0),
            regression_case("huber_delta_0.5", F.huber_loss, reduction, delta=0.5),
        ]
    return cases


def axis_case(function, axis, offset=0.0):
    """softmax and its kin along one axis; a large offset overflows where the maximum stays in."""
    name = f"{function.__name__}_axis_{axis}" + (f"_offset_{offset:g}" if offset else "")
    x = draw(f"{name}/x", 2, 3, 5, low=-3, high=3) + offset
    return differentiated(name, {"axis": axis}, {"x": x}, lambda x: {"y": function(x, axis)})


def matmul_case(name, a_shape, b_shape, transpose_a, transpose_b):
    inputs = {"a": draw(f"{name}/a", *a_shape), "b": draw(f"{name}/b", *b_shape)}

    def run(a, b):
        return {"y": (a.mT if transpose_a else a) @ (b.mT if transpose_b else b)}

    options = {"transpose_a": transpose_a, "transpose_b": transpose_b}
    return differentiated(name, options, inputs, run)


def layer_cases():
    cases = [
        differentiated(
            "linear",
            {},
            {
                "x": draw("linear/x", 4, 2, 3),
                "weight": draw("linear/weight", 5, 3),
                "bias": draw("linear/bias", 5),
            },
            lambda x, weight, bias: {"y": F.linear(x, weight, bias)},
        ),
        differentiated(
            "layer_norm",
            {"eps": 1e-5},
            {
                "x": draw("layer_norm/x", 4, 2, 5, low=-2, high=2),
                "weight": draw("layer_norm/weight", 5),
                "bias": draw("layer_norm/bias", 5),
            },
            lambda x, weight, bias: {"y": F.layer_norm(x, (5,), weight, bias, eps=1e-5)},
        ),
        differentiated(
            "embedding",
            {},
            {
                "weight": draw("embedding/weight", 7, 3),
                # 5 comes three times, 0 twice; 1, 4 and 6 never.
                "indices": integers(5, 0, 2, 5, 3, 5, 3, 0).reshape(4, 2),
            },
            lambda weight, indices: {"y": F.embedding(indices, weight)},
        ),
        # Nothing between 20 and 37: PyTorch returns x itself above 20, which is exact from 37 on.
        differentiated(
            "softplus",
            {},
            {"x": floats(-750.0, -40.0, -5.5, -1.0, -0.25, 0.0, 0.5, 3.0, 12.5, 40.0, 750.0)},
            lambda x: {"y": F.softplus(x)},
        ),
        matmul_case("matmul_batched", (2, 3, 4), (2, 4, 5), False, False),
        matmul_case("matmul_batched_transpose_a", (2, 4, 3), (2, 4, 5), True, False),
        matmul_case("matmul_batched_transpose_b", (2, 3, 4), (2, 5, 4), False, True),
        matmul_case("matmul_batched_transpose_both", (2, 4, 3), (2, 5, 4), True, True),
        matmul_case("matmul_transpose_b", (3, 4), (5, 4), False, True),
    ]
    for function in (torch.softmax, torch.log_softmax, torch.logsumexp):
        cases += [axis_case(function, axis) for axis in (0, 1, 2)]
        cases.append(axis_case(function, 2, offset=1000.0))
    return cases
