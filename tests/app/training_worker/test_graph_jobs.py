"""Networks as graphs, without a server."""

import numpy as np
import pytest

from app.settings import Limits
from app.training_worker.page_data.graph_jobs import network_sample
from app.web.graph_answers import network_answer
from app.wire.messages import Refusal
from engine import Spec, Trainer


def test_a_network_without_finite_numbers_gets_a_sentence() -> None:
    trainer = Trainer(Spec.model_validate({"hidden": [2] * 8, "activation": "linear"}), backend="by_hand")
    trainer.load_parameters({name: np.full(shape, 3e38) for name, shape in trainer.network.shapes.items()})
    with pytest.raises(Refusal) as caught:
        network_answer(network_sample(trainer, "0"), Limits())
    assert caught.value.message()["code"] == "graph_network_overflow"
