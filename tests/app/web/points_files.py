"""Files of points as people really have them, each with what is right: columns, labels and the first point in the
file's own numbers."""
# ruff: noqa: E501  a table, a row a line

import gzip
import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path


@dataclass(frozen=True)
class PointsFile:
    name: str
    data: bytes
    columns: tuple[str, str, str]
    labels: tuple[str, ...] | tuple[float, ...]
    """Of the points in order: names of classes, or values."""
    first: tuple[float, float]
    """x1 and x2 of the first point, as the file has them."""

    def __str__(self) -> str:
        return self.name


def file(
    name: str,
    text: str,
    columns: str,
    labels: str | tuple[float, ...],
    first: tuple[float, float],
    encoding: str = "utf-8",
) -> PointsFile:
    """columns, labels: words parted by |."""
    x1, x2, label = columns.split("|")
    names = tuple(labels.split("|")) if isinstance(labels, str) else labels
    return PointsFile(name, text.encode(encoding), (x1, x2, label), names, first)


ADS = "User ID,Gender,Age,EstimatedSalary,Purchased\n15624510,Male,19,19000,0\n15810944,Male,35,20000,1"
BRAIN = '[{"input":[0,0],"output":{"zero":1}},{"input":[0,1],"output":{"one":1}}]'
ARFF = "% c\n@relation T\n@ATTRIBUTE x REAL\n@ATTRIBUTE y REAL\n@ATTRIBUTE class {2,1}\n@data\n3.1,0.7,1\n2.2,0.3,2"
INDEX_NAMES = ("rownames", "No", "S.No.", "#", "idx", "PassengerId", "序号", "编号")

ISSUE = [
    file("pandas_numbers.csv", ",0,1,2\n0,0.15,0.71,0.0\n1,-0.2,1.08,0.0\n2,0.77,-0.57,1.0", "0|1|2", "0|0|1", (0.15, 0.71)),
    file("names_are_numbers.csv", "0,1,target\n0.15,0.71,0\n-0.2,1.08,0\n0.77,-0.57,1", "0|1|target", "0|0|1", (0.15, 0.71)),
    file("ads.csv", ADS, "Age|EstimatedSalary|Purchased", "0|1", (19, 19000)),
    *(
        file(f"index_{place}.csv", ADS.replace("User ID", name), "Age|EstimatedSalary|Purchased", "0|1", (19, 19000))
        for place, name in enumerate(INDEX_NAMES)
    ),
    file("label_first.csv", "1,1.2,0.7\n2,0.3,1.4\n1,2.2,0.1\n2,1.1,0.8", "2|3|1", "1|2|1|2", (1.2, 0.7)),
    file("commented.txt", "# label x y\n1 1.2 0.7\n2 0.3 1.4\n", "x|y|label", "1|2", (1.2, 0.7)),
    file("wdbc.csv", "id,diagnosis,radius_mean,texture_mean\n842302,M,17.99,10.38\n8510426,B,13.54,14.36\n", "radius_mean|texture_mean|diagnosis", "M|B", (17.99, 10.38)),
    file("brain.json", BRAIN, "input 1|input 2|zero", "zero|one", (0, 0)),
    file("t.arff", ARFF, "x|y|class", "1|2", (3.1, 0.7)),
    file("split.json", '{"columns":["label","x","y"],"data":[[0,0.1,0.2],[1,0.3,0.4]]}', "x|y|label", "0|1", (0.1, 0.2)),
    file("sklearn.json", '{"data":[[0.1,0.2],[0.3,0.4]],"target":[0,1]}', "1|2|target", "0|1", (0.1, 0.2)),
    file("columns.json", '{"x":[0.1,0.3],"y":[0.2,0.4],"label":["a","b"]}', "x|y|label", "a|b", (0.1, 0.2)),
    file("lines.jsonl", '{"label":"a","x":1,"y":2}\n{"label":"b","x":3,"y":4}\n', "x|y|label", "a|b", (1, 2)),
    file("quoted_commas.csv", 'x,y,label\n"0,5","1,5",0\n"1,5","0,5",1', "x|y|label", "0|1", (0.5, 1.5)),
    file("comma_at_end.csv", "x,y,label,\n1,2,0,\n3,4,1,\n", "x|y|label", "0|1", (1, 2)),
    file("latin.csv", "länge;breite;größe\n1,5;2,5;groß\n3,5;4,5;mäßig\n", "länge|breite|größe", "groß|mäßig", (1.5, 2.5), "cp1252"),
    file("gbk.csv", "横坐标,纵坐标,类别\n1,2,猫\n3,4,狗\n", "横坐标|纵坐标|类别", "猫|狗", (1, 2), "gbk"),
    file("missing.csv", "x,y,c\n1,2,a\n?,3,b\n4,None,a\n-,3,b\ninf,4,a\n#DIV/0!,3,a\n1.0D+00,3,b\n4,5,?\n", "x|y|c", "a|b", (1, 2)),
]  # fmt: skip
"""Those of the issue that asked for this reader, as they stand there."""


def iris_of_scikit_learn() -> bytes:
    package = find_spec("sklearn")
    assert package
    assert package.submodule_search_locations
    return (Path(package.submodule_search_locations[0]) / "datasets" / "data" / "iris.csv").read_bytes()


IRIS = iris_of_scikit_learn()

OTHERS = [
    PointsFile("iris_sklearn.csv", IRIS, ("150", "4", "virginica"), ("0",) * 50 + ("1",) * 50 + ("2",) * 50, (5.1, 3.5)),
    file("iris.data", "5.1,3.5,1.4,0.2,Iris-setosa\n7.0,3.2,4.7,1.4,Iris-versicolor\n\n", "1|2|5", "Iris-setosa|Iris-versicolor", (5.1, 3.5)),
    file("Iris.csv", "Id,SepalLengthCm,SepalWidthCm,PetalLengthCm,Species\n1,5.1,3.5,1.4,Iris-setosa\n51,7.0,3.2,4.7,Iris-versicolor", "SepalLengthCm|SepalWidthCm|Species", "Iris-setosa|Iris-versicolor", (5.1, 3.5)),
    file("iris_r.csv", '"","Sepal.Length","Sepal.Width","Species"\n"1",5.1,3.5,"setosa"\n"2",7,3.2,"versicolor"', "Sepal.Length|Sepal.Width|Species", "setosa|versicolor", (5.1, 3.5)),
    file("write_table.txt", '"Sepal.Length" "Sepal.Width" "Species"\n"1" 5.1 3.5 "setosa"\n"2" 7 3.2 "versicolor"\n', "Sepal.Length|Sepal.Width|Species", "setosa|versicolor", (5.1, 3.5)),
    file("penguins.csv", "species,island,bill_length_mm,bill_depth_mm,sex\nAdelie,Torgersen,39.1,18.7,male\nAdelie,Torgersen,NA,NA,NA\nGentoo,Biscoe,46.1,13.2,female\n", "bill_length_mm|bill_depth_mm|species", "Adelie|Gentoo", (39.1, 18.7)),
    file("titanic.csv", 'PassengerId,Survived,Pclass,Name,Sex,Age,Fare\n1,0,3,"Braund, Mr. Owen",male,22,7.25\n2,1,1,"Cumings, Mrs. John",female,38,71.2833\n3,1,3,"Heikkinen, Miss. Laina",female,26,7.925\n', "Age|Fare|Survived", "0|1|1", (22, 7.25)),
    file("mtcars.csv", '"model","mpg","cyl","am"\n"Mazda RX4",21,6,1\n"Hornet",21.4,6,0\n"Fiat 128",32.4,4,1\n"Duster",14.3,8,0', "mpg|cyl|am", "1|0|1|0", (21, 6)),
    file("data_banknote.txt", "3.6216,8.6661,-2.8073,0\n4.5459,8.1674,-2.4586,0\n-1.3971,3.3191,-1.3927,1\n", "1|2|4", "0|0|1", (3.6216, 8.6661)),
    file("wine.data", "1,14.23,1.71,2.43\n2,12.37,.94,1.36\n3,12.86,1.35,2.32\n1,13.2,1.78,2.14\n", "2|3|1", "1|2|3|1", (14.23, 1.71)),
    file("ex2data1.txt", "34.62365962451697,78.0246928153624,0\n60.18259938620976,86.30855209546826,1\n", "1|2|3", "0|1", (34.62365962451697, 78.0246928153624)),
    file("haberman.csv", "age,year,nodes,status\n30,64,1,1\n30,62,3,1\n34,59,0,2\n42,69,1,2\n", "age|year|status", "1|1|2|2", (30, 64)),
    file("ecoli.data", "AAT_ECOLI   0.49  0.29  cp\nACEA_ECOLI  0.07  0.40  cp\nACEK_ECOLI  0.56  0.40  im\nA4  0.5  0.4  im\nA5  0.1  0.4  cp\nA6  0.2  0.4  cp\nA7  0.3  0.4  cp\nA8  0.4  0.4  cp\nA9  0.4  0.5  cp\n", "2|3|4", "cp|cp|im|im|cp|cp|cp|cp|cp", (0.49, 0.29)),
    file("german_excel.csv", "Länge;Breite;Klasse\r\n1.234,5;0,5;ja\r\n2.000,0;1,5;nein\r\n", "Länge|Breite|Klasse", "ja|nein", (1234.5, 0.5), "cp1252"),
    file("excel_unicode.txt", "x\ty\tart\r\n0,5\t1,5\ta\r\n1,5\t0,5\tb\r\n", "x|y|art", "a|b", (0.5, 1.5), "utf-16"),
    file("sep.csv", "sep=;\nx;y;c\n1;2;a\n3;4;b\n", "x|y|c", "a|b", (1, 2), "utf-8-sig"),
    file("salaries.csv", 'age,salary,left\n25,"$19,000",no\n40,"$76,500",yes\n', "age|salary|left", "no|yes", (25, 19000)),
    file("percent.csv", "share,growth,up\n12.5%,3%,yes\n50%,-4%,no\n", "share|growth|up", "yes|no", (12.5, 3)),
    file("one_hot.csv", "a,b,is_red,is_green,is_blue\n.1,.2,1,0,0\n.3,.4,0,0,1\n.5,.6,0,1,0\n", "a|b|is_red", "red|blue|green", (0.1, 0.2)),
    file("perceptron.csv", "x,y,sign\n1,2,+\n-1,-2,-\n", "x|y|sign", "+|-", (1, 2)),
    file("xor.csv", "a,b,out\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n", "a|b|out", "0|1|1|0", (0, 0)),
    file("title.csv", "Measured on Monday,,\nlength,width,sort\n1,2,a\n3,4,b\n", "length|width|sort", "a|b", (1, 2)),
    file("savetxt.txt", "# x y label\n1.000000000000000000e+00 2.000000000000000000e+00 0.000000000000000000e+00\n3e+00 4e+00 1e+00\n", "x|y|label", "0|1", (1, 2)),
    file("gnuplot.dat", "# made by hand\n# x\ty\tz\n\n0.5\t0.25\t1.125\n1.5\t2.25\t3.375\n", "x|y|z", (1.125, 3.375), (0.5, 0.25)),
    file("housing.csv", "area,rooms,price\n70.5,3,250000\n48.25,2,187000.5\n", "area|rooms|price", (250000, 187000.5), (70.5, 3)),
    file("rooms.csv", "area,rooms,rent\n70.5,3,1250\n48.25,2,990.5\n60,3,1100\n81,4,1300\n85,4,1350\n90,4,1380\n", "area|rooms|rent", (1250, 990.5, 1100, 1300, 1350, 1380), (70.5, 3)),
    file("insurance.csv", "age,sex,bmi,region,charges\n19,female,27.9,southwest,16884.924\n18,male,33.77,southeast,1725.5523\n28,male,33,southeast,4449.462", "age|bmi|charges", (16884.924, 1725.5523, 4449.462), (19, 27.9)),
    file("full_width.csv", "ｘ，ｙ，类\n１．５，２，甲\n３，４，乙\n", "ｘ|ｙ|类", "甲|乙", (1.5, 2)),
    file("records.json", '[{"index":7,"x":1,"y":2,"label":"a"},{"index":9,"x":3,"y":4,"label":"b"}]', "x|y|label", "a|b", (1, 2)),
    file("by_column.json", '{"x":{"0":1,"1":3},"y":{"0":2,"1":4},"label":{"0":"a","1":"b"}}', "x|y|label", "a|b", (1, 2)),
    file("by_class.json", '{"red":[[1,2],[3,4]],"blue":[[5,6]]}', "1|2|3", "red|red|blue", (1, 2)),
    file("named_bunch.json", '{"data":[[5.1,3.5],[7,3.2]],"target":[0,1],"target_names":["setosa","versicolor"],"feature_names":["length","width"]}', "length|width|target", "setosa|versicolor", (5.1, 3.5)),
    file("places.geojson", '{"type":"FeatureCollection","features":[{"geometry":{"coordinates":[8.5,47.4]},"properties":{"kind":"lake"}},{"geometry":{"coordinates":[7.4,46.9]},"properties":{"kind":"peak"}}]}', "coordinates 1|coordinates 2|kind", "lake|peak", (8.5, 47.4)),
    file("rows_with_names.json", '[["x","y","label"],[1,2,"a"],[3,4,"b"]]', "x|y|label", "a|b", (1, 2)),
    file("X_y.json", '{"X":[[1,2],[3,4]],"y":[[0.5],[1.5]]}', "1|2|y", (0.5, 1.5), (1, 2)),
    file("weka.arff", "@RELATION 'my flowers'\n@ATTRIBUTE 'petal length' NUMERIC\n@ATTRIBUTE width NUMERIC\n@ATTRIBUTE class {'Iris a',b}\n@DATA\n1,2,'Iris a'\n?,2,b\n3,4,b\n", "petal length|width|class", "Iris a|b", (1, 2)),
]  # fmt: skip
"""As other programs and people write them."""

REFUSED = {
    "book.xlsx": (b"PK\x03\x04\x14\x00\x06\x00[Content_Types].xml", "upload_spreadsheet"),
    "old.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "upload_spreadsheet"),
    "points.csv.gz": (gzip.compress(b"1,2,0\n3,4,1\n" * 20), "upload_not_text"),
    "sparse.arff": (b"@relation t\n@attribute a real\n@data\n{0 1}\n", "upload_not_arff"),
    "loose_commas.csv": (b"x,y,label\n0,5,1,5,0\n1,5,0,5,1\n", "upload_row_width"),
    "libsvm.txt": (b"+1 1:0.5 2:0.25\n-1 1:0.1 2:0.75\n", "upload_no_coordinates"),
    "uneven.json": (json.dumps({"x": [1, 2], "y": [3], "label": [0, 1]}).encode(), "upload_uneven"),
}
"""Bytes, and the code of the sentence that says why not."""
