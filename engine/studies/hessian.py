"""The Hessian of the training loss times a vector, exactly: the R-operator (Pearlmutter 1994) written out by hand.

R{f}(w) = ∂f(w + t·v)/∂t at t = 0. Applied line by line to the forward and the backward pass of
`engine.backends.by_hand`, whose caches it starts from, it gives H·v = R{∂L/∂w} at about the cost of one more pass of
each. In float64 and in the form of inference: running statistics, no dropout, the data alone. No second derivative
crosses a kink: there that of the left side is taken, as the slope is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.backends.by_hand import BackwardCache, ByHand, ForwardCache
from engine.nn.activations import Floats
from engine.nn.network import Array, Network, Stage, State
from engine.spec.spec import Spec


@dataclass(frozen=True, eq=False)
class StagePass:
    """What the passes of one stage left, for all directions alike; shapes as in `by_hand`."""

    stage: Stage
    forward: ForwardCache
    backward: BackwardCache
    weight: Floats
    scale: Floats
    """γ of batch norm; empty without"""
    slope: Floats
    """∂h/∂n"""
    bent: Floats
    """∂L/∂h · ∂²h/∂n²"""


class HessianProduct:
    """v (count,) → H·v (count,), and the gradient beside it."""

    def __init__(self, spec: Spec, network: Network, state: State, inputs: Array, targets: Array) -> None:
        self.network = network
        exact_inputs: Any = inputs.astype(np.float64)  # the backend works in the type it is given
        self.targets: Floats = targets.astype(np.float64)
        by_hand = ByHand(spec, network, inputs, targets)
        precise = {name: getattr(state, name).astype(np.float64) for name in ("parameters", "buffers", "updates")}
        by_hand.load(replace(state, **precise, optimizer_state={}))
        with np.errstate(over="ignore", invalid="ignore"):
            forward = by_hand.forward(by_hand.state_now.parameters, exact_inputs)
            backward, self.gradient = by_hand.backward(forward, targets)
            self.loss = by_hand.loss
            tensors = network.views(by_hand.state_now.parameters)
            self.passes = []
            for layer, (stage, above, below) in enumerate(zip(network.stages, forward, backward, strict=True)):
                activation = by_hand.activation[stage.activation]
                self.passes.append(
                    StagePass(
                        stage,
                        above,
                        below,
                        tensors[f"layers.{layer}.weight"],
                        tensors.get(f"norms.{layer}.weight", np.zeros(0)),
                        activation.slope(above.n, above.h),
                        below.d_h * activation.curvature(above.n, above.h),
                    )
                )

    def __call__(self, direction: NDArray[np.float64]) -> NDArray[np.float64]:
        v = self.network.views(direction)
        moved: list[tuple[Floats, Floats, Floats]] = []  # R of below, x̂ and n of each stage
        r_a: Floats = np.zeros_like(self.passes[0].forward.below)
        for layer, one in enumerate(self.passes):
            r_below = r_a
            r_z: Floats = one.forward.below @ v[f"layers.{layer}.weight"].T
            if layer > 0:  # the inputs of the network do not move
                r_z = r_z + r_below @ one.weight.T
            if self.network.biases:
                r_z = r_z + v[f"layers.{layer}.bias"]
            r_x_hat = r_n = r_z
            if one.forward.norm is not None:
                r_x_hat = r_z / one.forward.norm.std
                moved_scale, moved_shift = v[f"norms.{layer}.weight"], v[f"norms.{layer}.bias"]
                r_n = one.scale * r_x_hat + moved_scale * one.forward.norm.x_hat + moved_shift
            r_a = one.slope * r_n
            if one.stage.residual:
                r_a = r_a + r_below
            moved.append((r_below, r_x_hat, r_n))
        return self._backward(v, moved, self.loss.bend(self.passes[-1].forward.out, self.targets, r_a))

    def _backward(
        self, v: Mapping[str, Floats], moved: list[tuple[Floats, Floats, Floats]], r_d_a: Floats
    ) -> NDArray[np.float64]:
        flat = np.empty(self.network.count)
        product = self.network.views(flat)
        for layer, (one, (r_below, r_x_hat, r_n)) in reversed([*enumerate(zip(self.passes, moved, strict=True))]):
            weight, below = f"layers.{layer}.weight", one.backward
            r_d_z = r_d_a * one.slope + one.bent * r_n  # of ∂L/∂n, and of ∂L/∂z where there is no norm
            if one.forward.norm is not None:
                norm = one.forward.norm
                product[f"norms.{layer}.weight"][:] = (r_d_z * norm.x_hat + below.d_n * r_x_hat).sum(axis=0)
                product[f"norms.{layer}.bias"][:] = r_d_z.sum(axis=0)
                r_d_z = (r_d_z * one.scale + below.d_n * v[f"norms.{layer}.weight"]) / norm.std
            product[weight][:] = r_d_z.T @ one.forward.below
            if layer > 0:
                product[weight] += below.d_z.T @ r_below
            if self.network.biases:
                product[f"layers.{layer}.bias"][:] = r_d_z.sum(axis=0)
            if layer > 0:
                r_d_below = r_d_z @ one.weight + below.d_z @ v[weight]
                r_d_a = r_d_below + r_d_a if one.stage.residual else r_d_below
        return flat
