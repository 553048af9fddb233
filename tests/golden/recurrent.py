"""Cases of nn.RNN, nn.LSTM and nn.GRU, with initial states and variable lengths."""

import torch
from golden_case import differentiated, draw, integers
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

SEQ_LEN, BATCH, INPUT_SIZE, HIDDEN_SIZE = 6, 5, 3, 2
FULL_LENGTHS = (3, 6, 1, 5, 2)  # unsorted; the longest fills the sequence
SHORT_LENGTHS = (4, 1, 5, 2, 3)  # nobody reaches the last step


def recurrent(name, module_type, num_layers, bidirectional, lengths=None, **extra):
    """A recurrent network with given initial states, with or without variable lengths."""
    module = module_type(
        INPUT_SIZE, HIDDEN_SIZE, num_layers, bidirectional=bidirectional, **extra
    ).double()
    for key, parameter in module.named_parameters():
        parameter.data = draw(f"{name}/{key}", *parameter.shape)
    states = ["h", "c"] if module_type is torch.nn.LSTM else ["h"]
    state_shape = (num_layers * (2 if bidirectional else 1), BATCH, HIDDEN_SIZE)

    inputs = {"x": draw(f"{name}/x", SEQ_LEN, BATCH, INPUT_SIZE, low=-2, high=2)}
    inputs |= {f"{s}_0": draw(f"{name}/{s}_0", *state_shape) for s in states}
    if lengths is not None:
        inputs["lengths"] = integers(*lengths)
    inputs |= dict(module.named_parameters())

    def run(x, h_0, c_0=None, **_):
        if lengths is not None:
            x = pack_padded_sequence(x, torch.tensor(lengths), enforce_sorted=False)
        output, final = module(x, h_0 if c_0 is None else (h_0, c_0))
        if lengths is not None:
            output, _ = pad_packed_sequence(output, total_length=SEQ_LEN)
        finals = [final] if c_0 is None else final
        return {"output": output} | {f"{s}_n": value for s, value in zip(states, finals)}

    options = {
        "input_size": INPUT_SIZE,
        "hidden_size": HIDDEN_SIZE,
        "num_layers": num_layers,
        "bidirectional": bidirectional,
    } | extra
    return differentiated(name, options, inputs, run)


def recurrent_cases(prefix, module_type, **extra):
    def case(suffix, *args):
        return recurrent(f"{prefix}_{suffix}", module_type, *args, **extra)

    return [
        case("1_layer", 1, False),
        case("2_layers_bidirectional", 2, True),
        case("2_layers_lengths", 2, False, FULL_LENGTHS),
        case("2_layers_bidirectional_lengths", 2, True, SHORT_LENGTHS),
    ]


def rnn_tanh_cases():
    return recurrent_cases("rnn_tanh", torch.nn.RNN, nonlinearity="tanh")


def rnn_relu_cases():
    return recurrent_cases("rnn_relu", torch.nn.RNN, nonlinearity="relu")


def lstm_cases():
    return recurrent_cases("lstm", torch.nn.LSTM)


def gru_cases():
    return recurrent_cases("gru", torch.nn.GRU)
