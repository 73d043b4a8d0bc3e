"""Small tables as they are seen in files, and what is drafted of them."""

from collections.abc import Mapping, Sequence

from tinhdata.contracts import (
    ColumnSeen,
    Contract,
    DraftContract,
    DraftWishes,
    KnownKey,
    TableSeen,
    draft_of_table,
    load_contract,
    write_draft,
)

Cells = Sequence[str | None]


def seen(
    columns: Mapping[str, Cells], *, title: str | None = None, is_typed: bool = False
) -> TableSeen:
    found = tuple(ColumnSeen.of(header, cells) for header, cells in columns.items())
    return TableSeen("mau.csv", found, title=title, is_typed=is_typed)


def written(
    columns: Mapping[str, Cells],
    known: Sequence[KnownKey] = (),
    *,
    title: str | None = None,
    is_typed: bool = False,
) -> DraftContract:
    table = seen(columns, title=title, is_typed=is_typed)
    return write_draft(draft_of_table(table, DraftWishes(), known), str)


def drafted(
    columns: Mapping[str, Cells],
    known: Sequence[KnownKey] = (),
    *,
    title: str | None = None,
    is_typed: bool = False,
) -> Contract:
    text = written(columns, known, title=title, is_typed=is_typed).yaml
    return load_contract(text.encode(), "draft.yaml").contract
