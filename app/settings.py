"""Settings: where the server listens and to whom. Limits: how much one server does, each with its reason.

Bounds of an experiment are in `engine.spec.spec`. Every setting comes from the environment as PLAYGROUND_NAME, a limit
as PLAYGROUND_LIMITS__NAME.
"""

from pathlib import Path
from typing import Annotated, ClassVar, Literal

from annotated_types import Ge, Gt, Le
from pydantic import BaseModel, ConfigDict, DirectoryPath, Field, HttpUrl, IPvAnyNetwork, StringConstraints
from pydantic_settings import BaseSettings, SettingsConfigDict

PACKAGE = Path(__file__).parent
FILES = PACKAGE if (PACKAGE / "static").is_dir() else PACKAGE.parent
"""Holds static/ and templates/: inside the package where pip installed it, beside it in a checkout."""


class Limits(BaseModel):
    """The sentence of each is in static/i18n; the test of each is listed in tests/app/test_limits.py."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    # Bounds of single commands. No setting changes them: they stand in the schema of `app.wire.commands`.

    STEPS_OF_COMMAND: ClassVar[int] = 100_000
    """Some seconds' work of a small network."""

    NORMAL_PACE: ClassVar[float] = 50.0
    """Steps per second of a new session: the default experiment is right for 95 of 100 points after some 10 seconds, in
    which a newcomer sees its line bend."""

    FASTEST_PACE: ClassVar[int] = 1_000_000
    """Steps per second: no machine is as fast, and beyond it there is `null`, as fast as it can."""

    ROWS_OF_PREDICTION: ClassVar[int] = 64
    """A page asks for one row, or for a table that a screen can hold."""

    LARGEST_COUNT: ClassVar[int] = 2**53
    """Numbers of frames, questions and revisions: as far as JavaScript counts exactly."""

    LARGEST_STEP: ClassVar[int] = 10**12
    """Far beyond what a run has: whether it has this one is looked up when the command is obeyed."""

    LARGEST_BRANCH: ClassVar[int] = 10**6
    """Far beyond what `branches` allows, so that a branch that is not there is answered as such."""

    STEPS_BACK: ClassVar[int] = 10**9
    """Far beyond what a run has, as LARGEST_STEP."""

    TENSOR_NAME: ClassVar[int] = 40
    """Characters: the longest is `layers.8.running_mean` or the like."""

    BYTES_OF_SOCKET: ClassVar[int] = 4 * 1024 * 1024
    """Beyond it the WebSocket library itself breaks the connection off; `message_bytes` is answered in words."""

    BYTES_OF_BODY: ClassVar[int] = 64 * 1024 * 1024
    """Beyond it a request is broken off; a file that is too large is read so far, so that its sender hears why not."""

    BYTES_OF_ANSWER: ClassVar[int] = 8 * 1024 * 1024
    """Of a worker process, which may have become another: the largest, 300,000 parameters with what Adam remembers of
    them, take 6 MB."""

    BYTES_OF_JSON: ClassVar[int] = 1024 * 1024
    """Of such an answer that is JSON: 2,000 points take 130 kB. While it is read nothing else is done in this process,
    which takes 20 ms at most."""

    STUDY_SIDE: ClassVar[int] = 256
    """Values of one knob: a map of more cells has some of less than two pixels."""

    STUDY_EPOCHS: ClassVar[int] = 100_000
    """Far beyond what is useful: how long all runs of a study may take is `study_seconds`."""

    STUDY_SEEDS: ClassVar[int] = 9
    """Of one cell of a map: a median of more hardly moves."""

    LUCK_SEEDS: ClassVar[int] = 256
    """Of one setup: the interval of a median is then a few per cent of the runs wide."""

    LANDSCAPE_SIDE: ClassVar[int] = 101
    """Points along a side of a landscape that is measured again and again: 10,000 take 70 ms of 8-8-8."""

    COMPARED_RUNS: ClassVar[int] = 7
    """Beside that of the page: more lines are not told apart on a chart or a landscape."""

    SESSION_KEY: ClassVar[int] = 40
    """Characters: more than twice what a session's own key has."""

    CURVATURES: ClassVar[int] = 10
    """Of the largest: what lies below hardly shows beside them."""

    # Settings

    sessions: Annotated[int, Ge(1)] = 64
    """Two school classes. A paused session costs about 1 MB; one that is not used makes room for a newcomer."""

    playing: Annotated[int, Ge(1)] = 64
    """All seats at once. Two cores give each of 64 sessions over 30 pictures a second (`tests.bench.streaming`)."""

    viewers: Annotated[int, Ge(1)] = 4
    """Windows of one session: the tab, a duplicate of it, a projector, one that is just being replaced."""

    connections: Annotated[int, Ge(1)] = 640
    """Of one address: a class of 64 behind one, each with a page that loads (6 connections) and 4 windows."""

    head_seconds: Annotated[float, Gt(0)] = 10
    """How long the head of a request may take to arrive: it is one packet, sent twice on bad Wi-Fi."""

    body_seconds: Annotated[float, Gt(0)] = 60
    """How long its body may take: the largest file of weights at half a megabit a second."""

    head_bytes: Annotated[int, Ge(1)] = 32 * 1024
    """The address and headers of a request: a browser sends one kilobyte, a proxy with its cookies some more."""

    message_bytes: Annotated[int, Ge(1)] = 256 * 1024
    """The longest sensible command is a Spec with 2,000 points of one's own: 130 kB where every digit is written."""

    points_bytes: Annotated[int, Ge(1)] = 1024 * 1024
    """A file of points: twenty times what the 2,000 that a Spec can hold take, so that other columns may stand by."""

    model_bytes: Annotated[int, Ge(1)] = 4 * 1024 * 1024
    """A file of weights: 300,000 of them, the most a network has, take 1.2 MB, and 2.4 MB as float64."""

    commands_per_second: Annotated[float, Gt(0)] = 120
    """A slider dragged on a 60 Hz screen sends 60, and a pen that draws digits asks for predictions beside it. Frames
    that are drawn do not count."""

    commands_burst: Annotated[int, Ge(1)] = 240
    """Two seconds' worth: what a page that was stalled sends when it wakes up."""

    queued_messages: Annotated[int, Ge(4)] = 64
    """Messages waiting for one viewer. They are a few kB each and a viewer that reads has none waiting."""

    queued_predictions: Annotated[int, Ge(1)] = 8
    """Questions of one viewer: a picture that is being drawn asks at every stroke, and only the newest matters."""

    study_runs: Annotated[int, Ge(1)] = 20_000
    """Of one study: a map of 140 × 140; each run is kept as some hundred bytes while its session lives."""

    study_seconds: Annotated[float, Gt(0)] = 10 * 60
    """Of one study, as far as is known before it begins: longer than anybody waits in a lesson."""

    queued_studies: Annotated[int, Ge(0)] = 4
    """Of one session, that wait for the one under way: more are not kept in mind."""

    queued_questions: Annotated[int, Ge(1)] = 64
    """Graphs and files one address waits for: a class behind it, each with one, which takes some milliseconds."""

    queued_questions_of_all: Annotated[int, Ge(1)] = 256
    """Of all addresses: four classes, each person with one. What many addresses ask takes memory while it waits."""

    queued_exports: Annotated[int, Ge(1)] = 8
    """Of one person, one after another: a run in every format there is. Each may take half a minute of a processor."""

    upload_bytes: Annotated[int, Ge(1)] = 64 * 1024 * 1024
    """Of all files that are being sent or wait to be read: one of points from each of a class, or 16 of weights."""

    upload_bytes_of_person: Annotated[int, Ge(1)] = 16 * 1024 * 1024
    """Of one person, a quarter of all: four of weights. Programs without a session count as one person of their
    address."""

    send_seconds: Annotated[float, Gt(0)] = 10
    """A viewer that takes nothing for so long is gone: school Wi-Fi recovers in less."""

    idle_seconds: Annotated[float, Gt(0)] = 15 * 60
    """A session that nobody watches is kept for a class break."""

    kept_seconds: Annotated[float, Ge(0)] = 2 * 60
    """A seat is kept for whoever used it in the last minutes: a reload, a dropped Wi-Fi, a page that is read."""

    unwatched_seconds: Annotated[float, Gt(0)] = 30
    """Training goes on for a reload or a dropped Wi-Fi, then pauses, so that a forgotten tab does not burn a core."""

    pending_steps: Annotated[int, Ge(1)] = STEPS_OF_COMMAND
    """Steps, or epochs, asked for by number and not yet taken: some seconds' work of a small network."""

    history: Annotated[int, Ge(16)] = 2000
    """Entries of the loss curve: more than a screen has columns, under 300 kB as JSON with nine layers."""

    measured: Annotated[int, Ge(16)] = 400
    """Measurements of the layers: as many as a chart has room for, 80 kB as JSON with three layers, 250 with nine."""

    timeline_bytes: Annotated[int, Ge(1)] = 8 * 1024 * 1024
    """Moments of a run that can be gone back to: some 4,000 of the default network, 8 of 50,000 parameters and Adam."""

    branches: Annotated[int, Ge(1)] = 40
    """Of one run: more are not told apart on a chart, and each keeps its first and its last moment."""

    undo_changes: Annotated[int, Ge(1)] = 100
    """Changes of one run that can be undone: more than anybody remembers having made."""

    store_days: Annotated[float, Gt(0)] = 30
    """A run is kept so long after it was last trained or changed: a school holiday, and a week to remember it."""

    store_bytes: Annotated[int, Ge(1)] = 4 * 1024**3
    """Beyond it the runs that were left longest ago are forgotten: a thousand of those that were trained for long."""

    kept_experiments: Annotated[int, Ge(1)] = 200
    """Of one person: a school year with one for each lesson; a table of more is not looked through."""

    kept_experiment_bytes: Annotated[int, Ge(1)] = 8 * 1024 * 1024
    """Of one: 300,000 parameters with what Adam remembers of them take 6 MB, the default network 0.1."""

    kept_bytes: Annotated[int, Ge(1)] = 4 * 1024**3
    """Of all people together: as much as their runs. Beyond it nothing more is kept; nothing is forgotten for it. As
    much again for the recent runs of all tabs, of which the oldest are forgotten."""

    kept_days: Annotated[float, Gt(0)] = 365
    """How long one is kept that nobody opens or changes: from one school year to the next."""

    recent_runs: Annotated[int, Ge(1)] = 50
    """Of one tab, kept by themselves when they end or are replaced, as long as its run: a lesson of trying things."""

    kept_file_bytes: Annotated[int, Ge(1)] = 16 * 1024 * 1024
    """A file with one: what `kept_experiment_bytes` takes in base64, and a half more."""

    graph_characters: Annotated[int, Ge(1)] = 500
    """Of a typed expression: four lines on the page, read and drawn in a few milliseconds."""

    graph_depth: Annotated[int, Ge(1), Le(100)] = 40
    """Parentheses inside one another: more than anybody reads, and far from the depth Python allows its calls."""

    graph_nodes: Annotated[int, Ge(1)] = 200
    """Of one graph: as many as can still be told apart on a screen."""

    memory_bytes: Annotated[int, Ge(1)] | None = None
    """Of the server's own process: where it uses as much, there is no new session and no run that needs much more.
    None: 80 % of what the container or the machine has."""

    process_seconds: Annotated[float, Gt(0)] = 120
    """One comparison, in a process of its own: the largest take ten, on a busy machine, and loading torch once more."""

    process_bytes: Annotated[int, Ge(1)] = 2 * 1024**3
    """Memory that such a process writes to, where the system can limit it: with torch 0.3 GB, with all of MNIST 1.1."""

    file_seconds: Annotated[float, Gt(0)] = 60
    """One file that a person sends, read in a process of its own: the largest take two seconds of a processor, and ten
    times as long where many others want it."""

    file_memory_bytes: Annotated[int, Ge(1)] = 1024**3
    """Memory that such a process writes to, where the system can limit it: 0.1 GB, and more on machines of many cores,
    whose threads have some each."""

    export_seconds: Annotated[float, Gt(0)] = 30
    """One export, made and run in a process of its own: that of the largest network takes ten of a processor."""

    process_idle_seconds: Annotated[float, Gt(0)] = 5 * 60
    """Such a process ends when it has had nothing to do for so long: loading torch again takes some seconds."""

    stop_seconds: Annotated[float, Gt(0), Le(3)] = 2
    """How long a stopping server waits for viewers to read its last messages: all is closed within 5 s."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="PLAYGROUND_", env_nested_delimiter="__", frozen=True, extra="ignore", env_ignore_empty=True
    )

    host: str = Field(default="127.0.0.1", description="address to listen on; 0.0.0.0 lets other machines in")
    port: Annotated[int, Ge(0), Le(65535)] = Field(default=8000, description="port; the next free one if it is taken")
    open: bool = Field(default=False, description="open the page in the browser once the server answers")
    allowed_origins: frozenset[str] = Field(
        default=frozenset(), description="other sites whose pages may connect, such as https://school.example"
    )
    allowed_hosts: frozenset[str] = Field(
        default=frozenset(), description="names this server answers to, besides localhost and its addresses"
    )
    trusted_proxies: frozenset[IPvAnyNetwork] = Field(
        default=frozenset(), description="addresses or networks of proxies whose X-Forwarded-For is believed"
    )
    frame_ancestors: str = Field(
        default="'self'", description="who may show the playground in a frame, as in Content-Security-Policy"
    )
    class_word: str | None = Field(default=None, description="word that everybody types once before they come in")
    public_url: HttpUrl | None = Field(default=None, description="where a class finds it, shown as text and QR code")
    metrics: bool = Field(default=False, description="numbers for Prometheus at /metrics")
    log: Literal["words", "json"] = Field(default="words", description="warnings in words, or a line for each event")
    log_addresses: bool = Field(default=False, description="whether these lines name the addresses of people")
    root_path: Annotated[str, StringConstraints(pattern=r"^(/[\w.~-]+)*$")] = Field(
        default="", description="path under which a proxy serves the playground, such as /playground"
    )
    data: Path | None = Field(default=None, description="folder in which runs are kept; the user's own by default")
    store: str | None = Field(default=None, description="another database for them; off: runs are not kept")
    mnist: DirectoryPath | None = Field(default=None, description="folder with the four files of MNIST")
    limits: Limits = Limits()
