"""Stored items -> items as a reader sees them: cells masked, reasons in words with their values.

Pure. A reason's sentence is filled here and nowhere else, so that a masked cell stays masked in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tinhdata.access import Permit
from tinhdata.contracts import geometry_brief
from tinhdata.contracts.model import Bilingual, Column, Contract
from tinhdata.kernel import Param, Text
from tinhdata.quality.held import StoredItem
from tinhdata.quality.holding import Decision, Mend, QuarantinedItem
from tinhdata.quality.masks import is_hidden, sees_everything, shown
from tinhdata.quality.model import Reason, RuleKind
from tinhdata.quality.places import FilePart, UnitPlace, place_of

_LONGEST = 80
"""Characters of a cell that a sentence quotes."""


def show_item(
    stored: StoredItem,
    delivery: str,
    contract: Contract,
    permit: Permit,
    mends: Mapping[str, Mend],
    decision: Decision | None,
    language: str,
    parts: Sequence[FilePart] = (),
) -> QuarantinedItem:
    """Give `stored` as the holder of `permit` sees it, with reasons in `language`'s labels.

    `parts` are the sheets or files of the delivery, where it has several.
    """
    place = place_of(parts, stored.first, stored.last)
    cells = seen_cells(stored.cells, permit)
    seen_mends = {
        column: replace(
            mend,
            old_value=shown(permit, column, mend.old_value),
            new_value=shown(permit, column, mend.new_value),
        )
        for column, mend in mends.items()
        if not is_hidden(permit, column)
    }
    return QuarantinedItem(
        delivery=delivery,
        item=stored.item,
        kind=stored.kind,
        record=stored.record,
        first=stored.first,
        last=stored.last,
        cells=cells,
        raw=stored.raw if sees_everything(permit) else None,
        reasons=tuple(
            fill_reason(reason, contract, cells, place, permit, language)
            for reason in stored.reasons
        ),
        mends=seen_mends,
        decision=decision,
        part=place.part,
        part_starts=stored.first - place.first + 1,
    )


def seen_cells(cells: Mapping[str, str | None], permit: Permit) -> Mapping[str, str | None]:
    """Give the cells that `permit` shows, masked ones masked; what fills sentences is these."""
    return {
        column: shown(permit, column, cell)
        for column, cell in cells.items()
        if not is_hidden(permit, column)
    }


def fill_reason(
    reason: Reason,
    contract: Contract,
    cells: Mapping[str, str | None],
    place: UnitPlace,
    permit: Permit,
    language: str,
) -> Reason:
    """Fill line, column, value, key and message into the sentences of `reason`."""
    params: dict[str, Param] = {
        # A number would be written with a sign between thousands; a line is found without one.
        "line": str(place),
        "key": ", ".join(quoted(cells.get(column)) for column in contract.key),
    }
    if reason.column is not None:
        params["column"] = contract.column(reason.column).label.in_language(language)
        params["value"] = _value(contract.column(reason.column), cells.get(reason.column))
        # Parsers of codes call the cell so; see `fault_of_code`.
        params["text"] = params["value"]
    if (message := _message(reason.rule, contract)) is not None:
        params["message"] = message.in_language(language)
    fix = reason.fix
    if fix is not None and "suggestion" in fix.params and reason.column in permit.masks:
        # What the value was meant to be says what it is.
        fix = None
    text = reason.text
    if "surplus" in text.params and not sees_everything(permit):
        # Cells beyond the header belong to no column, so no mask is known for them.
        text = Text(text.msgid, {**text.params, "surplus": "…"})
    return replace(reason, text=_filled(text, params), fix=fix and _filled(fix, params))


def in_language(text: Text, rule: str, contract: Contract, language: str) -> Text:
    """Give `text` of a result or finding of `rule` with the contract's message in `language`."""
    said = _message(rule, contract)
    if said is None or "message" not in text.params:
        return text
    message = text.params["message"]
    worded = said.in_language(language)
    inner = Text(message.msgid, {"message": worded}) if isinstance(message, Text) else worded
    return Text(text.msgid, {**text.params, "message": inner})


def _filled(text: Text, params: Mapping[str, Param]) -> Text:
    said = dict(text.params)
    if isinstance(fault := said.get("fault"), Text):
        said["fault"] = _filled(fault, {"text": params.get("text", "")})
    return Text(text.msgid, {**params, **said})


def _message(rule: str, contract: Contract) -> Bilingual | None:
    """Give the message that the contract itself has for `rule`, None for the platform's rules."""
    messages = {f"{RuleKind.ROW}:{each.id}": each.message for each in contract.row_rules}
    messages |= {f"{RuleKind.BATCH}:{each.id}": each.message for each in contract.batch_rules}
    return messages.get(rule)


def _value(column: Column, cell: str | None) -> Param:
    if column.geometry is None or cell is None or len(cell) <= _LONGEST:
        return quoted(cell)
    return geometry_brief(cell) or quoted(cell)


def quoted(cell: str | None) -> str:
    """Give `cell` in one line and at a length that fits a sentence."""
    text = " ".join((cell or "").split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
