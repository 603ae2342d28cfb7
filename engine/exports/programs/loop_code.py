"""Code that both scripts share: settings, the loop over steps, the learning rate, the log, the stop rules."""

from engine.exports.exported_run import ExportedRun
from engine.exports.programs.program import Line, lines
from engine.spec.choices import READS, ScheduleName
from engine.spec.seeds import data_seed, has_own_seeds, start_seed
from engine.spec.spec import Spec

SETTINGS: dict[str, str] = {
    "epsilon": "EPSILON",
    "rate_decay": "RATE_DECAY",
    "initial_accumulator": "INITIAL_ACCUMULATOR",
    "momentum": "MOMENTUM",
    "dampening": "DAMPENING",
    "alpha": "ALPHA",
    "beta1": "BETA1",
    "beta2": "BETA2",
    "muon_momentum": "MUON_MOMENTUM",
    "newton_schulz_steps": "NEWTON_SCHULZ_STEPS",
    "sigma": "SIGMA",
    "pairs": "PAIRS",
}
"""Numbers that an optimizer reads, and their names in a script."""

SCHEDULES: dict[ScheduleName, str] = {
    "constant": "",
    "step": "{factor} ** (step // {steps})",
    "exponential": "{factor} ** (step / {steps})",
    "cosine": "({factor} + (1 - {factor}) * (1 + math.cos(math.pi * min(1, step / {steps}))) / 2)",
}
"""The factor of the learning rate, as in `engine.nn.schedules`."""


def settings(run: ExportedRun) -> list[Line]:
    spec = run.spec
    own = [name for name in READS[spec.optimizer] if name in SETTINGS]
    numbers = {
        "SEED": spec.seed,
        **({"DATA_SEED": data_seed(spec), "START_SEED": start_seed(spec)} if has_own_seeds(spec) else {}),
        **({"BATCH_SIZE": run.batch_size} if run.batches > 1 else {}),
        "LEARNING_RATE": spec.learning_rate,
        **{SETTINGS[name]: getattr(spec, name) for name in own},
        **({"WEIGHT_DECAY": spec.decay} if spec.decay else {}),
        **({"L1": spec.l1} if spec.l1 else {}),
        **({"L2": spec.l2} if spec.l2 else {}),
        **({"CLIP": spec.clip_limit} if spec.clip != "none" else {}),
    }
    steps = f"STEPS = {run.steps}  # the run on the page stands at {run.step}; set more to train on"
    return lines("\n".join([steps, *(f"{name} = {value}" for name, value in numbers.items())]))


def rate_factor(spec: Spec) -> str:
    """What the learning rate is multiplied by at a step; empty where it stays."""
    factors = [SCHEDULES[spec.schedule].format(factor=spec.schedule_factor, steps=spec.schedule_steps)]
    if spec.warmup_steps:
        factors.append(f"min(1, (step + 1) / {spec.warmup_steps})")
    return " * ".join(factor for factor in factors if factor)


def batch_code(run: ExportedRun) -> list[Line]:
    """At the start of a step: its samples x and y."""
    if not run.in_order:
        return []
    if run.batches == 1:
        return lines("order = batch_order(step)\nx, y = x_train[order], y_train[order]", "batch")
    return lines(
        f"""
        epoch, batch = divmod(step, {run.batches})
        if batch == 0:
            order, epoch_loss = batch_order(epoch), 0
        rows = order[batch * BATCH_SIZE : (batch + 1) * BATCH_SIZE]
        x, y = x_train[rows], y_train[rows]
        """,
        "batch",
    )


def log_and_stop(run: ExportedRun, loss: str, test_loss: str) -> list[Line]:
    """At the end of a step: its loss is kept; that of an epoch is printed, and may end the run."""
    spec = run.spec
    code = [f"losses.append({loss})"]
    epoch_loss, epoch = "losses[-1]", "step + 1"
    if run.batches > 1:
        epoch_loss, epoch = "epoch_loss", "epoch + 1"
        mean = spec.reduction == "mean"
        added = f"losses[-1] * len(rows) / {run.samples}" if mean else "losses[-1]"
        code += [f"epoch_loss += {added}", f"if batch < {run.batches - 1}:", "    continue"]
    report = f'print(f"epoch {{{epoch}:4d}}   loss {{{epoch_loss}:.6f}}")'
    code += [report] if run.batches > 1 else ["if step % 10 == 9:", f"    {report}"]
    rules = []
    if spec.optimizer == "perceptron":
        rules.append(f"{epoch_loss} == 0")
    if spec.stop_loss is not None:
        rules.append(f"{epoch_loss} <= {spec.stop_loss}")
    if spec.stop_change is not None:
        rules.append(f"abs({epoch_loss} - last_loss) < {spec.stop_change}")
    if spec.stop_patience is not None:
        code += [
            f"test_loss = {test_loss}",
            "if test_loss < best:",
            f"    best, best_epoch = test_loss, {epoch}",
        ]
        rules.append(f"{epoch} - best_epoch >= {spec.stop_patience}")
    if spec.stop_epochs is not None:
        rules.append(f"{epoch} == {spec.stop_epochs}")
    if rules:
        code += [f"if {' or '.join(rules)}:", "    break"]
    if spec.stop_change is not None:
        code.append(f"last_loss = {epoch_loss}")
    return lines("\n".join(code))


def before_loop(spec: Spec) -> list[Line]:
    code = ["losses = []"]
    if spec.stop_change is not None:
        code.append('last_loss = float("inf")')
    if spec.stop_patience is not None:
        code.append('best, best_epoch = float("inf"), 0')
    return lines("\n".join(code))
