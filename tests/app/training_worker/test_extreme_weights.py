"""Weights and statistics that a file can hold and training would not reach: huge, tiny, denormal, any mixture of them.

Whatever the page can ask of such a run is answered in numbers, null where one is not finite, or in words.
"""

import json
import random
from contextlib import suppress
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from app.settings import Limits
from app.training_worker import jobs, port
from app.training_worker.page_data.graph_jobs import network_sample
from app.web.graph_answers import check_message, network_answer
from app.wire.frames import decode_frame, layout_message
from app.wire.messages import Refusal
from engine.data.digits import BUNDLED_ONLY
from engine.fault import Fault
from engine.spec.choices import ActivationName, OptimizerName
from engine.spec.spec import Spec
from engine.training.trainer import Trainer

EXTREMES = (0, 1, 1e-45, 1e-40, 1e-38, 1e-20, 1e-10, 7e4, 1e10, 1e19, 1e20, 1e30, 3e38)
"""From the smallest denormal number of 32 bits to nearly the largest; 7e4 is beyond the 16 bits of some maps."""

SEEDS = range(60)


def extreme_run(seed: int) -> Trainer:
    draw = random.Random(seed)
    hidden = [
        {
            "width": 2,  # as many as there are inputs, so that each layer may be residual
            "activation": draw.choice(get_args(ActivationName)),
            "batch_norm": draw.random() < 0.7,
            "residual": draw.random() < 0.5,
        }
        for _ in range(draw.randint(1, 2))
    ]
    dataset, loss = draw.choice([("circle", "mse"), ("circle", "bce"), ("xor", "cross_entropy"), ("plane", "mae")])
    optimizer = draw.choice([name for name in get_args(OptimizerName) if name not in ("perceptron", "evolution")])
    spec = Spec.model_validate({"hidden": hidden, "dataset": dataset, "loss": loss, "optimizer": optimizer})
    trainer = jobs.start(spec, backend="by_hand", sources=BUNDLED_ONLY)
    share = draw.random()
    tensors = {**trainer.parameters(), **trainer.buffers()}
    for name, tensor in tensors.items():
        for place in np.ndindex(tensor.shape):
            if draw.random() < share:
                sign = 1 if name.endswith("running_var") else draw.choice((1, -1))
                tensor[place] = np.float32(sign * draw.choice(EXTREMES))
    trainer.load_parameters(tensors)
    return trainer


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_asked_of_extreme_weights_is_numbers_or_words(seed: int) -> None:
    trainer = extreme_run(seed)
    layout = layout_message(trainer.spec, 1)
    started = jobs.started(port.TrainerHandle(), trainer)
    said: list[object] = [started.data, started.experiment.message]
    shown = port.Train(0, 0, frozenset({None, (0, 0)}), False, True, True, 1, 1, 10.0)
    for job in (shown, replace(shown, steps=3, watched=True)):
        trained = jobs.do(trainer, job)
        said.append(trained.scores)
        said.extend(decode_frame(frame, layout)["step"] for frame in trained.frames.values())
    said.append(jobs.do(trainer, port.Examine([started.entry])).message)
    for looking in (port.Predict(1, [[0.1, 0.2]], None), port.OpenNextStep(0)):
        with suppress(Refusal):
            said.append(jobs.do(trainer, looking))
    json.dumps(said, allow_nan=False)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_graph_of_extreme_weights_is_numbers_or_words(seed: int) -> None:
    try:
        answer = network_answer(network_sample(extreme_run(seed), "0"), Limits())
    except (Refusal, Fault):
        return
    said = [answer.message]
    if answer.run is not None:
        said.append(check_message(answer.run, answer.values))
    json.dumps(said, allow_nan=False)
