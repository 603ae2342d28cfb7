"""Bounds of what people send beside a Spec: files and expressions. Those of an experiment are in `engine.spec.spec`."""

MOST_UPLOAD_COLUMNS = 100
"""Of an uploaded table: more would be a matrix of something else, and rows are filled up to the widest."""

MOST_UPLOAD_CELLS = 600_000
"""Of an uploaded table, columns times rows: a file of 1 MB that is no fuller of blanks than of cells has fewer."""

MOST_PICTURES = 100_000
"""In one file of pictures: MNIST has 60,000 and 10,000, and a header may claim four thousand million."""

MOST_PICKLE_BYTES = 100_000
"""Of the pickle in a file of weights: the names of nine layers with norms take less than 10,000."""

LARGEST_CONSTANT = 1e300
"""In an expression: beyond it the first multiplication would overflow float64."""
