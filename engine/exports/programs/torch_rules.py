"""PyTorch code of the rules of descent: torch.optim where it has them, else a class or lines of their own."""

from engine.exports.exported_run import ExportedRun
from engine.exports.programs.loop_code import rate_factor
from engine.exports.programs.program import Line, lines
from engine.nn.optimizers import uses_memory
from engine.spec.choices import OptimizerName
from engine.spec.spec import Spec

OPTIMIZERS: dict[OptimizerName, str] = {
    "sgd": "SGD(net.parameters(), lr=LEARNING_RATE)",
    "perceptron": "SGD(net.parameters(), lr=LEARNING_RATE)",
    "evolution": "SGD(net.parameters(), lr=LEARNING_RATE)",
    "momentum": "SGD(net.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM, dampening=DAMPENING)",
    "nag": "SGD(net.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM, nesterov=True)",
    "adagrad": (
        "Adagrad(net.parameters(), lr=LEARNING_RATE, lr_decay=RATE_DECAY, "
        "initial_accumulator_value=INITIAL_ACCUMULATOR, eps=EPSILON)"
    ),
    "rmsprop": "RMSprop(net.parameters(), lr=LEARNING_RATE, alpha=ALPHA, eps=EPSILON{centered})",
    "adam": "Adam(net.parameters(), {adam})",
    "adamw": "AdamW(net.parameters(), {adam}, weight_decay={decay})",
    "muon": "AdamW(others, {adam}, weight_decay={decay})",
}
"""As `engine.backends.torch_rules`."""

MUON = """
class Muon(torch.optim.Optimizer):
    \"\"\"Momentum made orthogonal by Newton and Schulz's iteration, as torch.optim.Muon, but in float32.\"\"\"

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                momentum = self.state[p].setdefault("momentum", torch.zeros_like(p))
                momentum.lerp_(p.grad, 1 - MUON_MOMENTUM)
                x = {ahead}
                x = x.T if len(x) > len(x.T) else x
                x = x / x.norm().clamp(min=1e-7)
                for _ in range(NEWTON_SCHULZ_STEPS):
                    gram = x @ x.T
                    x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
                {decay}p.sub_(x if x.shape == p.shape else x.T, alpha=group["lr"] * max(1, len(p) / len(p.T)) ** 0.5)
"""


def _optimizer(spec: Spec) -> str:
    amsgrad = ", amsgrad=True" if spec.amsgrad and spec.optimizer != "muon" else ""
    return OPTIMIZERS[spec.optimizer].format(
        adam=f"lr=LEARNING_RATE, betas=(BETA1, BETA2), eps=EPSILON{amsgrad}",
        centered=", centered=True" if spec.centered else "",
        decay="WEIGHT_DECAY" if spec.decay else "0",
    )


def has_muon(run: ExportedRun) -> bool:
    """Whether some weight lies between two hidden layers."""
    return run.spec.optimizer == "muon" and run.network.layers > 2


def rule_classes(run: ExportedRun) -> list[list[Line]]:
    if not has_muon(run):
        return []
    ahead = "p.grad.lerp(momentum, MUON_MOMENTUM)" if run.spec.nesterov else "momentum"
    decay = 'p.mul_(1 - group["lr"] * WEIGHT_DECAY)\n                ' if run.spec.decay else ""
    return [lines(MUON.replace("{ahead}", ahead).replace("{decay}", decay))]


def optimizer_code(run: ExportedRun) -> list[Line]:
    spec = run.spec
    if not uses_memory(spec):
        return lines("optimizer = torch.optim.SGD(net.parameters(), lr=LEARNING_RATE)" + _schedule(spec, ["optimizer"]))
    code = f"optimizer = torch.optim.{_optimizer(spec)}"
    names = ["optimizer"]
    if spec.optimizer == "muon":
        last = run.network.layers - 1
        code = (
            f"hidden = [linear.weight for linear in linears[1:{last}]]\n"
            "others = [p for p in net.parameters() if all(p is not weight for weight in hidden)]\n"
        ) + code
        if has_muon(run):
            code += '\nmuon = Muon(hidden, {"lr": LEARNING_RATE})'
            names.append("muon")
        else:
            code = code.replace("hidden = [linear.weight for linear in linears[1:1]]\n", "")
    return lines(code + _schedule(spec, names))


def _schedule(spec: Spec, optimizers: list[str]) -> str:
    if not (factor := rate_factor(spec)):
        return ""
    made = [f"torch.optim.lr_scheduler.LambdaLR({name}, lambda step: {factor})" for name in optimizers]
    return f"\nschedules = [{', '.join(made)}]"


def update_code(run: ExportedRun) -> list[Line]:
    """After the gradient is there."""
    spec, code = run.spec, []
    if spec.clip == "norm":
        code.append("nn.utils.clip_grad_norm_(net.parameters(), CLIP)")
    if spec.clip == "value":
        code.append("nn.utils.clip_grad_value_(net.parameters(), CLIP)")
    if spec.decay and spec.optimizer not in ("adamw", "muon"):
        rate = 'optimizer.param_groups[0]["lr"]' if rate_factor(spec) else "LEARNING_RATE"
        code += [
            "with torch.no_grad():  # decay apart from the gradient, as AdamW has it",
            "    for p in net.parameters():",
            f"        p.mul_(1 - {rate} * WEIGHT_DECAY)",
        ]
    code.append("optimizer.step()")
    if has_muon(run):
        code.append("muon.step()")
    if rate_factor(spec):
        code += ["for schedule in schedules:", "    schedule.step()"]
    return lines("\n".join(code), "update")
