"""NumPy code of the rules of descent: what each remembers, and its step on all tensors."""

from dataclasses import dataclass

from engine.exports.exported_run import ExportedRun
from engine.exports.programs.numpy_network import parameter_names
from engine.exports.programs.program import Line, lines
from engine.nn.optimizers import uses_memory
from engine.spec.choices import OptimizerName
from engine.spec.spec import Spec


@dataclass(frozen=True)
class RuleCode:
    memory: tuple[str, ...]
    """Names of what it keeps for each tensor, zeros at first."""
    step: str
    """For p, tensor i of the parameters, and g, its gradient; {rate} is the learning rate"""


SGD = RuleCode((), "p -= {rate} * g")

ADAM = RuleCode(
    ("m", "v"),
    """
    m[i] = BETA1 * m[i] + (1 - BETA1) * g
    v[i] = BETA2 * v[i] + (1 - BETA2) * g * g
    m_hat, v_hat = m[i] / (1 - BETA1 ** (step + 1)), v[i] / (1 - BETA2 ** (step + 1))
    p -= {rate} * m_hat / (np.sqrt(v_hat) + EPSILON)
    """,
)

MUON = """
    if i in HIDDEN:
        m[i] = MUON_MOMENTUM * m[i] + (1 - MUON_MOMENTUM) * g
        ahead = {ahead}
        p -= {rate} * math.sqrt(max(1, len(p) / len(p.T))) * orthogonalised(ahead)
        continue"""
"""Of weights between two hidden layers; for all others Adam's lines follow."""

AMSGRAD = RuleCode(
    ("m", "v", "v_max"),
    """
    m[i] = BETA1 * m[i] + (1 - BETA1) * g
    v[i] = BETA2 * v[i] + (1 - BETA2) * g * g
    v_max[i] = np.maximum(v_max[i], v[i])
    m_hat, v_hat = m[i] / (1 - BETA1 ** (step + 1)), v_max[i] / (1 - BETA2 ** (step + 1))
    p -= {rate} * m_hat / (np.sqrt(v_hat) + EPSILON)
    """,
)

CENTERED = RuleCode(
    ("square", "mean"),
    """
    square[i] = ALPHA * square[i] + (1 - ALPHA) * g * g
    mean[i] = ALPHA * mean[i] + (1 - ALPHA) * g
    p -= {rate} * g / (np.sqrt(np.maximum(square[i] - mean[i] ** 2, 0)) + EPSILON)
    """,
)

RULES: dict[OptimizerName, RuleCode] = {
    "sgd": SGD,
    "perceptron": SGD,
    "evolution": SGD,
    "momentum": RuleCode(
        ("velocity",),
        """
        velocity[i] = g if step == 0 else MOMENTUM * velocity[i] + (1 - DAMPENING) * g
        p -= {rate} * velocity[i]
        """,
    ),
    "nag": RuleCode(
        ("velocity",),
        """
        velocity[i] = MOMENTUM * velocity[i] + g
        p -= {rate} * (g + MOMENTUM * velocity[i])
        """,
    ),
    "adagrad": RuleCode(
        ("total",),
        """
        total[i] = total[i] + g * g
        p -= {rate} / (1 + step * RATE_DECAY) * g / (np.sqrt(total[i]) + EPSILON)
        """,
    ),
    "rmsprop": RuleCode(
        ("square",),
        """
        square[i] = ALPHA * square[i] + (1 - ALPHA) * g * g
        p -= {rate} * g / (np.sqrt(square[i]) + EPSILON)
        """,
    ),
    "adam": ADAM,
    "adamw": ADAM,
    "muon": RuleCode(
        ("m", "v"),
        MUON + ADAM.step,
    ),
}
"""As in `engine.nn.optimizers`, simplest first."""

ORTHOGONALISED = """
def orthogonalised(x):
    \"\"\"All singular values moved towards 1: the iteration by Newton and Schulz (Jordan et al. 2024).\"\"\"
    if len(x) > len(x.T):
        return orthogonalised(x.T).T
    x = x / max(float(np.linalg.norm(x)), 1e-7)
    for _ in range(NEWTON_SCHULZ_STEPS):
        gram = x @ x.T
        x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
    return x
"""


def rule_of(spec: Spec) -> RuleCode:
    if not uses_memory(spec):
        return SGD
    if spec.amsgrad and spec.optimizer in ("adam", "adamw"):
        return AMSGRAD
    return CENTERED if spec.centered and spec.optimizer == "rmsprop" else RULES[spec.optimizer]


def rule_functions(spec: Spec) -> list[list[Line]]:
    return [lines(ORTHOGONALISED)] if spec.optimizer == "muon" else []


def memory_code(run: ExportedRun) -> list[Line]:
    """Before the loop: what the rule remembers."""
    spec = run.spec
    start = "np.full_like(p, INITIAL_ACCUMULATOR)" if spec.optimizer == "adagrad" else "np.zeros_like(p)"
    code = [f"{name} = [{start} for p in parameters]" for name in rule_of(spec).memory]
    if spec.optimizer == "muon":
        names = parameter_names(run)
        hidden = {names.index(f"w{layer}") for layer in range(1, run.network.layers - 1)}
        code.append(f"HIDDEN = {hidden or '()'}  # weights between two hidden layers; all others follow AdamW")
    return lines("\n".join(code)) if code else []


def update_code(run: ExportedRun, rate: str) -> list[Line]:
    """From the gradients to the new parameters. rate: a name or a number."""
    spec, code = run.spec, []
    if spec.l1 or spec.l2:
        slope = " + ".join([*(["L1 * np.sign(w)"] if spec.l1 else []), *(["L2 * w"] if spec.l2 else [])])
        code += [
            "for w, g in zip(parameters, gradients):",
            "    if w.ndim == 2:  # penalties are on weights alone, not on biases",
            f"        g += {slope}",
        ]
    if spec.clip == "norm":
        code += [
            "length = math.sqrt(sum(float(np.sum(g * g)) for g in gradients))",
            "gradients = [g * min(1, CLIP / (length + 1e-6)) for g in gradients]",
        ]
    if spec.clip == "value":
        code.append("gradients = [np.clip(g, -CLIP, CLIP) for g in gradients]")
    if spec.decay:
        code += ["for p in parameters:", f"    p *= 1 - {rate} * WEIGHT_DECAY"]
    rule = rule_of(spec)
    ahead = "(1 - MUON_MOMENTUM) * g + MUON_MOMENTUM * m[i]" if spec.nesterov else "m[i]"
    step = [line.text for line in lines(rule.step.replace("{rate}", rate).replace("{ahead}", ahead))]
    over = (
        "for i, (p, g) in enumerate(zip(parameters, gradients)):"
        if rule.memory
        else "for p, g in zip(parameters, gradients):"
    )
    return lines("\n".join([*code, over, *(f"    {line}" for line in step)]), "update")
