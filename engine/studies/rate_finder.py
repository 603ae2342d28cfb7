"""Learning-rate finder: one run whose rate rises at every step (Smith 2017, Cyclical Learning Rates), and where its
loss falls most steeply and is stable for the last time."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.data.digits import BUNDLED_ONLY, DataSources
from engine.spec.choices import BackendName
from engine.spec.spec import Spec
from engine.training.stopping import STOP_FIELDS
from engine.training.trainer import Trainer

RATES: tuple[float, ...] = tuple(float(f"{rate:.4g}") for rate in np.geomspace(1e-6, 10, 281))
"""40 for each factor of ten."""

SMOOTHED_OVER = 41
"""Steps, a factor of ten: mini-batches make the loss go up and down, and over fewer the steepest place is often one of
these jumps, at the border of what is stable."""

STABLE = 0.1
"""Of the fall of the loss: so far it may rise again above the lowest and is still called stable."""


@dataclass(frozen=True)
class RateSearch:
    """losses: the training loss over all samples after each step, (rates,), fewer where the run has diverged.
    steepest, last_stable: rates; None where the loss does not fall."""

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    steepest: float | None
    last_stable: float | None


def spec_of_search(spec: Spec) -> Spec:
    """Without what else would change the rate, or end the run."""
    return spec.changed(schedule="constant", warmup_steps=0, learning_rate=RATES[0], **dict.fromkeys(STOP_FIELDS))


def rate_search(
    spec: Spec, sources: DataSources = BUNDLED_ONLY, backend: BackendName = "compiled"
) -> Iterator[RateSearch | None]:
    """Yields None after each step, and what was found at the end."""
    spec = spec_of_search(spec)
    trainer = Trainer(spec, backend, sources)
    losses = [trainer.evaluate()["train_loss"]]
    for rate in RATES:
        trainer.configure(spec.changed(learning_rate=rate))
        trainer.advance(1)
        loss = trainer.evaluate()["train_loss"]
        if trainer.diverged is not None or not np.isfinite(loss):
            break
        losses.append(loss)
        yield None
    steepest, last_stable = marks(np.array(losses))
    yield RateSearch(
        RATES[: len(losses) - 1],
        tuple(losses[1:]),
        None if steepest is None else RATES[steepest],
        None if last_stable is None else RATES[last_stable],
    )


def marks(losses: NDArray[np.float64]) -> tuple[int, int] | tuple[None, None]:
    """Which of the steps is the steepest, and which the last stable one; losses: before the first step and after each.

    From the lowest smoothed loss on, the last stable step is the last before it has risen by a tenth of the fall. The
    steepest is that of the largest fall of the smoothed loss by log rate, up to there.
    """
    if len(losses) < SMOOTHED_OVER:
        return None, None
    half = SMOOTHED_OVER // 2
    smooth = np.convolve(np.pad(losses, half, mode="edge"), np.full(SMOOTHED_OVER, 1 / SMOOTHED_OVER), "valid")
    lowest = int(np.argmin(smooth))
    fall = smooth[0] - smooth[lowest]
    if lowest == 0 or fall <= 0:
        return None, None
    risen = np.flatnonzero(losses[lowest:] > smooth[lowest] + STABLE * fall)
    last_stable = lowest + int(risen[0]) - 1 if len(risen) else len(losses) - 1
    last_stable = max(last_stable, 1)
    steepest = int(np.argmin(np.gradient(smooth)[1 : last_stable + 1])) + 1
    return steepest - 1, last_stable - 1
