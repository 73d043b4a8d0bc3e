"""The Excel template of a dataset, with the code lists that its columns refer to."""

from tinhdata import intake
from tinhdata.access import ANONYMOUS
from tinhdata.bootstrap import Platform
from tinhdata.contracts import Column, Contract, LogicalType
from tinhdata.edge.language import say
from tinhdata.edge.rows import Opened, open_one, visible_columns
from tinhdata.intake import CodeList
from tinhdata.kernel import Problem
from tinhdata.warehouse import Query, Sort

_MOST_CODES = 3_000
"""Longer lists help nobody as a drop-down; the check still looks every code up."""


def excel_template(platform: Platform, contract: Contract, language: str) -> bytes:
    """Give the workbook to fill in for `contract`, drop-downs included.

    Codes come from the current releases of open datasets that columns refer to, and from the
    pack's lists where a column names its values itself.
    """
    lists: dict[str, CodeList] = {}
    for column in contract.columns:
        codes = codes_of(platform, column, language)
        if codes:
            lists[column.name] = codes
    return intake.template(contract, lists, language, lambda text: say(text, language))


def codes_of(
    platform: Platform, column: Column, language: str, most: int = _MOST_CODES
) -> CodeList:
    """Give the codes that `column` may hold with what they mean; nothing beyond `most` of them."""
    return _referred(platform, column, most) or _of_pack(platform, column, language)


def template_name(contract: Contract) -> str:
    """Name the template's file."""
    return f"{contract.id}-{contract.version}.xlsx"


def _of_pack(platform: Platform, column: Column, language: str) -> CodeList:
    """Give the labels of the pack's list that has exactly the values of the column."""
    if not column.allowed:
        return ()
    for entries in platform.pack.code_lists.values():
        labels = {entry.code: entry.label.in_language(language) for entry in entries}
        if set(column.allowed) <= set(labels):
            return [(code, labels[code]) for code in column.allowed]
    return ()


def _referred(platform: Platform, column: Column, most: int) -> CodeList:
    """Give the codes of the dataset that the column refers to, where anyone may read them."""
    reference = column.reference
    release = platform.warehouse.current(reference.dataset) if reference else None
    if reference is None or release is None or release.rows > most:
        return ()
    try:
        opened = open_one(platform, ANONYMOUS, release, "template")
    except Problem:
        return ()
    names = [c.name for c in visible_columns(opened)]
    if reference.column not in names:
        return ()
    label = _label_column(opened, reference.column)
    query = Query((reference.column, label), sort=(Sort(reference.column),), limit=_MOST_CODES)
    rows = platform.warehouse.read(opened.permit, release.id, query).rows
    return [(str(code), str(name or "")) for code, name in rows if code is not None]


def _label_column(opened: Opened, code: str) -> str:
    """Choose the column that says what a code means: the first text that is not a code itself."""
    for column in visible_columns(opened):
        is_text = column.logical_type is LogicalType.STRING and not column.allowed
        is_code = column.name in opened.contract.key or (column.semantic_type or "").endswith(
            "-code"
        )
        if column.name != code and is_text and not is_code:
            return column.name
    return code
