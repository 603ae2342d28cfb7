"""Every sentence the server says to a person, by its code: the fact, the limit, the way out.

The page translates by code and `values` and falls back to the English sentence. `{name}` is filled from `values`.
"""

from dataclasses import dataclass
from typing import Literal, get_args

ErrorCode = Literal[
    "binary_message",
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
    "too_few_entries",
    "too_many_entries",
    "contradiction",
    "no_such_neuron",
    "no_such_frame",
    "too_many_playing",
    "too_much_owed",
    "diverged_needs_reset",
    "engine_failed",
]
NoticeCode = Literal["restarted", "diverged", "paused_unwatched", "warming_up"]
CloseCode = Literal[
    "too_many_sessions",
    "too_many_viewers",
    "foreign_origin",
    "flood",
    "message_too_large",
    "never_reads",
    "server_stopping",
    "server_failed",
]
HttpCode = Literal["not_found", "method_not_allowed", "bad_request", "page_failed"]

Value = str | int | float | bool | None | list[str]

SENTENCES: dict[str, str] = {
    # What a browser said.
    "binary_message": "Commands are JSON text and this message was binary; send text.",
    "not_json": "This message is not JSON ({problem}); send one JSON object per message.",
    "not_finite": "{given} is not a number JSON allows; send a finite number.",
    "too_deep": "This message is nested too deeply; a command is an object with at most a few levels.",
    "not_an_object": "A command is a JSON object with a “type”, and this message is {given}.",
    "missing_type": "This command has no “type”; choose one of {choices}.",
    "unknown_command": "There is no command {given}; choose one of {choices}.",
    "unknown_field": "There is no field {field} here; the fields are: {choices}.",
    "missing_field": "The field {field} is missing; add it.",
    "wrong_type": "{field} must be {expected}, and {given} is not.",
    "not_a_choice": "{field} cannot be {given}; choose one of {choices}.",
    "out_of_range": "{field} cannot be {given}; it goes from {lowest} to {highest}.",
    "not_in_open_range": "{field} cannot be {given}; it must be above {lowest} and at most {highest}.",
    "too_few_entries": "{field} has {count} entries and needs at least {limit}; add one.",
    "too_many_entries": "{field} has {count} entries and can have at most {limit}; remove one.",
    "contradiction": "These settings do not go together: {reason}.",
    "no_such_neuron": "There is no neuron {neuron} in layer {layer} of this network; choose one that is drawn.",
    "no_such_frame": "Frame {frame} was never sent here; the newest is {newest}.",
    # What a session cannot do now.
    "too_many_playing": "{limit} experiments are training on this server, as many as it can pace; "
    "wait until one is paused and press Play again.",
    "too_much_owed": "This run may owe at most {limit} steps or epochs at once; "
    "wait until they are taken, or press Pause.",
    "diverged_needs_reset": "This run diverged at step {step} and cannot go on; "
    "lower the learning rate and press Reset.",
    "engine_failed": "The engine failed at step {step} and training stopped there; press Reset to start again.",
    # What happened.
    "restarted": "New {fields}: the run starts again.",
    "diverged": "The loss or a gradient passed 10¹² in step {step} and training stopped; "
    "that step was not taken. Lower the learning rate and press Reset.",
    "paused_unwatched": "Training paused at step {step}, because nobody was watching; press Play to go on.",
    "warming_up": "The engine is being made ready, which takes up to a minute the first time; training comes next.",
    # Why a connection was closed: at most 123 bytes of UTF-8 each.
    "too_many_sessions": "This server is full ({limit} experiments); close a tab or try again later.",
    "too_many_viewers": "This experiment is open in {limit} windows, the most it can have; close one.",
    "foreign_origin": "This page comes from another site; open the playground's own address.",
    "flood": "More than {limit} commands a second; reload the page to go on.",
    "message_too_large": "A message was larger than {limit} bytes; send less at once.",
    "never_reads": "This connection stopped reading; reload the page to go on.",
    "server_stopping": "The server is stopping; reload the page in a moment.",
    "server_failed": "The server could not start an experiment; reload the page, and tell whoever runs it.",
    # HTTP.
    "not_found": "There is nothing at {path}; the playground is at /.",
    "method_not_allowed": "{path} does not answer {method}; it can only be read.",
    "bad_request": "This request could not be understood; go back to the playground at /.",
    "page_failed": "The server failed to answer; try again, and tell whoever runs it.",
}

CLOSE_CODES: dict[CloseCode, int] = {
    "too_many_sessions": 4001,
    "too_many_viewers": 4002,
    "foreign_origin": 4003,
    "flood": 4004,
    "message_too_large": 4005,
    "never_reads": 4006,
    "server_stopping": 4007,
    "server_failed": 4008,
}
"""WebSocket close codes of the private range 4000–4999."""

CODES: dict[str, tuple[str, ...]] = {
    "error": get_args(ErrorCode),
    "notice": get_args(NoticeCode),
    "close": get_args(CloseCode),
    "http": get_args(HttpCode),
}


def sentence(code: str, values: dict[str, Value]) -> str:
    """The English sentence of a code. Raises KeyError where the code or one of its values is missing."""
    shown = {name: ", ".join(value) or "none" if isinstance(value, list) else value for name, value in values.items()}
    return SENTENCES[code].format(**shown)


class Refusal(Exception):  # noqa: N818
    """A command that cannot be done, and why. It has changed nothing."""

    def __init__(self, code: ErrorCode, values: dict[str, Value]) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values

    def message(self) -> dict[str, object]:
        return message("error", self.code, self.values)


@dataclass(frozen=True)
class Closing:
    """Why a connection is closed."""

    why: CloseCode
    values: dict[str, Value]

    @property
    def code(self) -> int:
        return CLOSE_CODES[self.why]

    @property
    def reason(self) -> str:
        return sentence(self.why, self.values)


def message(
    kind: Literal["error", "notice"], code: ErrorCode | NoticeCode, values: dict[str, Value]
) -> dict[str, object]:
    """What goes to the browser."""
    return {"type": kind, "code": code, "message": sentence(code, values), "values": values}
