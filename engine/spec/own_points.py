"""Points of a person's own, as a Spec holds them: what a point, the units and the names of its file may be."""

from typing import Annotated

from annotated_types import Ge, Gt, Le, Len
from pydantic import Strict

MOST_OWN_POINTS = 2000
"""Uploaded ones: each is drawn, and all travel in the Spec."""

LARGEST_TARGET = 1000
"""Of an uploaded point with a real-valued target."""

LONGEST_NAME = 60
"""Letters of a column's or a class's name: it stands in a legend and in an address."""

_Real = Annotated[float, Strict()]
_Coordinate = Annotated[_Real, Ge(-6), Le(6)]
_Target = Annotated[_Real, Ge(-LARGEST_TARGET), Le(LARGEST_TARGET)]

OwnPoint = tuple[_Coordinate, _Coordinate, _Target]
"""x1, x2 and the label: the number of its class from 0, or a real-valued target."""

OwnUnit = tuple[_Real, Annotated[_Real, Gt(0)]]
"""zero, unit: the file has zero + unit · the number of the plane."""

OwnName = Annotated[str, Strict(), Len(0, LONGEST_NAME)]
"""Of a column or a class in the file."""
