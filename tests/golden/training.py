"""Cases of optimizers, gradient clipping and learning rate schedules."""

import torch
from golden_case import draw, floats, plain

OPTIMIZER_STEPS = 5


def gradient_sequence(name):
    """Gradients of two parameters for every step; one element's stay 0 (0 / 0 if careless)."""
    dw, db = draw(f"{name}/dw", OPTIMIZER_STEPS, 2, 3), draw(f"{name}/db", OPTIMIZER_STEPS, 4)
    dw[:, 0, 1] = 0.0
    return dw, db


def optimizer_case(name, optimizer_type, **options):
    w, b = draw(f"{name}/w", 2, 3), draw(f"{name}/b", 4)
    dw, db = gradient_sequence(name)
    inputs = {"w": w, "b": b, "dw": dw, "db": db}
    parameters = [w.clone().requires_grad_(), b.clone().requires_grad_()]
    optimizer = optimizer_type(parameters, **options)
    history = ([], [])
    for gradients in zip(dw, db):
        for parameter, gradient in zip(parameters, gradients):
            parameter.grad = gradient.clone()
        optimizer.step()
        for parameter, past in zip(parameters, history):
            past.append(parameter.detach().clone())
    outputs = {"w": torch.stack(history[0]), "b": torch.stack(history[1])}
    return plain(name, options, inputs, outputs)


def clip_case(name, max_norm):
    dw, db = draw(f"{name}/dw", 2, 3), draw(f"{name}/db", 4)
    parameters = [torch.zeros_like(g).requires_grad_() for g in (dw, db)]
    for parameter, gradient in zip(parameters, (dw, db)):
        parameter.grad = gradient.clone()
    norm = torch.nn.utils.clip_grad_norm_(parameters, max_norm)
    outputs = {"norm": norm, "dw": parameters[0].grad, "db": parameters[1].grad}
    return plain(name, {"max_norm": max_norm}, {"dw": dw, "db": db}, outputs)


def optimizer_cases():
    optim = torch.optim
    return [
        optimizer_case("sgd", optim.SGD, lr=0.1),
        optimizer_case("sgd_momentum", optim.SGD, lr=0.1, momentum=0.9),
        optimizer_case("sgd_nesterov", optim.SGD, lr=0.1, momentum=0.9, nesterov=True),
        optimizer_case("sgd_weight_decay", optim.SGD, lr=0.1, weight_decay=0.05),
        optimizer_case(
            "sgd_all_options", optim.SGD, lr=0.1, momentum=0.8, nesterov=True, weight_decay=0.05
        ),
        optimizer_case("rmsprop", optim.RMSprop, lr=0.01, alpha=0.99, eps=1e-8),
        optimizer_case("rmsprop_momentum", optim.RMSprop, lr=0.01, alpha=0.9, momentum=0.7),
        optimizer_case("rmsprop_centered", optim.RMSprop, lr=0.01, alpha=0.9, centered=True),
        optimizer_case("rmsprop_weight_decay", optim.RMSprop, lr=0.01, weight_decay=0.05),
        optimizer_case("adam", optim.Adam, lr=0.02, betas=(0.9, 0.999), eps=1e-8),
        optimizer_case("adam_betas_eps", optim.Adam, lr=0.02, betas=(0.8, 0.95), eps=1e-3),
        optimizer_case("adam_weight_decay", optim.Adam, lr=0.02, weight_decay=0.05),
        optimizer_case("adamw", optim.AdamW, lr=0.02, weight_decay=0.01),
        optimizer_case("adamw_no_weight_decay", optim.AdamW, lr=0.02, weight_decay=0.0),
        clip_case("clip_grad_norm_above", max_norm=0.5),
        clip_case("clip_grad_norm_below", max_norm=10.0),
    ]


def schedule_case(name, scheduler_type, lr, steps=None, metrics=None, **options):
    """The learning rate after each call of scheduler.step(); `metrics` are its arguments if any."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr)
    scheduler = scheduler_type(optimizer, **options)
    rates = []
    for arguments in [()] * steps if metrics is None else [(m,) for m in metrics]:
        optimizer.step()
        scheduler.step(*arguments)
        rates.append(optimizer.param_groups[0]["lr"])
    inputs = {} if metrics is None else {"metrics": floats(*metrics)}
    return plain(name, {"lr": lr} | options, inputs, {"lr": floats(*rates)})


def schedule_cases():
    schedulers = torch.optim.lr_scheduler
    plateau = schedulers.ReduceLROnPlateau
    falling = (1.0, 0.9, 0.9, 0.95, 0.91, 0.92, 0.93, 0.8, 0.79996, 0.81, 0.82, 0.83, 0.84, 0.85)
    rising = tuple(1.0 - m for m in falling)
    return [
        schedule_case("step", schedulers.StepLR, 0.1, steps=10, step_size=3, gamma=0.5),
        schedule_case("cosine", schedulers.CosineAnnealingLR, 0.1, steps=8, T_max=8),
        schedule_case(
            "cosine_eta_min", schedulers.CosineAnnealingLR, 0.1, steps=7, T_max=7, eta_min=0.01
        ),
        schedule_case("plateau", plateau, 0.1, metrics=falling, factor=0.5, patience=2),
        schedule_case("plateau_patience_0", plateau, 0.1, metrics=falling, factor=0.5, patience=0),
        schedule_case(
            "plateau_max", plateau, 0.1, metrics=rising, mode="max", factor=0.5, patience=2
        ),
        schedule_case(
            "plateau_absolute_threshold",
            plateau,
            0.1,
            metrics=falling,
            factor=0.5,
            patience=2,
            threshold=0.15,
            threshold_mode="abs",
        ),
        schedule_case(
            "plateau_cooldown", plateau, 0.1, metrics=falling, factor=0.5, patience=1, cooldown=2
        ),
        schedule_case(
            "plateau_min_lr", plateau, 0.1, metrics=falling, factor=0.2, patience=1, min_lr=0.005
        ),
    ]
