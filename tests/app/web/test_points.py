"""Points of files over HTTP: the right columns of each, others where a person chooses, back to the file's numbers."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from engine.spec.spec import Spec
from tests.app.running import Running
from tests.app.web.points_files import ADS, ISSUE, OTHERS, REFUSED, PointsFile
from tests.app.web.test_files import send


def points(server: Running, data: bytes, name: str, **chosen: Any) -> tuple[int, Any]:
    status, body, _ = send(server, f"/api/points?{urlencode({'name': name, **chosen})}", data)
    return status, json.loads(body)


def in_file(found: Any, point: list[float]) -> list[float]:
    """A point in the file's own numbers."""
    return [
        found["scale"][axis]["zero"] + found["scale"][axis]["unit"] * value
        for axis, value in zip(("x1", "x2", "label"), point, strict=True)
    ]


@pytest.mark.parametrize("file", [*ISSUE, *OTHERS], ids=str)
def test_the_right_columns_of_files_as_people_have_them(server: Running, file: PointsFile) -> None:
    status, found = points(server, file.data, file.name)
    assert status == 200, found
    assert tuple(found["columns"]) == file.columns
    assert in_file(found, found["points"][0])[:2] == pytest.approx(file.first, abs=1e-5 * max(map(abs, file.first)))
    numbers = [in_file(found, point)[2] for point in found["points"]]
    if found["kind"] == "classes":
        kept = [label for label in file.labels if label in found["class_names"]]
        assert {found["class_names"][round(number)] for number in numbers} == set(kept)
        assert len(found["points"]) < 6 or len(found["points"]) == len(file.labels)
    else:
        assert numbers == pytest.approx(list(file.labels))
    said = {note["code"]: note["values"] for note in found["notes"]}
    used = {file.columns[0], file.columns[1], *said["upload_columns"]["label"].split(", ")}
    ignored = {column["name"] for column in found["all_columns"]} - used
    assert ignored == set(said.get("upload_columns_left_out", {}).get("columns", [])), "what is ignored is said"
    assert all("{" not in note["message"] for note in found["notes"])
    dataset = "own" if found["kind"] == "classes" else "own_values"
    units = [list(scale.values()) for scale in found["scale"].values()]
    Spec.model_validate({"dataset": dataset, "own_points": found["points"], "own_units": units})


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_named(server: Running, name: str) -> None:
    data, code = REFUSED[name]
    status, said = points(server, data, name)
    assert (status, said["code"]) == (422, code)
    assert said["message"].endswith(".")


def test_other_columns_are_chosen_by_name_or_number(server: Running) -> None:
    data = ADS.encode()
    _, found = points(server, data, "ads.csv")
    kinds = {column["name"]: column["kind"] for column in found["all_columns"]}
    assert kinds == {
        "User ID": "index",
        "Gender": "class",
        "Age": "number",
        "EstimatedSalary": "number",
        "Purchased": "class",
    }
    assert found["all_columns"][3]["first"] == ["19000", "20000"]
    _, found = points(server, data, "ads.csv", x1="EstimatedSalary", x2="5", label="Age")
    assert found["columns"] == ["EstimatedSalary", "Purchased", "Age"]
    assert [in_file(found, point)[:2] for point in found["points"]] == [[19000, 0], [20000, 1]]
    _, found = points(server, data, "ads.csv", label="3")
    assert found["columns"] == ["EstimatedSalary", "Purchased", "Age"], "the best guess for the others"
    for chosen, code in (
        ({"x1": "Sex"}, "upload_no_such_column"),
        ({"x1": "3", "x2": "Age"}, "upload_same_column"),
        ({"x1": "Gender"}, "upload_not_a_number"),
        ({"label": "Gender"}, "upload_one_label"),
    ):
        status, said = points(server, data, "ads.csv", **chosen)
        assert (status, said["code"]) == (422, code)
        assert len(said["all_columns"]) == 5, "others can be chosen"
    assert said["columns"] == ["Age", "EstimatedSalary", "Gender"]


def test_names_that_are_numbers_come_before_places(server: Running) -> None:
    _, found = points(server, b"0,1,target\n0.15,0.71,0\n-0.2,1.08,0\n0.77,-0.57,1", "a.csv", x1="1", x2="0")
    assert found["columns"] == ["1", "0", "target"]


def test_the_plane_is_filled_unless_a_person_keeps_the_coordinates(server: Running) -> None:
    small = b"x,y,c\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n"
    _, found = points(server, small, "xor.csv")
    assert {(x1, x2) for x1, x2, _ in found["points"]} == {(-5, -5), (-5, 5), (5, -5), (5, 5)}
    assert found["may_keep"]
    _, kept = points(server, small, "xor.csv", fill="false")
    assert [point[:2] for point in kept["points"]] == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert kept["scale"]["x1"] == {"zero": 0, "unit": 1}
    _, wide = points(server, b"x,y,c\n-4,3,0\n4,-4,1\n", "a.csv")
    assert wide["points"] == [[-4, 3, 0], [4, -4, 1]], "it fills the plane already"
    _, large = points(server, b"x,y,c\n-400,3,0\n4,-4,1\n", "a.csv", fill="false")
    assert [point[:2] for point in large["points"]] == [[-5, 5], [5, -5]]
    assert not large["may_keep"]


def test_an_encoding_is_recognised_and_can_be_chosen(server: Running) -> None:
    data = "x,y,Größe\n1,2,öß\n3,4,äü\n".encode("cp1252")
    _, found = points(server, data, "a.csv")
    assert (found["encoding"], found["columns"][2]) == ("cp1252", "Größe")
    assert found["notes"][0]["values"] == {"encoding": "cp1252"}
    _, other = points(server, data, "a.csv", encoding="gb18030")
    assert (other["encoding"], "Größe" in other["columns"]) == ("gb18030", False)
    status, said = points(server, data, "a.csv", encoding="utf-8")
    assert (status, said["code"]) == (422, "upload_not_in_encoding")
