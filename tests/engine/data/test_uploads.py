"""Points from a CSV or JSON file: which columns and labels are found, what is noted, and each fault."""

import json
import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Spec
from engine.data import uploads
from engine.data.tables import make_table
from engine.data.uploads import Upload, Wishes
from engine.fault import Fault, Value
from engine.spec.bounds import MOST_UPLOAD_CELLS
from engine.spec.own_points import MOST_OWN_POINTS
from engine.training import model_file

THREE = ((1.0, 2.0, 0.0), (-1.5, 0.5, 1.0), (3.0, -2.0, 0.0))
ANY = "points.txt"
AS_IT_IS = Wishes(fill=False)


def parse(text: str, name: str, wishes: Wishes = AS_IT_IS) -> Upload:
    """Raises Fault, also where these columns make no points."""
    return points_or_fault(uploads.parse(text, name, wishes))


def read(data: bytes, name: str, wishes: Wishes = AS_IT_IS) -> Upload:
    return points_or_fault(uploads.read(data, name, wishes))


def points_or_fault(upload: Upload) -> Upload:
    if upload.fault:
        raise Fault(*upload.fault)
    return upload


def note(upload: Upload, code: str) -> dict[str, Value]:
    return dict(upload.notes)[code]  # type: ignore[index]


def fault(text: str | bytes, name: str = ANY) -> tuple[str, dict[str, Value]]:
    with pytest.raises(Fault) as raised:
        read(text, name) if isinstance(text, bytes) else parse(text, name)
    return raised.value.code, raised.value.values


@pytest.mark.parametrize(
    "text",
    [
        "1,2,0\n-1.5,0.5,1\n3,-2,0\n",
        "1, 2, 0\r\n-1.5, 0.5, 1\r\n3, -2, 0",
        "1;2;0\n-1,5;0,5;1\n3;-2;0",
        "1\t2\t0\n-1,5\t.5\t1\n3\t−2\t0",
        "1|2|0\n-1.5|0.5|1\n3|-2|0",
        "  1   2 0\n-1.5 0.5 1\n\n# a remark\n3e0 -2 0",
        "sep=;\n1;2;0\n-1,5;0,5;1\n3;-2;0",
        '"1","2","0"\n"-1.5","0.5","1"\n"3","-2","0"',
        "x1,x2,label\n1,2,0\n-1.5,0.5,1\n3,-2,0",
        "Label;X 2;X_1\n0;2;1\n1;0,5;-1,5\n0;-2;3",
        "x,y,class\n1,2,0\n-1.5,0.5,1\n3,-2,0",
        "y,x1,x2\n0,1,2\n1,-1.5,0.5\n0,3,-2",
        "标签,横坐标,纵坐标\n0,1,2\n1,-1.5,0.5\n0,3,-2",
        ",height,weight,sort\n0,1,2,a\n1,-1.5,0.5,b\n2,3,-2,a",
        "a,1,2\nb,-1.5,0.5\na,3,-2",
        "1,2,north,no\n-1.5,0.5,north,yes\n3,-2,south,no",
        "[[[1, 2], 0], [[-1.5, 0.5], 1], [[3, -2], 0]]",
        "[[1, 2, 0], [-1.5, 0.5, 1], [3, -2, 0]]",
        '[[1, 2, "no"], [-1.5, 0.5, "yes"], [3, -2, "no"]]',
        "[[1, 2, false], [-1.5, 0.5, true], [3, -2, false]]",
        '{"points": [[1, 2, 0], [-1.5, 0.5, 1], [3, -2, 0]]}',
        '{"data": [{"t": 0, "x2": 2, "x1": 1}, {"x1": -1.5, "x2": 0.5, "t": 1}, {"x1": 3, "x2": -2, "t": 0}]}',
        '[{"x": 1, "y": 2, "z": "a"}, {"x": -1.5, "y": 0.5, "z": "b"}, {"x": 3, "y": "-2", "z": "a"}]',
        '[{"at": [1, 2], "t": 5}, {"at": [-1.5, 0.5], "t": 7}, {"at": [3, -2], "t": 5}]',
        '[{"at": {"x": 1, "y": 2}, "t": 5}, {"at": {"x": -1.5, "y": 0.5}, "t": 7}, {"at": {"x": 3, "y": -2}, "t": 5}]',
    ],
)
def test_the_same_three_points_in_many_forms(text: str) -> None:
    upload = parse(text, ANY)
    assert upload.points == THREE
    assert upload.labels_are == "classes"
    for encoding in ("utf-8", "utf-8-sig"):
        assert read(text.encode(encoding), ANY) == upload
    assert read(text.encode("utf-16"), ANY).points == THREE
    assert Spec(dataset="own", own_points=upload.points).class_count == 2


def test_decimal_commas_are_told() -> None:
    upload = parse("x1\tx2\tlabel\n1\t2\t0\n1,234\t2,5\t1\n", "points.tsv")
    assert upload.points[1] == (1.234, 2.5, 1)
    assert note(upload, "upload_decimal_commas") == {"given": "1,234", "read": "1.234"}
    plain = parse("x1\tx2\tlabel\n1\t2\ta,b\n1.5\t2\tc\n", "points.tsv")
    assert "upload_decimal_commas" not in dict(plain.notes)


def test_columns_are_found_and_told() -> None:
    upload = parse("id,width,length,colour\n1,0.5,2,red\n2,1,3,blue", ANY)
    assert upload.columns == ("width", "length", "colour")
    assert note(upload, "upload_columns") == {"x1": "width", "x2": "length", "label": "colour"}
    assert note(upload, "upload_columns_left_out") == {"columns": ["id"]}
    assert note(upload, "upload_classes") == {"count": 2, "classes": ["blue", "red"]}
    assert upload.class_names == ("blue", "red")
    assert upload.points == ((0.5, 2, 1), (1, 3, 0))
    assert parse("0.5,2,red\n1,3,blue", ANY).columns == ("1", "2", "3")


def test_rows_with_something_missing_are_left_out_and_counted() -> None:
    upload = parse("x1,x2,label\n1,2,0\n,2,0\n1,NA,0\n1,2\n-1.5,0.5,1\nnan,1,1\n3,-2,0\n,,\n", ANY)
    assert upload.points == THREE
    assert note(upload, "upload_rows_left_out") == {"count": 4}
    entries = [[1, 2, 0], [None, 2, 0], [-1.5, 0.5, 1], [float("nan"), 0, 1], [3, -2, 0], [1, 2], []]
    upload = parse(json.dumps(entries), ANY)
    assert upload.points == THREE
    assert note(upload, "upload_rows_left_out") == {"count": 4}


@pytest.mark.parametrize(
    ("labels", "names", "numbers"),
    [
        (["1", "-1", "1"], ("-1", "1"), [1, 0, 1]),
        (["10", "2.0", "-3"], ("-3", "2", "10"), [2, 1, 0]),
        (["10", "9", "b"], ("10", "9", "b"), [0, 1, 2]),
        (["猫", "狗", "猫"], ("狗", "猫"), [1, 0, 1]),
    ],
)
def test_few_whole_numbers_and_texts_are_classes(labels: list[str], names: tuple[str, ...], numbers: list[int]) -> None:
    upload = parse("\n".join(f"0,1,{label}" for label in labels), ANY)
    assert (upload.class_names, [label for *_, label in upload.points]) == (names, numbers)


def test_other_numbers_are_values() -> None:
    upload = parse("0,1,0.5\n1,2,3\n2,2,-7", ANY)
    assert (upload.labels_are, upload.class_names) == ("values", ())
    assert upload.points == ((0, 1, 0.5), (1, 2, 3), (2, 2, -7))
    assert note(upload, "upload_values") == {"lowest": "-7", "highest": "3"}
    many = parse("\n".join(f"0,1,{label}" for label in range(9)), ANY)
    assert [label for *_, label in many.points] == list(range(9))
    assert Spec(dataset="own_values", own_points=many.points).is_regression


def test_large_values_are_divided_and_that_is_said() -> None:
    upload = parse("0,1,2500.5\n1,2,-300\n", ANY)
    assert [label for *_, label in upload.points] == [0.25005, -0.03]
    assert note(upload, "upload_divided") == {"factor": "1e4", "limit": 1000}
    huge = parse("0,1,1.7e308\n1,2,-1.5e308\n1,1,0.5", ANY)
    assert [label for *_, label in huge.points] == pytest.approx([1.7, -1.5, 0]), "10³⁰⁹ is no float"
    assert huge.scale[2].unit == 1e308


def test_coordinates_outside_the_plane_are_fitted_both_ways_and_that_is_said() -> None:
    upload = parse("height,weight,kind\n150,1,a\n200,2,b\n175,-3,a", ANY)
    assert upload.points == ((-5, 3, 0), (5, 5, 1), (0, -5, 0))
    assert note(upload, "upload_filled") == {"x1": "150 … 200", "x2": "-3 … 2"}
    assert not upload.may_keep
    x1, x2, _ = upload.scale
    assert [(x1.zero + x1.unit * a, x2.zero + x2.unit * b) for a, b, _ in upload.points] == [
        (150, 1),
        (200, 2),
        (175, -3),
    ]
    assert [x1 for x1, *_ in parse("7,1,a\n7,2,b", ANY).points] == [0, 0]
    assert [x1 for x1, *_ in parse("-1.7e308,1,a\n1.7e308,2,b", ANY).points] == [-5, 5]


def test_too_many_rows_are_refused_or_drawn_by_a_seed() -> None:
    text = "\n".join(f"{number / 1000},{number % 7},{number % 2}" for number in range(MOST_OWN_POINTS + 500))
    assert fault(text) == ("upload_too_many_rows", {"count": 2500, "limit": 2000})
    seeds = [Wishes(fill=False, draw=seed) for seed in (3, 4)]
    drawn = parse(text, ANY, seeds[0])
    assert len(set(drawn.points)) == len(drawn.points) == MOST_OWN_POINTS
    assert list(drawn.points) == sorted(drawn.points)
    assert max(x1 for x1, *_ in drawn.points) > 2.4
    assert note(drawn, "upload_drawn") == {"count": 2500, "limit": 2000}
    assert drawn == parse(text, ANY, seeds[0]) != parse(text, ANY, seeds[1])
    assert len(parse(text[: text.index("\n1.9")], ANY, seeds[0]).points) < MOST_OWN_POINTS


@pytest.mark.parametrize(
    ("text", "name", "code", "values"),
    [
        ("", ANY, "upload_empty", {}),
        (" \n\t\n", ANY, "upload_empty", {}),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF a picture", "cat.csv", "upload_not_text", {}),
        (b"PK\x03\x04\x14[Content_Types].xml", "book.xlsx", "upload_spreadsheet", {}),
        (model_file.write({"layers.0.weight": np.zeros((1, 2), dtype=np.float32)}), "net.pt", "upload_weights", {}),
        (b"\x80\x04\x95 pickled", "points.pkl", "upload_not_text", {}),
        (b"1,2\0,3", ANY, "upload_not_text", {}),
        ("[[1, 2, 0],\n [3, 4 1]]", ANY, "upload_not_json", {"line": 2, "column": 8}),
        ("1,2,3", "points.JSON", "upload_not_json", {"line": 1, "column": 2}),
        ("5", "points.json", "upload_not_points", {}),
        ('{"rows": 7}', ANY, "upload_too_few_columns", {"count": 1}),
        (
            '{"data": [[1, 2], [3, 4]], "target": [0]}',
            ANY,
            "upload_uneven",
            {"columns": ["data", "target"], "counts": ["2", "1"]},
        ),
        (
            '{"x": [1, 2], "y": [3, 4], "z": [0]}',
            ANY,
            "upload_uneven",
            {"columns": ["x", "y", "z"], "counts": ["2", "2", "1"]},
        ),
        ("x,y,label\n0,5,1,5,0\n1,5,0,5,1", ANY, "upload_row_width", {"row": 2, "count": 5, "names": 3}),
        ("id,x,y,label\n1,2,0\n3,4,1", ANY, "upload_row_width", {"row": 2, "count": 3, "names": 4}),
        ("@relation T\n@attribute x real\n@data\n{0 1}", ANY, "upload_not_arff", {"line": 4}),
        ("@relation T\n@attribute x real", ANY, "upload_not_arff", {"line": 2}),
        ("[" * 100_000, ANY, "upload_not_points", {}),
        ("[[1, 2, 0], 7]", ANY, "upload_not_a_point", {"row": 2}),
        ("[]", ANY, "upload_too_few_columns", {"count": 0}),
        ("1,2\n3,4", ANY, "upload_too_few_columns", {"count": 2}),
        (",".join(["1"] * 101), ANY, "upload_too_many_columns", {"count": 101, "limit": 100}),
        (
            ",".join(["1"] * 100) + "\n1" * 500_000,
            ANY,
            "upload_too_many_cells",
            {"columns": 100, "limit": 600_000, "rows": 6000},
        ),
        (
            '[{"a":1,"b":2,"c":3,"d":4}' + ",{}" * 150_000 + "]",
            ANY,
            "upload_too_many_cells",
            {"columns": 4, "limit": 600_000, "rows": 150_000},
        ),
        (
            "[[1,2,3,4]" + ",[]" * 150_000 + "]",
            ANY,
            "upload_too_many_cells",
            {"columns": 4, "limit": 600_000, "rows": 150_000},
        ),
        ("1,2,3\n4," + "9" * 200_000 + ",3", ANY, "upload_not_csv", {"line": 2}),
        ("name,place,x\nAnn,here,1\nBob,there,2", ANY, "upload_no_coordinates", {"columns": ["name", "place", "x"]}),
        ("x1,x2,label", ANY, "upload_no_rows", {"count": 0}),
        ("x1,x2,label\n1,,0\n,2,1", ANY, "upload_no_rows", {"count": 2}),
        ("x1,x2,label\n1,2,0\n1,two,0", ANY, "upload_not_a_number", {"given": "two", "column": "x2", "row": 3}),
        ("1,2,0\n1_000,2,0\n3,4,1", ANY, "upload_not_a_number", {"given": "1_000", "column": "1", "row": 2}),
        (
            '[[1, 2, 0], [[[[[[{"a": 1}]]]]], 2, 0], [3, 4, 1]]',
            ANY,
            "upload_not_a_number",
            {"given": "…", "column": "1", "row": 2},
        ),
        (
            "\n".join(f"1,2,{label}" for label in [*range(12), "x"]),
            ANY,
            "upload_not_a_number",
            {"given": "x", "column": "3", "row": 13},
        ),
        ("\n".join(f"1,2,w{n}" for n in range(9)), ANY, "upload_too_many_classes", {"count": 9, "limit": 8}),
        ("1,2,a\n3,4,a", ANY, "upload_one_label", {"given": "a"}),
        ("1,2,0.5\n3,4,0.5", ANY, "upload_one_label", {"given": "0.5"}),
        ("5,3,8", ANY, "upload_one_label", {"given": "8"}),
    ],
)
def test_each_fault_has_its_code(text: str | bytes, name: str, code: str, values: dict[str, Value]) -> None:
    assert fault(text, name) == (code, values)


def test_the_fullest_file_is_not_too_many_cells() -> None:
    shortest = len("1,")  # a cell and what ends it
    assert 2**20 / shortest < MOST_UPLOAD_CELLS, "a megabyte"


def test_short_rows_take_no_memory_before_they_are_refused() -> None:
    data = (",".join(["1"] * 100) + "\n1" * 500_000).encode()
    tracemalloc.start()
    try:
        with pytest.raises(Fault, match="upload_too_many_cells"):
            read(data, ANY)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 20 * len(data), "filled up to 100 columns they would take 400 times their length"


def test_names_above_short_rows_take_no_memory_before_they_are_refused() -> None:
    text = json.dumps({"columns": [f"c{i}" for i in range(2000)], "data": [[1, 2]] * 2000})
    tracemalloc.start()
    try:
        with pytest.raises(Fault, match="upload_too_many_columns"):
            parse(text, ANY)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_alike_names_are_counted_each_on_its_own() -> None:
    table = make_table(["a", "a", "b", "a", "b", "", "a (2)"], [])
    assert table.names == ["a", "a (3)", "b", "a (4)", "b (2)", "6", "a (2)"]
    with pytest.raises(Fault, match="upload_too_many_columns"):
        parse("@attribute x numeric\n" * 50_000 + "@data\n", ANY)


@pytest.mark.parametrize("far", ["1e-323", "5e-324", "1e-300", "1e308"])
def test_any_distance_between_coordinates_is_placed(far: str) -> None:
    upload = parse(f"x,y,label\n0,0,0\n{far},1,1\n0,1,1\n0,2,0", ANY, Wishes())
    assert len(upload.points) == 4
    assert all(abs(value) <= 6 for x1, x2, _ in upload.points for value in (x1, x2))


def test_long_texts_are_shortened_where_they_are_repeated() -> None:
    long = "l" * 5000
    code, values = fault(f"x1,x2,label\n1,2,0\n{long},2,0\n2,2,1")
    assert (code, values["given"]) == ("upload_not_a_number", "l" * 39 + "…")
    upload = parse(f"1,2,{long}a\n1,2,{long}b", ANY)
    assert [len(name) for name in upload.class_names] == [40, 40]
    assert upload.points[0] != upload.points[1]


def holds_together(data: bytes, name: str) -> None:
    """Points that a Spec takes, or a fault."""
    try:
        upload = read(data, name, Wishes(draw=1))
    except Fault:
        return
    dataset: Any = "own" if upload.labels_are == "classes" else "own_values"
    Spec(dataset=dataset, own_points=upload.points, loss="mse")
    assert (len(upload.class_names) >= 2) == (dataset == "own")


cells = st.one_of(
    st.floats().map(str),
    st.integers(-9, 9).map(str),
    st.sampled_from(["", "NA", "a", "1,5", '"', "x1", "1e999"]),
    st.text(),
)
lines = st.lists(st.lists(cells, min_size=2, max_size=4), max_size=12)
leaves = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=3)
entries = st.lists(st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
    st.sampled_from(["x1", "x2", "label", "z"]), inner), max_leaves=8), max_size=8)  # fmt: skip


@settings(max_examples=100)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode), st.sampled_from(["a.csv", "a.json", ""]))
def test_any_bytes_give_points_or_a_fault(data: bytes, name: str) -> None:
    holds_together(data, name)


@settings(max_examples=100)
@given(lines, st.sampled_from(",;\t| "))
def test_any_table_gives_points_or_a_fault(rows: list[list[str]], delimiter: str) -> None:
    holds_together("\n".join(delimiter.join(row) for row in rows).encode("utf-8", "replace"), "a.csv")


@settings(max_examples=100)
@given(entries, st.booleans())
def test_any_json_gives_points_or_a_fault(content: list[Any], wrapped: bool) -> None:
    holds_together(json.dumps({"points": content} if wrapped else content).encode(), "a.json")


@given(st.lists(st.tuples(st.floats(-6, 6), st.floats(-6, 6), st.integers(0, 7)), min_size=2, max_size=50))
def test_points_that_fit_come_back_as_they_were(points: list[tuple[float, float, int]]) -> None:
    """Classes may be numbered anew, in their order."""
    names = sorted({label for *_, label in points})
    if len(names) > 1:
        upload = parse("\n".join(f"{x1!r};{x2!r};{label}" for x1, x2, label in points), ANY)
        assert upload.points == tuple((x1, x2, names.index(label)) for x1, x2, label in points)
        assert upload.points == parse(json.dumps(points), ANY).points
