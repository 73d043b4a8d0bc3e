"""An address as a question for groups: `by=commune,submitted:month&measure=count,sum:fee`."""

from collections.abc import Sequence

from starlette.datastructures import QueryParams

from tinhdata.contracts import Contract
from tinhdata.edge.errors import FilterInvalid
from tinhdata.edge.filters import page_of, query_of
from tinhdata.kernel import t
from tinhdata.warehouse import Aggregate, GroupBy, GroupQuery, Measure, Part, Sort

KNOWN = frozenset({"by", "measure"})
_MOST_NAMES = 20


def groups_of(
    params: QueryParams, contract: Contract, columns: Sequence[str], *, limit: int
) -> GroupQuery:
    """Read `params` as groups over `columns` of `contract`, `limit` groups a page.

    Raises FilterInvalid with place and fix. What the groups themselves may be is decided below.
    """
    by = tuple(_grouping(name) for name in _names(params, "by"))
    measures = tuple(_measure(name) for name in _names(params, "measure") or ["count"])
    for name in (*(each.column for each in by), *(each.column for each in measures)):
        _refuse_unoffered(name, contract, columns)
    rest = [(name, value) for name, value in params.multi_items() if name not in {"sort", "cursor"}]
    query = query_of(
        QueryParams(rest), contract, list(columns), limit=limit, strict=True, also=KNOWN
    )
    return GroupQuery(
        query=query,
        by=by,
        measures=measures,
        sort=tuple(Sort(n.removeprefix("-"), n.startswith("-")) for n in _names(params, "sort")),
        offset=(page_of(params) - 1) * limit,
        limit=limit,
    )


def grouping_names(params: QueryParams) -> str:
    """Give the one column that a picture groups by, nothing where the address names none.

    Raises FilterInvalid where it names several.
    """
    names = _names(params, "by")
    if len(names) > 1:
        raise FilterInvalid(
            t("A picture groups the rows by one column."),
            fix=t("Name one column; the interface for programs takes several."),
            where="by",
        )
    return names[0] if names else ""


def _names(params: QueryParams, key: str) -> list[str]:
    found = [part.strip() for value in params.getlist(key) for part in value.split(",")]
    names = [name for name in found if name]
    if len(names) > _MOST_NAMES or any(len(name) > 100 for name in names):
        raise FilterInvalid(
            t("“{name}” names too much.", name=key),
            fix=t("Name at most {count} columns or measures.", count=_MOST_NAMES),
            where=key,
        )
    return names


def _grouping(name: str) -> GroupBy:
    column, _, part = name.partition(":")
    if part and part not in set(Part):
        raise FilterInvalid(
            t("There is no part “{part}” of a day to group by.", part=part),
            fix=t("The parts are: {parts}.", parts=", ".join(Part)),
            where="by",
        )
    return GroupBy(column, Part(part) if part else None)


def _measure(name: str) -> Measure:
    aggregate, _, column = name.partition(":")
    if aggregate not in set(Aggregate):
        raise FilterInvalid(
            t("There is no measure “{name}”.", name=name),
            fix=t(
                "The measures are count, and {names} with a column, such as {example}.",
                names=", ".join(each for each in Aggregate if each is not Aggregate.COUNT),
                example="sum:<column>",
            ),
            where="measure",
        )
    return Measure(Aggregate(aggregate), column or None)


def _refuse_unoffered(name: str | None, contract: Contract, columns: Sequence[str]) -> None:
    """Refuse a column that is shown and yet not offered for filtering, a geometry say."""
    if name is not None and name in columns and not contract.column(name).filterable:
        raise FilterInvalid(
            t("The column “{column}” is not offered for groups.", column=name),
            fix=t("Group by another column, or download the rows and group them yourself."),
            where="by",
        )
