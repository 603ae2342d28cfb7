"""A network and one training sample, as the page of the chain rule draws them."""

import numpy as np

from app.training_worker.page_data.network_sample import NetworkSample
from app.wire.messages import Refusal
from app.wire.validation import shown
from engine.graph import network_graph
from engine.training.trainer import Trainer


def network_sample(trainer: Trainer, point: str) -> NetworkSample:
    """Raises Refusal where there is no such point."""
    points, columns = trainer.train_inputs.shape
    try:
        place = int(point)
    except ValueError:
        raise Refusal("wrong_type", {"field": "point", "expected": "a whole number", "given": shown(point)}) from None
    if not 0 <= place < points:
        raise Refusal("out_of_range", {"field": "point", "given": place, "lowest": 0, "highest": points - 1})
    features: list[str] = list(trainer.spec.features)
    rule = [trainer.spec.optimizer] if trainer.spec.optimizer in ("perceptron", "evolution") else []
    return NetworkSample(
        network=trainer.network,
        tensors={**trainer.parameters(), **trainer.buffers()},
        inputs=trainer.train_inputs[place].astype(np.float64),
        targets=trainer.train_targets[place].astype(np.float64),
        names=features if len(features) == columns else [f"x{column + 1}" for column in range(columns)],
        point=place,
        points=points,
        step=trainer.step,
        notes=[*network_graph.notes(trainer.network), *rule],
    )
