"""What a golden case is: its inputs, its outputs, its gradients, and how it is written as JSON.

Inputs do not come from PyTorch's generator but from Python's own, seeded with the names of the
case and of the tensor, and rounded to three decimals. They are thus the same with every PyTorch,
and adding or removing a case leaves all others as they were.
"""

import json
import random

import torch


def draw(seed, *shape, low=-1.0, high=1.0):
    """A float64 tensor of uniform numbers with three decimals; `seed` is any string."""
    generator = random.Random(seed)
    count = torch.Size(shape).numel()
    values = [round(generator.uniform(low, high), 3) for _ in range(count)]
    return torch.tensor(values, dtype=torch.float64).reshape(shape)


def floats(*values):
    return torch.tensor(values, dtype=torch.float64)


def integers(*values):
    return torch.tensor(values, dtype=torch.int32)


def differentiated(name, options, inputs, function, constants=()):
    """A case with gradients: those of sum(output * output_weight) over all outputs.

    `function` takes the inputs by name and returns a dictionary of outputs. Integer inputs and
    those named in `constants` are not differentiated.
    """
    variables = {
        key: tensor.requires_grad_()
        for key, tensor in inputs.items()
        if tensor.is_floating_point() and key not in constants
    }
    outputs = function(**inputs)
    weights = {key: draw(f"{name}/weight of {key}", *out.shape) for key, out in outputs.items()}
    loss = sum((outputs[key] * weights[key]).sum() for key in outputs)
    gradients = dict(zip(variables, torch.autograd.grad(loss, list(variables.values()))))
    return {
        "name": name,
        "options": options,
        "inputs": inputs,
        "outputs": outputs,
        "output_weights": weights,
        "gradients": gradients,
    }


def plain(name, options, inputs, outputs):
    """A case without gradients."""
    return {"name": name, "options": options, "inputs": inputs, "outputs": outputs}


def tensor_json(tensor):
    """One line; Python prints the shortest decimal (at most 17 digits) that reads back the same."""
    tensor = tensor.detach()
    return json.dumps(
        {
            "shape": list(tensor.shape),
            "dtype": "f64" if tensor.is_floating_point() else "i32",
            "data": tensor.flatten().tolist(),
        },
        allow_nan=False,
        separators=(",", ":"),
    )


def case_json(case):
    """A case with one line a tensor, so that a diff of two runs shows which one has changed."""
    fields = [f'"name": {json.dumps(case["name"])}', f'"options": {json.dumps(case["options"])}']
    for group in ("inputs", "outputs", "output_weights", "gradients"):
        lines = [f'      "{key}": {tensor_json(t)}' for key, t in case.get(group, {}).items()]
        fields.append(f'"{group}": {{' + ("\n" + ",\n".join(lines) + "\n    }" if lines else "}"))
    return "  {\n    " + ",\n    ".join(fields) + "\n  }"
