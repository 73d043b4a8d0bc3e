"""Codes of a semantic type: the writing of a cell -> the one writing of its kind.

Pure values in and out; the engine calls it for many cells at once under the name `read_code`, and
only for cells that are not in that writing yet. A cell is rewritten only where its kind's parser
reads it in one way and nothing of it would be lost; all others stay as they are, and the rules say
what is wrong with them in the words of `fault_of_code`.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import TypeAlias

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from duckdb import func

from tinhdata.contracts import SEMANTIC_TYPES
from tinhdata.contracts.model import Column, Contract, LogicalType
from tinhdata.kernel import Text, quote_literal, t
from tinhdata.vietnam import (
    LANDLINE_AREAS,
    MOBILE_PREFIXES,
    CodeForm,
    PhoneNumber,
    Unreadable,
    is_two_plates,
    parse_agency_code,
    parse_citizen_number,
    parse_dossier_code,
    parse_health_card,
    parse_legal_document,
    parse_occupation_code,
    parse_old_procedure_code,
    parse_phone,
    parse_plate,
    parse_procedure_code,
    parse_social_insurance_number,
    parse_tax_code,
    parse_vsic_code,
    tidy,
)

FUNCTION = "read_code"

Read: TypeAlias = "str | Unreadable"

_REMEMBERED = 20_000
_LONGEST = 200
"""Characters of a cell that may be a code; a parser is not asked about longer ones."""
_NO_DAY_IS_LATE = date.max
"""Reading a code does not depend on the day it is read on; rules of a contract may."""


def is_read(column: Column) -> bool:
    """Say whether cells of `column` are put into the writing of their kind.

    Not where the contract lists the values itself: a list says how they are written.
    """
    return (
        column.semantic_type in _READERS
        and column.logical_type is LogicalType.STRING
        and column.geometry is None
        and not column.allowed
    )


def code_sql(column: Column, text: str) -> str:
    """Write how the column `text` is put into the one writing of the kind of `column`.

    Where the contract asks for another form than the kind's, what has that form stays, and nothing
    is written that lacks it.
    """
    kind = column.semantic_type or ""
    bundled = SEMANTIC_TYPES[kind].pattern or ""
    usual = _CANONICAL.get(kind, bundled)
    read = f"{FUNCTION}({text}, {quote_literal(kind)})"
    if column.pattern not in (None, bundled):
        own = _whole(column.pattern)
        return (
            f"CASE WHEN {text} IS NULL OR regexp_matches({text}, {own}) THEN {text} "
            f"WHEN regexp_matches({read}, {own}) THEN {read} ELSE {text} END"
        )
    fits = f"regexp_matches({text}, {_whole(usual)})"
    squeezed = _squeezed(kind, text, usual)
    return f"CASE WHEN {text} IS NULL OR {fits} THEN {text} {squeezed}ELSE {read} END"


def register(db: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Make `read_code` known to `db` where a column of `contract` holds codes."""
    if not any(is_read(column) for column in contract.columns):
        return
    db.create_function(
        FUNCTION,
        _many,
        ["VARCHAR", "VARCHAR"],
        "VARCHAR",
        type=func.ARROW,
        null_handling=func.SPECIAL,
    )


def fault_of_code(column: Column, cell: str) -> Text | None:
    """Say in the words of the parser why `cell` is no code of the kind of `column`.

    None where the column's kind has no parser or the parser reads the cell. The cell itself is
    not in what it says: where it would be, the place {text} is left for whoever shows it.
    """
    if not is_read(column):
        return None
    found = read_code(column.semantic_type or "", tidy(cell))
    if isinstance(found, str):
        return None
    params = {name: value for name, value in found.reason.params.items() if name != "text"}
    return Text(found.reason.msgid, params)


@lru_cache(maxsize=_REMEMBERED)
def read_code(kind: str, text: str) -> Read:
    """Give `text` as codes of `kind` are written, or why it cannot be told what is meant."""
    if len(text) > _LONGEST:
        return Unreadable(t("This is too long for a code."))
    return _READERS[kind](text)


def _many(texts: pa.ChunkedArray, kinds: pa.ChunkedArray) -> pa.Array:
    if not len(texts):
        return pa.array([], pa.string())
    kind = kinds[0].as_py()
    # A file repeats its codes: each is read once, and all cells take what was read.
    coded = pa.concat_arrays(pc.dictionary_encode(texts).unify_dictionaries().chunks)
    written = [_written(kind, text) for text in coded.dictionary.to_pylist()]
    return pa.array(written, pa.string()).take(coded.indices)


def _written(kind: str, text: str) -> str:
    found = read_code(kind, text)
    return text if isinstance(found, Unreadable) else found


def _whole(pattern: str | None) -> str:
    return quote_literal(f"^(?:{pattern})\\z")


def _squeezed(kind: str, text: str, usual: str) -> str:
    """Write the short way for digits with signs between them, which the engine takes alone."""
    if kind not in _DIGITS:
        return ""
    joined = f"regexp_replace({text}, '[ .()\\x{{2013}}-]', '', 'g')"
    return f"WHEN regexp_matches({joined}, {_whole(usual)}) THEN {joined} "


_DIGITS = frozenset({"phone", "personal-phone"})


# --- one reader per kind


def _phone(text: str) -> Read:
    found = parse_phone(text)
    if isinstance(found, Unreadable):
        return found
    return _without_extension(found)


def _personal_phone(text: str) -> Read:
    found = parse_phone(text)
    if isinstance(found, PhoneNumber) and found.is_service:
        return Unreadable(t("A number 1800 or 1900 is a service, not the telephone of a person."))
    return found if isinstance(found, Unreadable) else _without_extension(found)


def _without_extension(found: PhoneNumber) -> Read:
    if found.extension is not None:
        return Unreadable(
            t("There is an extension behind the telephone number; write the number alone.")
        )
    return str(found)


def _plate(text: str) -> Read:
    if is_two_plates(text):
        return Unreadable(
            t(
                "This can be the plate of a car or, of before 2010, of a motorcycle. Write the "
                "sign between series and number: 20B-123.45 or 20-B1 2345."
            )
        )
    return _as_text(parse_plate(text))


def _agency(text: str) -> Read:
    found = parse_agency_code(text)
    if isinstance(found, Unreadable) or found.form is CodeForm.NEW:
        return _as_text(found)
    return Unreadable(
        t("This is an agency code of before 2020; write today’s, which begins with a letter.")
    )


def _old_procedure(text: str) -> Read:
    found = parse_old_procedure_code(text)
    return found if isinstance(found, Unreadable) else found.whole or str(found)


def _vsic(text: str) -> Read:
    found = parse_vsic_code(text)
    if not isinstance(found, Unreadable) and found.level > 1 and re.match("[A-Za-z]", text):
        # Whether the letter is the division's own is known to the list only.
        return Unreadable(t("Write the letter of the section or the digits below it, not both."))
    return _as_text(found)


def _legal_document(text: str) -> Read:
    found = parse_legal_document(text)
    if isinstance(found, Unreadable):
        return found
    if parse_legal_document(str(found)) != found:
        return Unreadable(
            t(
                "The kind or the day stands beside the number of this document, and a number alone "
                "does not say it. Write the number alone, such as 47/2020/NĐ-CP."
            )
        )
    return str(found)


def _as_text(found: object) -> Read:
    return found if isinstance(found, Unreadable) else str(found)


def _digits(found: object, digits: str) -> Read:
    return found if isinstance(found, Unreadable) else digits


_READERS: Mapping[str, Callable[[str], Read]] = MappingProxyType(
    {
        "citizen-number": lambda text: _digits(
            parse_citizen_number(text, _NO_DAY_IS_LATE), re.sub("[^0-9]", "", text)
        ),
        "tax-code": lambda text: _as_text(parse_tax_code(text, _NO_DAY_IS_LATE)),
        "agency-code": _agency,
        "procedure-code": lambda text: _as_text(parse_procedure_code(text)),
        "dossier-code": lambda text: _as_text(parse_dossier_code(text)),
        "phone": _phone,
        "personal-phone": _personal_phone,
        "vehicle-plate": _plate,
        "social-insurance-number": lambda text: _as_text(parse_social_insurance_number(text)),
        "health-card-number": lambda text: _as_text(parse_health_card(text, _NO_DAY_IS_LATE)),
        "old-procedure-code": _old_procedure,
        "vsic-code": _vsic,
        "occupation-code": lambda text: _as_text(parse_occupation_code(text)),
        "legal-document": _legal_document,
    }
)

_PERSONAL_PHONE = (
    f"0(?:(?:{'|'.join(sorted(MOBILE_PREFIXES))})[0-9]{{7}}"
    f"|(?:{'|'.join(sorted(area for area in LANDLINE_AREAS if len(area) == 2))})[2-9][0-9]{{7}}"
    f"|(?:{'|'.join(sorted(area for area in LANDLINE_AREAS if len(area) == 3))})[2-9][0-9]{{6}})"
)
_CANONICAL: Mapping[str, str] = MappingProxyType(
    {
        "phone": f"{_PERSONAL_PHONE}|1[89]00[0-9]{{4,6}}",
        "personal-phone": _PERSONAL_PHONE,
        "old-procedure-code": "[A-ZĐ]{2,6}-[0-9]{6}|[BT]-[A-ZĐ]{2,6}-[0-9]{6}-TT",
    }
)
"""Where the rule of a kind takes several writings of one code, the one that is stored."""
