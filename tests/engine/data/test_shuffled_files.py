"""Files with the same points in any order of columns, with any separator, decimal sign and encoding: the columns that
are chosen are the right ones, and what is not used is said."""

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.uploads import Wishes, read

SORTS = {
    "utf-8": ("a", "ß", "猫", "naïve"),
    "utf-16": ("a", "ß", "猫", "naïve"),
    "gb18030": ("猫", "狗", "鸟"),
    "cp1252": ("klein", "groß", "mäßig", "très"),
}
NAMES = {"x1": "length", "x2": "width", "label": "sort", "number": "id", "words": "remark"}


@dataclass(frozen=True)
class Table:
    points: list[tuple[float, float, str]]
    columns: list[str]
    """Keys of NAMES in the order of the file."""
    separator: str
    comma: bool
    named: bool
    encoding: str

    @property
    def text(self) -> str:
        lines = [self.separator.join(NAMES[column] for column in self.columns)] if self.named else []
        for row, (x1, x2, sort) in enumerate(self.points, 1):
            cells = {"x1": self.number(x1), "x2": self.number(x2), "label": sort, "number": str(row)}
            cells["words"] = f"remark-{row}-on-it"
            lines.append(self.separator.join(cells[column] for column in self.columns))
        return "\n".join(lines)

    def number(self, value: float) -> str:
        return f"{value:.2f}".replace(".", "," if self.comma else ".")


@st.composite
def tables(draw: st.DrawFn) -> Table:
    encoding = draw(st.sampled_from(sorted(SORTS)))
    sorts = draw(st.lists(st.sampled_from(SORTS[encoding]), min_size=9, max_size=14))
    sorts[:2] = SORTS[encoding][:2]
    values = st.integers(-999, 999).map(lambda whole: (whole + 0.5) / 100)
    distinct = st.lists(values, min_size=len(sorts), max_size=len(sorts), unique=True)
    columns = ["x1", "x2", "label"]
    # a file without names says of a first column 1, 2, 3, … only by its place that it numbers the rows
    named = draw(st.booleans())
    columns += [extra for extra in ("number", "words") if named and draw(st.booleans())]
    separator = draw(st.sampled_from(";\t|, "))
    return Table(
        points=list(zip(draw(distinct), draw(distinct), sorts, strict=True)),
        columns=draw(st.permutations(columns)),
        separator=separator,
        comma=separator != "," and draw(st.booleans()),
        named=named,
        encoding=encoding,
    )


@settings(max_examples=60)
@given(tables())
def test_the_right_columns_whatever_their_order(table: Table) -> None:
    found = read(table.text.encode(table.encoding), "points", Wishes(fill=False))
    assert found.fault is None
    first, second = sorted(("x1", "x2"), key=table.columns.index)
    wanted = (first, second, "label")
    name = NAMES.__getitem__ if table.named else lambda column: str(table.columns.index(column) + 1)
    assert found.columns == tuple(map(name, wanted))
    said = dict(found.notes)
    unused = [name(column) for column in table.columns if column not in wanted]
    assert said.get("upload_columns_left_out", {}).get("columns", []) == unused
    assert ("upload_encoding" in said) == (table.encoding != "utf-8")
    assert ("upload_decimal_commas" in said) == table.comma
    one, other, _ = found.scale
    for (x1, x2, label), (right_x1, right_x2, sort) in zip(found.points, table.points, strict=True):
        right = {"x1": float(f"{right_x1:.2f}"), "x2": float(f"{right_x2:.2f}")}
        assert abs(one.zero + one.unit * x1 - right[first]) < 1e-4
        assert abs(other.zero + other.unit * x2 - right[second]) < 1e-4
        assert found.class_names[int(label)] == sort
