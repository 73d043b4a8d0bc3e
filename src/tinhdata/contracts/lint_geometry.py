"""Our own rules on columns of geometries: how they are declared, and what does not go with them."""

from collections.abc import Iterator
from typing import NamedTuple

from tinhdata.contracts.model import Column, Contract, GeometrySpec, LogicalType
from tinhdata.contracts.part import Part
from tinhdata.kernel import Text, t

PHYSICAL_TYPE = "geometry"
_EXAMPLE = (
    "{property: geometry, value: {types: [Polygon, MultiPolygon], within: [105, 21, 106, 22]}}"
)


class GeometryFault(NamedTuple):
    """What is wrong at a column and how to mend it."""

    text: Text
    fix: Text


def geometry_faults(part: Part, column: Column, contract: Contract) -> Iterator[GeometryFault]:
    """Give what our rules have against the geometries that `column`, written in `part`, holds."""
    is_declared = part.get("physicalType").text() == PHYSICAL_TYPE
    spec = column.geometry
    if spec is None:
        if is_declared:
            yield GeometryFault(
                t("{column} is a geometry, but nothing says of which kind.", column=column.name),
                t("Add {example}.", example=_EXAMPLE),
            )
        return
    if not is_declared or column.logical_type is not LogicalType.STRING:
        yield GeometryFault(
            t("{column} has the customProperty geometry, but not its type.", column=column.name),
            t("Write logicalType: {type}.", type="string, physicalType: geometry"),
        )
    if not _is_box(spec):
        yield GeometryFault(
            t("The box of {column} is no box.", column=column.name),
            t("Write the smallest longitude and latitude, then the largest: [105, 21, 106, 22]."),
        )
    for name in _unfit(part, column, contract):
        yield GeometryFault(
            t("{property} does not go with a geometry.", property=name), t("Take it away.")
        )


def _is_box(spec: GeometrySpec) -> bool:
    west, south, east, north = spec.within
    return west < east and south < north and abs(south) <= 90 and abs(north) <= 90


def _unfit(part: Part, column: Column, contract: Contract) -> Iterator[str]:
    if column.name in contract.key:
        yield "primaryKey"
    if column.unique:
        yield "unique"
    for name in ("minLength", "maxLength", "pattern"):
        if part.at("logicalTypeOptions", name).is_there:
            yield name
    for name in ("semanticType", "unit", "decimals"):
        if part.custom(name).is_there:
            yield name
    if column.allowed:
        yield "validValues"
    if column.reference is not None:
        yield "relationships"
    if column.mask not in (None, "hide"):
        yield "mask"
