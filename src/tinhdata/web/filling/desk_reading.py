"""Fills the page that shows how a file was read, and reads back what a person says of it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from tinhdata.contracts import Column, Contract, NumberForm
from tinhdata.deliveries import Delivery, Remembered
from tinhdata.edge.language import number
from tinhdata.intake import (
    EncodingSeen,
    FileKind,
    HeaderPlace,
    Matched,
    Question,
    ReadingChoice,
    Understanding,
)
from tinhdata.kernel import Text, t
from tinhdata.quality import FilePart, place_of
from tinhdata.web.contexts.desk import Match, NumberWriting, Understood
from tinhdata.web.contexts.shell import Badge, Choice, Tone
from tinhdata.web.filling.addresses import whole_number
from tinhdata.web.filling.desk_cells import cell_text, columns_to_name, rewritten
from tinhdata.web.filling.desk_layers import LAYER_KINDS, layer_facts, system_in, systems
from tinhdata.web.filling.desk_wide import (
    FROM_HEADERS,
    left_out_in,
    unit_writings,
    units_in,
    wide_columns,
    wide_facts,
)
from tinhdata.web.filling.desk_wizard import UNDERSTOOD, steps
from tinhdata.web.filling.words import NUMERIC, label_of
from tinhdata.web.posted import Posted

_HOW: Mapping[Matched, Badge] = {
    Matched.CHOSEN: Badge(t("your choice"), Tone.GOOD),
    Matched.EXACT: Badge(t("same name"), Tone.GOOD),
    Matched.FOLDED: Badge(t("same name but for marks"), Tone.GOOD),
    Matched.UNIT: Badge(t("same name but for the unit"), Tone.GOOD),
    Matched.ORDER: Badge(t("same words"), Tone.GOOD),
    Matched.CLOSE: Badge(t("nearly the same, please look"), Tone.WARN),
}
_MISSING = Badge(t("please choose"), Tone.WARN)
_FILLED = Badge(t("from the name of the sheet or file"), Tone.GOOD)
_ABSENT = Badge(t("not in this file"), Tone.CALM)
_KINDS: Mapping[FileKind, str | Text] = {
    FileKind.TEXT: t("text with separators (CSV)"),
    FileKind.XLSX: t("Excel workbook (.xlsx)"),
    FileKind.XLS: t("older Excel workbook (.xls)"),
    FileKind.ODS: t("OpenDocument spreadsheet (.ods)"),
    FileKind.JSON: "JSON",
    FileKind.JSON_LINES: t("JSON, one record per line"),
    FileKind.PARQUET: "Parquet",
    FileKind.ZIP: t("archive of several files (.zip)"),
    **LAYER_KINDS,
}
_DELIMITERS = {",": t("comma"), ";": t("semicolon"), "\t": t("tab"), "|": t("vertical bar")}
_PASSED = {
    "total": t("Line {line}, total"),
    "note": t("Line {line}, note"),
    "dropped": t("Line {line}, left out as the dataset says"),
}
_FORMS: Mapping[NumberForm, str | Text] = {
    NumberForm.AUTO: t("as found in the file"),
    NumberForm.VIETNAMESE: "1.234,5",
    NumberForm.ENGLISH: "1,234.5",
}
_SAMPLES = 3


def understood(
    delivery: Delivery,
    contract: Contract,
    language: str,
    *,
    may_choose: bool,
    recalled: Text | None = None,
) -> Understood:
    """Show how the file of `delivery` was read: facts, columns, first rows.

    `recalled` says that it was read as an earlier file.
    """
    seen = delivery.understanding or Understanding(None, delivery.filename or "")
    mapped = {match.column for match in seen.mapping} | set(seen.from_headers) | set(seen.filled)
    shown = [c for c in contract.columns if c.name in mapped]
    places = [contract.columns.index(column) for column in shown]
    path = f"/deliveries/{delivery.id}"
    return Understood(
        steps=steps(UNDERSTOOD, contract.id, delivery.id),
        dataset=contract.name.in_language(language),
        filename=delivery.filename or "",
        action=f"{path}/reading",
        cancel=f"{path}/cancel" if may_choose else path,
        facts=(
            *_facts(delivery, seen, language),
            *wide_facts(delivery, seen, contract, language),
            *layer_facts(seen),
        ),
        notes=(
            *seen.notes,
            *_asked(seen, columns_to_name(seen, contract, language)),
            *(delivery.report.notes if delivery.report else ()),
        ),
        matches=tuple(_match(at, c, seen, language) for at, c in enumerate(contract.columns)),
        unmatched=tuple(header for _, header in seen.unmatched_headers if header),
        sheets=_sheets(seen, len(contract.columns)),
        preview=tuple(
            tuple(_cell(row[at], contract.columns[at], seen, language) for at in places)
            for row in seen.preview[:8]
        ),
        preview_headers=tuple(label_of(column, language) for column in shown),
        encodings=_encodings(seen),
        systems=systems(seen),
        numbers=tuple(_numbers(shown, seen, language)),
        units=tuple(unit_writings(shown, seen, language)),
        wide=wide_columns(seen),
        recalled=recalled,
        totals_are_data=seen.totals_are_data,
        passed=tuple(_passed(delivery)),
        rewritten=tuple(rewritten(delivery, contract, language)),
        may_choose=may_choose,
    )


def choice_of(
    form: Posted, delivery: Delivery, contract: Contract, recalled: Remembered | None = None
) -> ReadingChoice | None:
    """Read what a person chose; None where it is what the platform understood already.

    `recalled` is the earlier choice by which the file was read, if it was.
    """
    seen = delivery.understanding
    before = delivery.choice or (recalled.choice if recalled else ReadingChoice())
    if form.get("again") == "start":
        return ReadingChoice()
    if seen is None:
        return before
    sheets = form.all("sheet") or tables_read(seen)
    is_asked = Question.SHEET in seen.questions
    if set(sheets) != set(tables_read(seen)) or form.get("again") == "sheet" or is_asked:
        return ReadingChoice(sheets=sheets)
    if (crs := system_in(form, seen)) is not None:
        return replace(before, crs=crs)
    encoding = form.text("encoding")
    if encoding and seen.encoding is not None and encoding != seen.encoding.key:
        return replace(before, encoding=encoding)
    mapping = _mapping(form, contract)
    forms = _forms(form, contract)
    totals = form.get("totals") == "1"
    left_out = left_out_in(form, seen, before)
    units = units_in(form, contract, seen, before)
    is_kept = left_out == before.left_out and units == before.units
    found = {match.column: match.index for match in seen.mapping}
    same = {name: index for name, index in mapping.items() if index is not None} == found
    is_kept = is_kept and forms == before.number_forms and totals == seen.totals_are_data
    if same and is_kept:
        return before if seen.questions else None
    names = seen.header.names if seen.header and seen.pieces else ()
    # The sheets stay as they were found: those of next month's file have other names.
    return replace(
        before,
        headers=names,
        mapping=mapping,
        number_forms=forms,
        totals_are_data=totals,
        left_out=left_out,
        units=units,
    )


def tables_read(seen: Understanding) -> tuple[str, ...]:
    """Give the sheets of the workbook, or the files of the archive, that are read."""
    is_archive = seen.kind is FileKind.ZIP
    names = (table.filename if is_archive else table.sheet for table in seen.tables)
    return tuple(dict.fromkeys(name for name in names if name)) if seen.sheets else ()


def _mapping(form: Posted, contract: Contract) -> dict[str, int | None]:
    given = form.starting("column.")
    return {name: whole_number(given[name]) for name in contract.column_names if name in given}


def _forms(form: Posted, contract: Contract) -> dict[str, NumberForm]:
    given = form.starting("form.")
    return {
        name: NumberForm(given[name])
        for name in contract.column_names
        if given.get(name) in (NumberForm.VIETNAMESE, NumberForm.ENGLISH)
    }


def _facts(
    delivery: Delivery, seen: Understanding, language: str
) -> Iterator[tuple[Text, str | Text]]:
    if seen.kind is not None:
        yield t("Kind of file"), _KINDS[seen.kind]
    if seen.sheet is not None and len(seen.sheets) > 1:
        yield t("Sheet"), _table_name(seen.sheet)
    if seen.pieces:
        yield t("Read one after the other"), number(len(seen.pieces), language)
    if seen.encoding is not None:
        yield t("Letters"), _letters(seen.encoding)
    if seen.cell_encoding is not None:
        yield t("Letters"), t("old font ({name}), turned into Unicode", name=seen.cell_encoding)
    if seen.delimiter is not None:
        yield t("Separator"), _DELIMITERS.get(seen.delimiter, seen.delimiter)
    if seen.header is not None:
        yield t("Header"), _place_of_header(seen.header)
    if delivery.units is not None:
        yield t("Rows of data"), number(delivery.units.records, language)
        passed = delivery.units.structural + delivery.units.dropped
        yield t("Titles, totals, blank lines"), number(passed, language)
        if delivery.units.rejected:
            yield t("Lines that could not be split"), number(delivery.units.rejected, language)


def _place_of_header(header: HeaderPlace) -> Text:
    if not header.rows:
        return t("names of the fields")
    first, last = str(header.first_row), str(header.last_row)
    if header.rows == 1:
        return t("line {line}", line=first)
    return t("lines {first} to {last}", first=first, last=last)


def _letters(encoding: EncodingSeen) -> Text | str:
    if encoding.legacy is not None:
        return t("old font ({name}), turned into Unicode", name=encoding.legacy.value)
    return "Unicode" if encoding.name.startswith("utf") else encoding.name


def _cell(cell: str | None, column: Column, seen: Understanding, language: str) -> str | None:
    return None if cell is None else cell_text(cell, column, seen, language)


def _asked(seen: Understanding, unnamed: str) -> Iterator[Text]:
    if Question.SHEET in seen.questions:
        yield t("Please choose what to read; the rows of several sheets or files run on.")
    if Question.MAPPING in seen.questions:
        yield (
            t("Not found, but must be filled: {columns}. Please say below where.", columns=unnamed)
            if unnamed
            else t("Please say below which column of the file goes where.")
        )
    if Question.CRS in seen.questions:
        yield t("Please choose the coordinate system of the layer.")
    if Question.UNIT in seen.questions:
        yield t("Please say in which unit the values are.")


def _match(at: int, column: Column, seen: Understanding, language: str) -> Match:
    found = next((match for match in seen.mapping if match.column == column.name), None)
    headers = seen.header.names if seen.header else ()
    if found is None and column.name in seen.filled:
        return _filled(column, seen, language)
    if column.name in seen.from_headers:
        return _from_headers(at, column, seen, language)
    options = tuple(
        Choice(str(index), header, found is not None and found.index == index)
        for index, header in enumerate(headers)
        if header.strip()
    )
    values = (row[at] for row in seen.preview if found is not None and at < len(row))
    samples = dict.fromkeys(cell_text(v, column, seen, language) for v in values if v)
    absent = _MISSING if column.required else _ABSENT
    return Match(
        column=column.name,
        label=label_of(column, language),
        required=column.required,
        options=options,
        how=_HOW[found.how] if found else absent,
        sample=tuple(samples)[:_SAMPLES],
    )


def _from_headers(at: int, column: Column, seen: Understanding, language: str) -> Match:
    """Give a column that the headers or the cells of a wide table fill."""
    values = dict.fromkeys(row[at] for row in seen.preview if at < len(row))
    return Match(
        column=column.name,
        label=label_of(column, language),
        required=column.required,
        options=(),
        how=FROM_HEADERS,
        sample=tuple(cell_text(v, column, seen, language) for v in values if v)[:_SAMPLES],
        is_fixed=True,
    )


def _filled(column: Column, seen: Understanding, language: str) -> Match:
    """Give a column that gets the name of the sheet or file."""
    headers = enumerate(seen.header.names if seen.header else ())
    texts = dict.fromkeys(table.filled.get(column.name, "") for table in seen.tables)
    return Match(
        column=column.name,
        label=label_of(column, language),
        required=column.required,
        options=tuple(Choice(str(at), name) for at, name in headers if name.strip()),
        how=_FILLED,
        sample=tuple(texts)[:_SAMPLES],
    )


def _table_name(name: str) -> str | Text:
    """Give the name of a sheet, or of a list in a document; "$" is the whole of it."""
    return t("the whole document") if name == "$" else name


def _sheets(seen: Understanding, columns: int) -> tuple[Choice, ...]:
    read = tables_read(seen)
    return tuple(
        Choice(
            sheet.name,
            t(
                "{sheet} ({matched} of {columns} columns)",
                sheet=_table_name(sheet.name),
                matched=sheet.matched,
                columns=columns,
            ),
            sheet.name in read,
        )
        for sheet in seen.sheets
    )


def _encodings(seen: Understanding) -> tuple[Choice, ...]:
    if seen.encoding is None or (seen.encoding.name.startswith("utf") and not seen.encoding.legacy):
        # What reads as Unicode hardly ever is anything else.
        return ()
    # Readings that look the same are no question to anyone.
    by_sample = {e.sample: e for e in (*seen.other_encodings, seen.encoding) if e.sample}
    return tuple(
        Choice(e.key, sample, e is seen.encoding) for sample, e in reversed(by_sample.items())
    )


def _numbers(columns: list[Column], seen: Understanding, language: str) -> Iterator[NumberWriting]:
    for column in columns:
        if column.logical_type not in NUMERIC or column.number_form is not NumberForm.AUTO:
            continue
        chosen = seen.chosen_forms.get(column.name, NumberForm.AUTO)
        yield NumberWriting(
            column.name,
            label_of(column, language),
            tuple(Choice(form.value, text, form is chosen) for form, text in _FORMS.items()),
            is_open=column.name in seen.undecided_numbers,
        )


def _passed(delivery: Delivery) -> Iterator[tuple[Text, str]]:
    seen = delivery.understanding
    parts = [FilePart(p.name, p.first_unit, p.units) for p in seen.parts] if seen else []
    for line in delivery.report.passed if delivery.report else ():
        msgid = _PASSED.get(line.kind, _PASSED["note"]).msgid
        yield Text(msgid, {"line": str(place_of(parts, line.first, line.last))}), line.text
