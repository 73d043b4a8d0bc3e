"""Two states of a table beside each other, as the pages show them."""

from collections.abc import Sequence

from tinhdata.contracts import Column, Contract
from tinhdata.edge.showing import shown
from tinhdata.kernel import t
from tinhdata.warehouse import Difference, RowChange, RowChangeKind
from tinhdata.web.contexts.portal import Change, Comparison
from tinhdata.web.contexts.shell import Pager, Portion
from tinhdata.web.filling.words import label_of

_KINDS = {
    RowChangeKind.INSERTED: "added",
    RowChangeKind.DELETED: "removed",
    RowChangeKind.UPDATED: "changed",
}


def comparison(
    difference: Difference,
    contract: Contract,
    columns: Sequence[str],
    language: str,
    pager: Pager | None = None,
) -> Comparison:
    """Write `difference` in the labels and forms of `language`.

    `columns` are those the reader may see. Of rows that changed only the key and the cells that
    differ are known; columns in which nothing differs on this page are left out.
    """
    counts = difference.counts
    named = {cell.column for row in difference.rows for cell in row.cells} | set(difference.key)
    seen = [
        column for column in contract.columns if column.name in columns and column.name in named
    ]
    return Comparison(
        portions=(
            Portion(t("rows added"), counts.inserted, "added"),
            Portion(t("rows changed"), counts.updated, "changed"),
            Portion(t("rows removed"), counts.deleted, "removed"),
            Portion(t("rows stay as they are"), counts.unchanged, "same"),
        ),
        columns=tuple(label_of(column, language) for column in seen),
        changes=tuple(_change(row, difference.key, seen, language) for row in difference.rows),
        pager=pager,
    )


def _change(row: RowChange, key: Sequence[str], columns: Sequence[Column], language: str) -> Change:
    keyed = dict(zip(key, row.key, strict=True))
    cells = {cell.column: cell for cell in row.cells}
    written: list[tuple[str | None, str | None]] = []
    for column in columns:
        if (cell := cells.get(column.name)) is not None:
            written.append((shown(cell.old, column, language), shown(cell.new, column, language)))
        elif column.name in keyed:
            same = shown(keyed[column.name], column, language)
            written.append((same, same))
        elif row.kind is RowChangeKind.UPDATED:
            written.append(("", ""))
        else:
            written.append((None, None))
    return Change(_KINDS[row.kind], tuple(written))
