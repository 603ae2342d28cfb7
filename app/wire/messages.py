"""Every sentence the server says to a person, by its code: the fact, the limit, the way out.

The page translates by code and `values` and falls back to the English sentence. `{name}` is filled from `values`.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args

from engine.data.tables import FaultCode
from engine.data.uploads import NoteCode

GraphCode = Literal[
    "graph_too_long",
    "graph_empty",
    "graph_character",
    "graph_needs_value",
    "graph_ends_early",
    "graph_open_parenthesis",
    "graph_needs_operator",
    "graph_closes_nothing",
    "graph_unknown_function",
    "graph_reserved_name",
    "graph_name_taken",
    "graph_too_few_arguments",
    "graph_too_many_arguments",
    "graph_too_deep",
    "graph_too_many_nodes",
    "graph_number_too_large",
    "graph_log_undefined",
    "graph_division_by_zero",
    "graph_root_undefined",
    "graph_power_undefined",
    "graph_overflow",
    "graph_slope_undefined",
    "graph_threshold_undefined",
    "graph_network_too_large",
    "graph_network_overflow",
    "graph_no_session",
    "graph_request_too_large",
]
FileCode = Literal[
    "foreign_site",
    "file_too_large",
    "no_such_session",
    "model_not_torch",
    "model_foreign",
    "model_damaged",
    "model_names",
    "model_shape",
    "model_not_finite",
]
ErrorCode = Literal[
    GraphCode,
    FileCode,
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
    "below_least",
    "too_few_entries",
    "too_many_entries",
    "contradiction",
    "no_such_neuron",
    "no_such_frame",
    "too_many_playing",
    "too_much_owed",
    "diverged_needs_reset",
    "stop_rule_holds",
    "wrong_row",
    "no_data",
    "engine_failed",
    "no_such_subject",
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
    "diverged",
    "stopped_steps",
    "stopped_epochs",
    "stopped_loss",
    "stopped_change",
    "stopped_patience",
    "stopped_no_errors",
    "inseparable",
    "weights_loaded",
    "optimizer_for_bug",
    "paused_unwatched",
    "warming_up",
]
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
    "below_least": "{field} cannot be {given}; it must be at least {lowest}.",
    "too_few_entries": "{field} has {count} entries and needs at least {limit}; add one.",
    "too_many_entries": "{field} has {count} entries and can have at most {limit}; remove one.",
    "contradiction": "These settings do not go together: {reason}.",
    "no_such_neuron": "There is no neuron {neuron} in layer {layer} of this network; choose one that is drawn.",
    "bug_has_no_place": "This network has nothing that the bug “{bug}” could sit in; "
    "choose a layer, activation or batch size that has, or another bug.",
    "no_such_frame": "Frame {frame} was never sent here; the newest is {newest}.",
    # What an expression cannot be.
    "graph_too_long": "This expression has {count} characters and can have at most {limit}; shorten it.",
    "graph_empty": "There is nothing to compute yet; type an expression such as a*b+1.",
    "graph_character": "“{given}” at line {line}, column {column} has no meaning in an expression; "
    "use numbers, names, + − * / ^ and parentheses.",
    "graph_needs_value": "“{given}” stands at line {line}, column {column}, where a value should be; "
    "put a number, a name or a function before it.",
    "graph_ends_early": "At line {line}, column {column} a value should follow and nothing does; "
    "add a number, a name or a function.",
    "graph_open_parenthesis": "The parenthesis at line {line}, column {column} is never closed; add its “)”.",
    "graph_needs_operator": "“{given}” at line {line}, column {column} cannot follow what stands before it; "
    "put an operator such as + or * between them, or remove it.",
    "graph_closes_nothing": "The “)” at line {line}, column {column} closes nothing; remove it, or add its “(”.",
    "graph_unknown_function": "There is no function {name} (line {line}, column {column}); choose one of {choices}.",
    "graph_reserved_name": "{name} at line {line}, column {column} is a function; "
    "give it values in parentheses, or choose another name.",
    "graph_name_taken": "{name} at line {line}, column {column} has a meaning already, "
    "and a name can be given once; choose another.",
    "graph_too_few_arguments": "{name} at line {line}, column {column} has {count} value and needs at least {limit}; "
    "add one after a comma.",
    "graph_too_many_arguments": "{name} at line {line}, column {column} has {count} values and takes {limit}; "
    "remove the others.",
    "graph_too_deep": "At line {line}, column {column} the expression is nested more than {limit} deep; "
    "give an inner part a name on a line before it.",
    "graph_too_many_nodes": "At line {line}, column {column} the graph has {limit} nodes, the most that can be drawn; "
    "shorten the expression.",
    "graph_number_too_large": "{given} at line {line}, column {column} is more than 10³⁰⁰, "
    "the largest number here; write a smaller one.",
    "graph_log_undefined": "The log in node {node} (line {line}, column {column}) is given {given} "
    "and exists above 0 only; change what goes into it.",
    "graph_division_by_zero": "Node {node} (line {line}, column {column}) divides by 0, which has no value; "
    "change what it divides by.",
    "graph_root_undefined": "The root in node {node} (line {line}, column {column}) is given {given} "
    "and exists from 0 on only; change what goes into it.",
    "graph_power_undefined": "Node {node} (line {line}, column {column}) raises {base} to the power {exponent}, "
    "which is no real number; change one of them.",
    "graph_overflow": "In node {node} (line {line}, column {column}) a value or gradient passes 1.8·10³⁰⁸, "
    "the largest a computer holds in 64 bits; make what goes into it smaller.",
    "graph_slope_undefined": "Node {node} ({op}, line {line}, column {column}) has no finite slope at {given}, "
    "so no gradient can pass it; change what goes into it.",
    "graph_threshold_undefined": "The huber in node {node} (line {line}, column {column}) is given {given} as its δ, "
    "which must be above 0; change it.",
    "graph_network_too_large": "This network has {count} scalars and a graph shows at most {limit}; "
    "look at its modules, or take neurons away in the playground.",
    "graph_network_overflow": "In {node} of this network a value or gradient passes 1.8·10³⁰⁸, the largest "
    "a computer holds in 64 bits; make its weights smaller in the playground.",
    "graph_no_session": "This tab has no experiment of the playground to show. Open the playground, "
    "then come back here through ? or its presets; what is typed stays.",
    "graph_request_too_large": "This request has more than {limit} bytes, the most that is read; send a shorter one.",
    # What an uploaded file cannot be.
    "upload_empty": "This file is empty; choose one with a point in each row: x1, x2 and its label.",
    "upload_not_text": "This file is not text in UTF-8; save it as CSV (UTF-8) or JSON and choose it again.",
    "upload_not_json": "This file is no valid JSON from line {line}, column {column} on; "
    "mend it there, or choose a CSV file.",
    "upload_not_points": "This JSON holds no list of points; "
    "write it as [[1, 2, 0], [3, 4, 1]], each point with x1, x2 and its label.",
    "upload_not_a_point": "Entry {row} of this list is not a point; write each as [x1, x2, label].",
    "upload_not_csv": "This file cannot be read as a table from line {line} on; "
    "check its quotation marks, or save it as CSV again.",
    "upload_too_few_columns": "This table has {count} of the three columns a point needs: x1, x2 and its label; "
    "add what is missing.",
    "upload_too_many_columns": "This table has {count} columns and can have at most {limit}; "
    "leave x1, x2 and the label.",
    "upload_no_coordinates": "Two columns of numbers are needed, and these columns do not hold them: {columns}; "
    "write numbers like 1.5.",
    "upload_no_rows": "Of {count} rows none has all of x1, x2 and a label; fill in what is missing.",
    "upload_too_many_rows": "This file has {count} points and the plane takes at most {limit}; "
    "shorten it, or let {limit} be drawn at random.",
    "upload_not_a_number": "Row {row} has “{given}” in column {column}, where a number belongs; "
    "correct it, or leave the cell empty.",
    "upload_too_many_classes": "The labels are {count} different words and there can be at most {limit} classes; "
    "join some, or use numbers.",
    "upload_one_label": "Every point has the label {given} and there is nothing to tell apart; "
    "add points with another label.",
    # What was found in it and done to it.
    "upload_columns": "Read x1 from column {x1}, x2 from column {x2} and the label from column {label}.",
    "upload_columns_left_out": "Left out, as a point of the plane has two coordinates: {columns}.",
    "upload_rows_left_out": "Left out for an empty cell: {count} rows.",
    "upload_drawn": "Drew {limit} of {count} points at random, the most the plane takes.",
    "upload_fitted": "Shifted and scaled {axis}, which went from {lowest} to {highest}, into −5 to 5, "
    "as the plane ends at ±6.",
    "upload_classes": "Read the labels as {count} classes: {classes}.",
    "upload_values": "Read the labels as values to predict, from {lowest} to {highest}.",
    "upload_divided": "Divided the values by {factor}, as they can go up to ±{limit}.",
    # What a session cannot do now.
    "too_many_playing": "{limit} experiments are training on this server, as many as it can pace; "
    "wait until one is paused and press Play again.",
    "too_much_owed": "This run may owe at most {limit} steps or epochs at once; "
    "wait until they are taken, or press Pause.",
    "diverged_needs_reset": "This run diverged at step {step} and cannot go on; "
    "lower the learning rate and press Reset.",
    "stop_rule_holds": "This run has come to its end, and what ended it still holds ({fields}); "
    "change that to go on, or press Reset.",
    "wrong_row": "Row {row} has {count} numbers and this network takes {limit}; give {limit}.",
    "no_data": "These data cannot be had: {reason}.",
    "engine_failed": "The engine failed at step {step} and training stopped there; press Reset to start again.",
    # Looking into a step, and going through time.
    "no_such_subject": "This cannot be opened: {reason}.",
    "no_such_tensor": "There is no tensor {tensor} in this network; choose one of {choices}.",
    "no_such_entry": "{tensor} is {shape} numbers large and this is not one of them; count from 0.",
    "no_such_branch": "There is no branch {branch}, only {limit} of them, counted from 0; choose one that is drawn.",
    "no_such_moment": "Step {step} is not on this branch; it goes from {lowest} to {highest}.",
    "too_many_branches": "This run has {limit} branches, as many as it can keep; "
    "go to the end of one and change it there, or press Reset.",
    "nothing_to_undo": "There is no change to take back; the run stands as it began or as training led it.",
    "nothing_to_redo": "There is no change to make again; undo one first.",
    # What happened.
    "restarted": "New {fields}: the run starts again.",
    "diverged": "The loss or a gradient passed 10¹² in step {step} and training stopped; "
    "that step was not taken. Lower the learning rate and press Reset.",
    "stopped_steps": "{limit} steps are taken and training stopped, as you asked; "
    "raise that number or clear it to go on.",
    "stopped_epochs": "{limit} epochs are over and training stopped, as you asked; "
    "raise that number or clear it to go on.",
    "stopped_loss": "The loss of an epoch came down to {limit} and training stopped at step {step}, as you asked; "
    "lower that target or clear it to go on.",
    "stopped_change": "The loss of an epoch changed by less than {limit} and training stopped at step {step}; "
    "lower that limit or clear it to go on.",
    "stopped_patience": "The test loss has not improved for {limit} epochs and training stopped at step {step}; "
    "raise that number or clear it to go on.",
    "stopped_no_errors": "The perceptron made no error in a whole epoch and stopped at step {step}: a line is found "
    "and its rule would move it no more. Choose other data, or press Reset to see it again.",
    "inseparable": "No straight line separates these two classes, so the perceptron will never be done; "
    "pause it when you have seen enough, or add a hidden layer and choose another optimizer.",
    "weights_loaded": "The weights of your file are in; press Play to train on from them, "
    "or Reset for those of the seed.",
    "optimizer_for_bug": "This bug sits in {optimizer}, so that is the optimizer from now on; choose another one "
    "and the bug is gone.",
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
    # Files.
    "foreign_site": "This request comes from another site; open the playground's own address.",
    "file_too_large": "This file is larger than {limit} bytes, the most that is taken; send a smaller one.",
    "no_such_session": "There is no such run on this server any more; reload the page to start one.",
    "model_not_torch": "This is no file that torch.save wrote; "
    "save a network's state_dict with torch.save and choose that file.",
    "model_foreign": "This file holds more than named tensors ({given}), and nothing in a file is run here; "
    "save model.state_dict() alone.",
    "model_damaged": "This file is damaged ({name}); save it anew with torch.save.",
    "model_names": "This file does not fit the network: it lacks {missing}; it has beyond it {extra}. "
    "Build the network the file is of, and load it again.",
    "model_shape": "{name} is {given} in this file and {wanted} in this network; "
    "give the layers the widths of the file and load it again.",
    "model_not_finite": "{name} holds a number in this file that is not finite; only finite weights can be loaded.",
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
    "upload": (*get_args(FaultCode), *get_args(NoteCode)),
}


def sentence(code: str, values: dict[str, Value]) -> str:
    """The English sentence of a code. Raises KeyError where the code or one of its values is missing."""
    return SENTENCES[code].format(**{name: _shown(value) for name, value in values.items()})


def _shown(value: Value) -> Value:
    if isinstance(value, list):
        return ", ".join(value) or "none"
    return format(Decimal(repr(value)), "f") if isinstance(value, float) else value  # 0.00001, not 1e-05


class Refusal(Exception):  # noqa: N818
    """A command that cannot be done, and why. It has changed nothing."""

    def __init__(self, code: ErrorCode | FaultCode, values: dict[str, Value]) -> None:
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
    kind: Literal["error", "notice"], code: ErrorCode | FaultCode | NoticeCode | NoteCode, values: dict[str, Value]
) -> dict[str, object]:
    """What goes to the browser."""
    return {"type": kind, "code": code, "message": sentence(code, values), "values": values}
