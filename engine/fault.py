"""Fault: what the engine cannot do with what it was given, as a code and the values its sentence needs.

The sentences are the caller's affair.
"""

from collections.abc import Mapping
from typing import Literal

SpecFaultCode = Literal[
    "spec_feature_twice",
    "spec_too_many_points",
    "spec_too_much_data",
    "spec_no_points",
    "spec_point_labels",
    "spec_one_class",
    "spec_needs_classes",
    "spec_logits",
    "spec_residual",
    "spec_batch_of_one",
    "spec_norm_batch",
    "spec_perceptron_hidden",
    "spec_perceptron_classes",
    "spec_perceptron_output",
    "spec_evolution",
    "spec_parameters",
    "spec_step_too_long",
]
"""Of settings that do not go together; pydantic's ValidationError holds the fault."""

GraphFaultCode = Literal[
    "graph_too_long",
    "graph_empty",
    "graph_character",
    "graph_needs_value",
    "graph_ends_early",
    "graph_open_parenthesis",
    "graph_open_bar",
    "graph_ambiguous",
    "graph_decimal_comma",
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
    "graph_own_no_inputs",
    "graph_own_shape",
    "graph_own_unknown_name",
    "graph_own_upstream",
]
"""Of an expression, a value in it, or a network that is to become a graph; with the place."""

ModelFaultCode = Literal[
    "model_not_torch",
    "model_foreign",
    "model_damaged",
    "model_too_much",
    "model_names",
    "model_shape",
    "model_sizes",
    "model_other_data",
    "model_not_finite",
]
"""Of a file of weights."""

UploadFaultCode = Literal[
    "upload_empty",
    "upload_not_text",
    "upload_not_json",
    "upload_not_points",
    "upload_not_a_point",
    "upload_not_csv",
    "upload_not_arff",
    "upload_not_in_encoding",
    "upload_spreadsheet",
    "upload_weights",
    "upload_row_width",
    "upload_uneven",
    "upload_no_such_column",
    "upload_same_column",
    "upload_too_few_columns",
    "upload_too_many_columns",
    "upload_too_many_cells",
    "upload_no_coordinates",
    "upload_no_rows",
    "upload_too_many_rows",
    "upload_not_a_number",
    "upload_too_many_classes",
    "upload_one_label",
]
"""Of a file of points."""

DigitsFaultCode = Literal[
    "digits_not_installed",
    "digits_unreadable",
    "mnist_no_folder",
    "mnist_no_file",
    "mnist_unreadable",
    "mnist_header",
    "mnist_magic",
    "mnist_pixels",
    "mnist_entries",
    "mnist_too_short",
    "mnist_too_long",
    "mnist_labels_missing",
    "mnist_no_digit",
]
"""Of pictures of digits."""

SubjectFaultCode = Literal[
    "subject_no_layer",
    "subject_no_neuron",
    "subject_no_input",
    "subject_no_biases",
    "subject_no_norm",
    "subject_no_sample",
]
"""Of a number of a step that is to be explained."""

ExportFaultCode = Literal["export_needs", "export_of_bug", "export_failed", "export_differs", "export_too_large"]
"""Of a run as a file for others."""

StudyFaultCode = Literal[
    "study_no_such_knob",
    "study_needs_layers",
    "study_no_such_measure",
    "study_same_knob",
    "study_bounds",
    "study_order",
    "study_range",
    "study_log_of_zero",
]
"""Of many runs at once."""

LandscapeFaultCode = Literal[
    "study_no_path",
    "study_no_weight",
    "study_same_weight",
    "study_landscape_too_large",
    "study_curvature_too_large",
    "study_curvature_not_finite",
]
"""Of a plane through the weights, and of curvature."""

KeptFaultCode = Literal["kept_not_ours", "kept_cut_short", "kept_newer", "kept_damaged"]
"""Of a file with a kept experiment."""

FaultCode = Literal[
    SpecFaultCode,
    GraphFaultCode,
    ModelFaultCode,
    UploadFaultCode,
    DigitsFaultCode,
    SubjectFaultCode,
    ExportFaultCode,
    StudyFaultCode,
    LandscapeFaultCode,
    KeptFaultCode,
]
Value = str | int | float | bool | None | list[str]


class Fault(ValueError):  # noqa: N818
    def __init__(self, code: FaultCode, values: Mapping[str, Value]) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = dict(values)

    def __str__(self) -> str:
        given = ", ".join(f"{name} {value}" for name, value in self.values.items())
        return f"{self.code}: {given}" if given else self.code
