"""Every sentence the server says to a person, by its code: the fact, the limit, the way out.

The sentences are the page's own: static/i18n/en.json, and those of its parts in the folders beside it. The page
translates by code and `values` and falls back to the English sentence. `{name}` is filled from `values`.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, get_args

from app.settings import FILES
from engine.data.uploads import NoteCode
from engine.fault import Fault, FaultCode, Value

GraphCode = Literal[
    "graph_network_overflow",
    "graph_no_session",
    "graph_own_not_judged",
    "graph_request_too_large",
    "too_many_questions",
    "too_many_questions_of_all",
    "too_many_exports",
]
FileCode = Literal[
    "file_too_large",
    "too_many_uploads",
    "too_many_uploads_of_person",
    "no_such_session",
    "run_cannot_be_fetched",
    "file_takes_too_long",
    "file_takes_too_much_memory",
    "file_reader_ended",
    "file_cannot_be_read",
]
KeptCode = Literal[
    "kept_gone",
    "kept_needs_store",
    "kept_not_now",
    "kept_too_many",
    "kept_too_large",
    "kept_full",
    "kept_full_of_address",
    "kept_words",
]
StudyCode = Literal[
    "study_too_many_runs",
    "study_too_long",
    "study_run_too_long",
    "too_many_studies",
    "no_study",
    "no_such_plane",
    "study_failed",
]
ExportCode = Literal["export_takes_too_long", "export_takes_too_much_memory", "export_ended"]
ErrorCode = Literal[
    FaultCode,
    ExportCode,
    KeptCode,
    StudyCode,
    GraphCode,
    FileCode,
    "binary_length",
    "binary_kind",
    "not_json",
    "not_finite",
    "too_deep",
    "not_an_object",
    "missing_type",
    "unknown_command",
    "unknown_field",
    "missing_field",
    "wrong_type",
    "not_a_choice",
    "out_of_range",
    "not_in_open_range",
    "below_least",
    "too_few_entries",
    "too_many_entries",
    "text_too_short",
    "text_too_long",
    "no_such_neuron",
    "no_such_frame",
    "too_many_playing",
    "memory_too_full",
    "too_many_pending_steps",
    "diverged_needs_reset",
    "stop_rule_holds",
    "wrong_row",
    "engine_failed",
    "engine_died",
    "engine_time",
    "engine_memory",
    "no_such_tensor",
    "no_such_entry",
    "no_such_branch",
    "no_such_moment",
    "too_many_branches",
    "nothing_to_undo",
    "nothing_to_redo",
    "bug_has_no_place",
]
NoticeCode = Literal[
    "restarted",
    "starts_again",
    "diverged",
    "stopped_steps",
    "stopped_epochs",
    "stopped_loss",
    "stopped_change",
    "stopped_batches",
    "stopped_patience",
    "stopped_no_errors",
    "inseparable",
    "weights_loaded",
    "weights_mapped",
    "optimizer_for_bug",
    "paused_unwatched",
    "run_is_copied",
    "run_is_gone",
    "run_restored",
    "run_restored_paused",
    "engine_replaced",
    "run_is_fetched",
    "store_full",
    "store_failed",
    "store_again",
    "warming_up",
]
CloseCode = Literal[
    "too_many_sessions",
    "memory_full",
    "too_many_viewers",
    "foreign_origin",
    "flood",
    "message_too_large",
    "never_reads",
    "server_stopping",
    "server_failed",
    "foreign_host",
    "seat_taken",
    "resting",
    "class_word",
    "store_unreachable",
    "awake_elsewhere",
]
HttpCode = Literal[
    "not_found",
    "method_not_allowed",
    "bad_request",
    "page_failed",
    "foreign_site",
    "unknown_host",
    "request_too_slow",
    "head_too_large",
    "body_too_large",
    "too_many_connections",
]

CLOSE_CODES: dict[CloseCode, int] = {
    "too_many_sessions": 4001,
    "too_many_viewers": 4002,
    "foreign_origin": 4003,
    "flood": 4004,
    "message_too_large": 4005,
    "never_reads": 4006,
    "server_stopping": 4007,
    "server_failed": 4008,
    "foreign_host": 4009,
    "seat_taken": 4010,
    "memory_full": 4011,
    "resting": 4012,
    "class_word": 4013,
    "store_unreachable": 4014,
    "awake_elsewhere": 4015,
}
"""WebSocket close codes of the private range 4000–4999."""

CODES: dict[str, tuple[str, ...]] = {
    "error": get_args(ErrorCode),
    "notice": get_args(NoticeCode),
    "close": get_args(CloseCode),
    "http": get_args(HttpCode),
    "upload": get_args(NoteCode),
}

_WORDS: dict[str, str] = {
    key: text
    for file in (FILES / "static" / "i18n").rglob("en.json")
    for key, text in json.loads(file.read_text(encoding="utf-8")).items()
}
SENTENCES: dict[str, str] = {
    **{code: _WORDS[f"server.{code}"] for kind in ("error", "notice", "http", "upload") for code in CODES[kind]},
    **{code: _WORDS[f"close.{number}"] for code, number in CLOSE_CODES.items()},
}


def sentence(code: str, values: dict[str, Value]) -> str:
    """The English sentence of a code. Raises KeyError where the code or one of its values is missing."""
    return SENTENCES[code].format(**{name: _Shown(value) for name, value in values.items()})


class _Shown:
    """A value as the page writes it: 1,000; 5, not 5.0; 0.00001, not 1e-05. `{count:# step|# steps}` is the form of
    that number."""

    def __init__(self, value: Value) -> None:
        self.value = value

    def __str__(self) -> str:
        if isinstance(self.value, list):
            return ", ".join(self.value) or "none"
        if isinstance(self.value, float | int) and not isinstance(self.value, bool):
            return format(Decimal(repr(self.value).removesuffix(".0")), ",f").replace("-", "−")
        return str(self.value)

    def __format__(self, forms: str) -> str:
        if not forms:
            return str(self)
        one, other = forms.split("|")
        return (one if self.value == 1 else other).replace("#", str(self))


class Refusal(Exception):  # noqa: N818
    """A command that cannot be done, and why. It has changed nothing."""

    def __init__(self, code: ErrorCode, values: dict[str, Value]) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values

    def message(self) -> dict[str, object]:
        return message("error", self.code, self.values)


@contextmanager
def faults_refused() -> Iterator[None]:
    """What the engine finds wrong with what it is given is refused to whoever gave it."""
    try:
        yield
    except Fault as fault:
        raise Refusal(fault.code, fault.values) from None


@dataclass(frozen=True)
class Closing:
    """Why a connection is closed."""

    why: CloseCode
    values: dict[str, Value] = field(default_factory=dict)

    @property
    def code(self) -> int:
        return CLOSE_CODES[self.why]

    @property
    def reason(self) -> str:
        """The English sentence, at most 123 bytes of UTF-8, as a close frame has room for."""
        return sentence(self.why, self.values)

    def message(self) -> dict[str, object]:
        """Sent before the close frame, which has no room for values: with them the page says it in its own language."""
        return {"type": "closing", "code": self.code, "values": self.values}


def message(
    kind: Literal["error", "notice"], code: ErrorCode | NoticeCode | NoteCode, values: dict[str, Value]
) -> dict[str, object]:
    """What goes to the browser."""
    return {"type": kind, "code": code, "message": sentence(code, values), "values": values}
