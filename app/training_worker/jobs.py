"""What each job of `port` does with a Trainer. They run off the event loop, in whatever keeps the Trainer."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from app.training_worker import checkup, explanations, keeping, port
from app.training_worker.kept_run import GetKept, OpenKept
from app.training_worker.long_work import takes_long
from app.training_worker.page_data import descriptions, graph_jobs
from app.training_worker.port import Experiment, InspectRequest, Placed, Trained
from app.training_worker.recording import MOST_SECONDS, Recorder, entry_of
from app.wire.frames import Focus, encode_frame, with_focus
from app.wire.messages import Refusal
from app.wire.numbers import number, numbers
from engine.backends import MakeBackend, make_backend
from engine.backends.bugs import affects, compatible_with
from engine.data.digits import DataSources
from engine.data.features import features_of
from engine.evaluation.predictions import predictions_of
from engine.exports.exported_run import ExportedRun
from engine.exports.formats import ProgramName
from engine.exports.programs.numpy_script import numpy_program
from engine.exports.programs.program import Program, readable
from engine.exports.programs.torch_script import torch_program
from engine.nn.network import Array
from engine.spec.choices import FEATURES, BackendName, BugName
from engine.spec.spec import Spec
from engine.training import model_file, safetensors_file
from engine.training.picture import Readings
from engine.training.timeline import Checkpoint, Moment
from engine.training.trainer import Trainer

GLANCE = 2
"""Cells per side of a snapshot whose boundary nobody sees: it is taken for its losses and gradient norms."""

PEEK_SIDE = 48
"""Resolution of a boundary that is shown small, beside another."""

WRITERS: dict[port.ModelFormat, Callable[[Mapping[str, Array]], bytes]] = {
    "pt": model_file.write,
    "safetensors": safetensors_file.write,
}

PROGRAMS: dict[ProgramName, Callable[[ExportedRun], Program]] = {"torch": torch_program, "numpy": numpy_program}

J = TypeVar("J", bound=port.Job[Any])
R = TypeVar("R")


def do(trainer: Trainer, job: port.Job[R]) -> R:
    result: R = JOBS[type(job)](trainer, job)
    return result


def start(
    spec: Spec,
    parameters: dict[str, Array] | None = None,
    bug: BugName | None = None,
    *,
    backend: BackendName,
    sources: DataSources,
    make_backend: MakeBackend = make_backend,
) -> Trainer:
    """parameters: other weights than the seed's; bug: planted, where it can be. Raises Fault where pictures
    cannot be read."""
    trainer = Trainer(spec, backend, sources, make_backend)
    if bug is not None and affects(bug, spec) and compatible_with(bug, spec.optimizer):
        trainer.inject_bug(bug)
    if parameters is not None:
        trainer.load_parameters(parameters)
    return trainer


def started(handle: port.TrainerHandle, trainer: Trainer) -> port.Started:
    """What is told of a Trainer that stands at the start of its run."""
    return port.Started(
        handle,
        experiment=experiment_of(trainer),
        data=descriptions.of_data(trainer),
        entry=trainer.snapshot(GLANCE).entry,
        checkpoint=trainer.checkpoint(),
    )


def experiment_of(trainer: Trainer) -> Experiment:
    return Experiment(
        spec=trainer.spec,
        bug=trainer.bug,
        backend=trainer.backend,
        sizes=trainer.network.sizes,
        shapes=dict(trainer.network.shapes),
        never_ends=descriptions.never_ends(trainer),
        takes_long=takes_long(trainer.spec) or trainer.backend == "autograd",
        message=descriptions.of_experiment(trainer),
    )


# Training


def train(trainer: Trainer, job: port.Train) -> Trained:
    began, first = time.perf_counter(), trainer.step
    records_steps = job.every_step and job.steps > 1
    with_picture = bool(job.focuses) and not (job.timed or job.watched or job.steps_of_epoch or records_steps)
    recorder = Recorder(trainer, watched=job.watched, every_step=job.every_step, logged_epoch=job.logged_epoch)
    picture_steps = 0
    if with_picture:
        picture_steps = recorder.advance_to_last_row(job.steps)
    else:
        recorder.advance(job.steps)
    epoch = trainer.epoch
    if job.steps_of_epoch:
        recorder.advance(min(job.steps_of_epoch, trainer.steps_left_in_epoch))
    trained, spent = time.perf_counter(), time.thread_time()
    epoch_ended = job.steps_of_epoch > 0 and trainer.epoch > epoch
    frames: dict[Focus | None, bytes] = {}
    readings = None
    shown = not job.only_at_epoch_end or epoch_ended or trainer.diverged is not None or trainer.stopped is not None
    if job.focuses and shown:
        readings, frames = _frames(trainer, job, picture_steps)
    elif job.record or job.every_step:
        readings = trainer.readings()
    if readings is None:
        recorder.log_if_due()
    else:
        recorder.note(readings)
    pictured = time.thread_time()
    scores = descriptions.scores(trainer) if job.scores and shown else None
    scored = pictured if scores is None else time.thread_time()
    step = trainer.step
    before = job.before if step == first else recorder.before
    records = job.record_rule is not None and job.record_rule.includes(step)
    return Trained(
        step=step,
        epoch=trainer.epoch,
        diverged=trainer.diverged,
        stopped=trainer.stopped,
        bug=trainer.bug,
        epoch_ended=epoch_ended,
        training_seconds=None if with_picture else trained - began,
        picture_seconds=pictured - spent,
        frames=frames,
        scores=scores,
        scores_seconds=scored - pictured,
        entries=recorder.entries,
        rows=recorder.rows,
        too_costly=recorder.too_costly or (not frames and pictured - spent > MOST_SECONDS),
        entry=None if readings is None else entry_of(readings),
        checkpoint=trainer.checkpoint() if readings is not None and records else None,
        before=before,
        here=trainer.checkpoint() if job.save else None,
        explanations={one: _explained(trainer, before, one) for one in job.inspect_requests} if frames else {},
    )


def _frames(trainer: Trainer, job: port.Train, steps: int) -> tuple[Readings, dict[Focus | None, bytes]]:
    """The numbers of the picture, and a frame for each focus, after so many steps more."""
    picture = trainer.picture(steps)
    frame = encode_frame(picture, revision=job.revision, frame=job.frame, steps_per_second=job.steps_per_second)
    frames: dict[Focus | None, bytes] = {None: frame}
    for focus in job.focuses:
        if focus is not None:
            is_plane = trainer.spec.kind.plane
            frames[focus] = with_focus(frame, focus, *trainer.neuron_map(*focus)) if is_plane else frame
    return picture.readings, frames


def _explained(trainer: Trainer, before: Checkpoint | None, request: InspectRequest) -> dict[str, Any]:
    """The explanation, or the sentence that says why there is none: a last batch may be smaller."""
    try:
        return explanations.explanation(trainer, before, request)
    except Refusal as refusal:
        return refusal.message()


# Changes


def whole_or_not_at_all(change: Callable[[Trainer, J], Placed]) -> Callable[[Trainer, J], Placed]:
    """A change that fails half-way leaves the Trainer where it stood."""

    @wraps(change)
    def changed(trainer: Trainer, job: J) -> Placed:
        here = trainer.checkpoint()
        try:
            return change(trainer, job)
        except Exception:
            trainer.restore(here)
            raise

    return changed


@whole_or_not_at_all
def configure(trainer: Trainer, job: port.Configure) -> Placed:
    trainer.configure(job.spec)
    return locate(trainer)


@whole_or_not_at_all
def plant_bug(trainer: Trainer, job: port.PlantBug) -> Placed:
    trainer.inject_bug(None)
    trainer.configure(job.spec)
    trainer.inject_bug(job.bug)
    return locate(trainer)


@whole_or_not_at_all
def switch_backend(trainer: Trainer, job: port.SwitchBackend) -> Placed:
    trainer.switch_backend(job.backend)
    return locate(trainer)


@whole_or_not_at_all
def edit(trainer: Trainer, job: port.Edit) -> Placed:
    parameters = trainer.parameters()
    parameters[job.tensor][job.index] = job.value
    trainer.load_parameters(parameters)
    return locate(trainer)


@whole_or_not_at_all
def go_to(trainer: Trainer, job: port.GoTo) -> Placed:
    trainer.restore(job.checkpoint)
    trainer.advance(job.steps)
    return locate(trainer)


@whole_or_not_at_all
def open_kept(trainer: Trainer, job: OpenKept) -> Placed:
    keeping.open_kept(trainer, job)
    return locate(trainer)


# Looking


def locate(trainer: Trainer) -> Placed:
    entry = trainer.snapshot(GLANCE).entry
    return Placed(experiment_of(trainer), trainer.checkpoint(), trainer.diverged, trainer.stopped, entry)


def checkpoint_before_last_step(trainer: Trainer, moment: Moment) -> Checkpoint | None:
    here = trainer.checkpoint()
    trainer.restore(moment.checkpoint)
    trainer.advance(here.state.step - 1 - moment.step)
    before = trainer.checkpoint()
    trainer.restore(here)
    return before if before.state.step == here.state.step - 1 else None


def peek(trainer: Trainer, job: port.Peek) -> dict[str, Any]:
    here = trainer.checkpoint()
    trainer.restore(job.moment.checkpoint)
    trainer.advance(job.steps)
    snapshot = trainer.snapshot(PEEK_SIDE)
    trainer.restore(here)
    boundary, classes = snapshot.boundary, descriptions.winning_classes(snapshot, job.moment.checkpoint.spec)
    return {
        "step": snapshot.step,
        "test_loss": number(snapshot.test_loss, 17),
        "side": PEEK_SIDE,
        "values": None if boundary is None else [number(float(value), 4) for value in np.ravel(boundary)],
        "classes": classes and {"winners": classes[0].ravel().tolist(), "strength": classes[1].ravel().tolist()},
    }


def predict(trainer: Trainer, job: port.Predict) -> dict[str, Any]:
    layers = trainer.layer_outputs(job.inputs)
    values = None
    if job.place is not None:
        layer, neuron = job.place
        values = layers[layer][neuron] if layer >= 0 else _feature(trainer.spec, neuron, job.inputs)
    outputs = layers[-1].T
    message = descriptions.prediction(
        job.question, trainer.step, outputs, predictions_of(trainer.spec, outputs), values
    )
    message["layers"] = [numbers(layer[:, 0].tolist(), 4) for layer in layers] if job.layers else None
    return message


def _feature(spec: Spec, number: int, points: ArrayLike) -> Array:
    return features_of(FEATURES[number : number + 1], np.array(points, dtype=np.float32), spec.kind.unit)[:, 0]


def write_program(trainer: Trainer, job: port.WriteProgram) -> dict[str, Any]:
    run = exported_run(trainer, port.GetExportedRun(job.start, job.changed))
    return {"step": run.step, "lines": [[line.text, line.phase] for line in readable(PROGRAMS[job.name](run))]}


def write_model(trainer: Trainer, job: port.WriteModel) -> tuple[int, bytes]:
    return trainer.step, WRITERS[job.format]({**trainer.parameters(), **trainer.buffers()})


def exported_run(trainer: Trainer, job: port.GetExportedRun) -> ExportedRun:
    now, samples = trainer.checkpoint().state, len(trainer.train_inputs)
    run = ExportedRun(trainer.spec, now.step, job.start, now.parameters, now.buffers, samples, trainer.bug)
    return replace(run, curve=job.curve, changed=job.changed)


JOBS: dict[type[port.Job[Any]], Callable[[Trainer, Any], Any]] = {
    port.Train: train,
    port.Configure: configure,
    port.PlantBug: plant_bug,
    port.SwitchBackend: switch_backend,
    port.Edit: edit,
    port.GoTo: go_to,
    OpenKept: open_kept,
    port.Locate: lambda trainer, _job: locate(trainer),
    port.GetCheckpoint: lambda trainer, _job: trainer.checkpoint(),
    port.GetCheckpointBeforeLastStep: lambda trainer, job: checkpoint_before_last_step(trainer, job.moment),
    port.Peek: peek,
    port.Predict: predict,
    port.Explain: lambda trainer, job: explanations.explanation(trainer, job.before, job.request),
    port.OpenNextStep: lambda trainer, job: explanations.opened(trainer, job.sample),
    port.WriteModel: write_model,
    port.GetExportedRun: exported_run,
    GetKept: keeping.kept,
    port.WriteProgram: write_program,
    port.GetNetworkSample: lambda trainer, job: graph_jobs.network_sample(trainer, job.point),
    port.Examine: lambda trainer, job: checkup.examined(trainer, job.entries),
}
"""Every job of the port, by its type."""
