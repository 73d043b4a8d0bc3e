"""How a raw cell becomes a typed value: contract column -> SQL expressions, layer upon layer.

Pure: it writes SQL and runs none. Each layer may use the columns of the one below it, so that a
cell is searched and parsed once. The layers are `moment`, `usual` and `odd` (a cell in a usual
writing is read at once; only an odd one is cleaned), `clean` (text without noise), `folded` and
`cut` (without declared marks; only where a contract has some), `text` (declared missing values are
NULL), `bare` (a number without brackets and percent sign), `plain` (numbers, dates and codes in the
platform's writing), `scaled` (numbers in the dataset's unit; only where a file has another) and the
value. A value is read only if its writing has an expected shape AND the engine can cast it: the
engine alone takes `1e3`, `inf` or the year 0012.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tinhdata.contracts.model import Column, Contract, LogicalType, NumberForm, sql_type
from tinhdata.kernel import quote_identifier, quote_literal
from tinhdata.quality.codes import code_sql, is_read
from tinhdata.quality.geometry import geometry_sql
from tinhdata.quality.marking import cut_sql, fold_sql, meaning_sql, scaled_sql
from tinhdata.quality.model import Step, Writing
from tinhdata.quality.temporal import moment_sql, plain_date_sql
from tinhdata.quality.usual import is_read_at_once, is_usual, moment_at_once

_SPACE = r"\t \x{00A0}\x{1680}\x{2000}-\x{200A}\x{202F}\x{205F}\x{3000}"
_INVISIBLE = r"[\x{00AD}\x{200B}-\x{200F}\x{2028}-\x{202E}\x{2060}-\x{2064}\x{FEFF}]"
_CONTROL = r"[\x{00}-\x{08}\x{0B}\x{0C}\x{0E}-\x{1F}\x{7F}-\x{9F}]"

# Letters that are already joined, and single blanks inside: such cells need no cleaning. The guard
# is one cheap look that spares four passes for nearly every cell.
_TO_CLEAN = r"[^!-~ \x{00C0}-\x{024F}\x{1EA0}-\x{1EF9}\x{2010}-\x{2027}]|^ | $|  |^$"
_LAST_PLAIN_SPACE = f"^[{_SPACE}\\n\\r]|[{_SPACE}\\n\\r]$|[{_SPACE}]{{2}}|\\r|\\n\\n"
_ODD_SPACE = r"[\t\x{00A0}\x{1680}\x{2000}-\x{200A}\x{202F}\x{205F}\x{3000}]"

# Without a digit behind the system's number there is no coordinate, however the parts are nested.
_EMPTY_GEOMETRY = r"(?i)^(SRID *= *[0-9]+ *;)?[^0-9]*\bEMPTY\b[^0-9]*$"

TRUE_WORDS = ("có", "x", "true", "1", "yes", "đúng", "✓", "✔")
FALSE_WORDS = ("không", "false", "0", "no", "sai")

_MINUS = r"[\x{2212}\x{2013}-]"
_AMBIGUOUS = r"^-?[1-9][0-9]{0,2}[.,][0-9]{3}$"


@dataclass(frozen=True, slots=True)
class ColumnSQL:
    """The expressions of one column, each over the names of the layers below.

    `changed` maps a step to the condition that it changed the cell.
    """

    column: Column
    raw: str
    moment: str
    usual: str
    odd: str
    clean: str
    folded: str
    cut: str
    text: str
    bare: str
    plain: str
    scaled: str
    value: str
    changed: tuple[tuple[Step, str], ...]


def column_sql(contract: Contract, column: Column, index: int, writing: Writing) -> ColumnSQL:
    """Compile how `column`, the `index`-th of the contract, is read in a file with this `writing`.

    The names it uses are those of the layers with the index, such as `_raw_0`.
    """
    raw, clean, text = name("raw", index), name("clean", index), name("text", index)
    bare, plain = name("bare", index), name("plain", index)
    moment, usual, odd = name("moment", index), name("usual", index), name("odd", index)
    at_once = is_read_at_once(contract, column, writing)
    cut = name("cut", index) if _has_marks(contract) else clean
    scaled = plain if writing.scale is None else name("scaled", index)
    return ColumnSQL(
        column=column,
        raw=raw,
        moment=moment_at_once(column, raw, writing) if at_once else "CAST(NULL AS TIMESTAMP)",
        usual=f"coalesce({is_usual(column, raw, moment, writing)}, false)" if at_once else "false",
        odd=_either(at_once, usual, "false", _odd_sql(raw, is_seen=not at_once)),
        clean=f"CASE WHEN {odd} THEN {_clean_sql(raw)} ELSE {raw} END",
        folded=fold_sql(clean) if column.marks else "CAST(NULL AS VARCHAR)",
        cut=_cut_sql(contract, column, index),
        text=_text_sql(contract, column, cut),
        bare=_either(at_once, usual, text, _bare_sql(column, text)),
        plain=_either(at_once, usual, bare, _plain_sql(column, text, bare, writing)),
        scaled=plain if writing.scale is None else scaled_sql(column, plain, writing.scale),
        value=_either(
            at_once,
            f"{usual} AND {text} IS NOT NULL",
            _value_at_once(column, text, moment),
            _value_sql(column, text, scaled),
        ),
        changed=(
            *_changed(contract, column, index, cut),
            *_marked_and_scaled(column, clean, cut, writing),
        ),
    )


def layers(contract: Contract, writing: Iterable[Writing]) -> tuple[str, ...]:
    """Name the layers between the raw cell and its value that this contract and file need."""
    marks = ("folded", "cut") if _has_marks(contract) else ()
    scaled = ("scaled",) if any(each.scale is not None for each in writing) else ()
    return ("moment", "usual", "odd", "clean", *marks, "text", "bare", "plain", *scaled)


def _has_marks(contract: Contract) -> bool:
    return any(column.marks is not None for column in contract.columns)


def _cut_sql(contract: Contract, column: Column, index: int) -> str:
    clean = name("clean", index)
    if column.marks is not None:
        return cut_sql(column.marks, clean, name("folded", index))
    return meaning_sql(contract, column, clean, lambda at: name("folded", at))


def _marked_and_scaled(
    column: Column, clean: str, cut: str, writing: Writing
) -> Iterator[tuple[Step, str]]:
    if column.marks is not None:
        yield Step.MARK, f"{clean} IS DISTINCT FROM {cut}"
    if writing.scale is not None:
        yield Step.UNIT, f"{quote_identifier(column.name)} IS NOT NULL"


def name(layer: str, index: int) -> str:
    """Give the name of the `index`-th column in `layer`."""
    return f"_{layer}_{index}"


def _form_of(column: Column, form: NumberForm | None) -> NumberForm:
    # What the contract declares wins over what reading a file found.
    if column.number_form is not NumberForm.AUTO:
        return column.number_form
    return form or NumberForm.AUTO


def _odd_sql(raw: str, *, is_seen: bool) -> str:
    odd = f"regexp_matches({raw}, '{_TO_CLEAN}')"
    # Whether a row is dirty was seen from the texts that are not read at once.
    return f"CASE WHEN _dirty THEN {odd} ELSE false END" if is_seen else odd


def _clean_sql(raw: str) -> str:
    text = f"nfc_normalize({raw})"
    text = f"regexp_replace({text}, '\\r\\n?', chr(10), 'g')"
    text = f"regexp_replace({text}, '{_INVISIBLE}|{_CONTROL}', '', 'g')"
    text = f"regexp_replace({text}, '[{_SPACE}]+', ' ', 'g')"
    text = f"regexp_replace({text}, ' ?\\n[\\n ]*', chr(10), 'g')"
    text = f"nullif(trim({text}, ' ' || chr(10)), '')"
    return f"CASE WHEN regexp_matches({raw}, '{_TO_CLEAN}') THEN {text} ELSE {raw} END"


def _either(at_once: bool, usual: str, quick: str, slow: str) -> str:
    return f"CASE WHEN {usual} THEN {quick} ELSE {slow} END" if at_once else slow


def _value_at_once(column: Column, text: str, moment: str) -> str:
    if column.logical_type in (LogicalType.DATE, LogicalType.TIMESTAMP):
        return f"CAST({moment} AS {sql_type(column)})"
    return f"try_cast({text} AS {sql_type(column)})"


def _text_sql(contract: Contract, column: Column, clean: str) -> str:
    text = _missing_sql(clean, (*contract.missing_values, *column.missing_values))
    if column.geometry is None:
        return text
    return f"CASE WHEN regexp_matches({clean}, '{_EMPTY_GEOMETRY}') THEN NULL ELSE {text} END"


def _missing_sql(clean: str, words: tuple[str, ...]) -> str:
    folded = sorted({folded for word in words if (folded := " ".join(word.split()).lower())})
    if not folded:
        return clean
    listed = ", ".join(f"nfc_normalize({quote_literal(word)})" for word in folded)
    return f"CASE WHEN lower({clean}) IN ({listed}) THEN NULL ELSE {clean} END"


def _plain_sql(column: Column, text: str, bare: str, writing: Writing) -> str:
    match column.logical_type:
        case LogicalType.INTEGER | LogicalType.NUMBER:
            return _plain_number(column, bare, _form_of(column, writing.number_form))
        case LogicalType.DATE | LogicalType.TIMESTAMP:
            return plain_date_sql(column.date_formats, text, writing.date_order)
        case LogicalType.BOOLEAN:
            return f"lower({text})"
        case LogicalType.STRING:
            if is_read(column):
                return code_sql(column, text)
            return text if column.geometry is None else f"struct_extract({bare}, 'wkt')"


def _bare_sql(column: Column, text: str) -> str:
    """Give a number with nothing around it: a leading minus, then digits, signs and blanks.

    Of a geometry it is what reading it says: its WKT, kind, box, faults.
    """
    if column.geometry is not None:
        return geometry_sql(column.geometry, text)
    if column.logical_type not in (LogicalType.INTEGER, LogicalType.NUMBER):
        return text
    bare = f"regexp_replace({text}, '^[+]|^\\((.+)\\)$', '\\1')"
    bare = f"regexp_replace({bare}, '^{_MINUS} ?', '')"
    if is_percent(column):
        bare = f"regexp_replace({bare}, ' ?%$', '')"
    sign = f"CASE WHEN regexp_matches({text}, '^{_MINUS}|^\\(.+\\)$') THEN '-' ELSE '' END"
    return f"CASE WHEN regexp_matches({text}, '^-?[0-9]+$') THEN {text} ELSE {sign} || {bare} END"


def _plain_number(column: Column, bare: str, form: NumberForm) -> str:
    dots, commas = f"replace({bare}, '.', '')", f"replace({bare}, ',', '')"
    # Blanks between groups of three are always thousands; what follows them is then a decimal sign.
    spaced = f"replace(replace({bare}, ' ', ''), ',', '.')"
    read = (
        ("^-?[0-9]+$", bare),
        ("^-?[1-9][0-9]{0,2}( [0-9]{3})+([.,][0-9]+)?$", spaced),
        (_AMBIGUOUS, _ambiguous(column, bare, form)),
        ("^-?([1-9][0-9]{0,2}(,[0-9]{3})+|[0-9]*)[.][0-9]+$", commas),
        ("^-?([1-9][0-9]{0,2}([.][0-9]{3})+|[0-9]*),[0-9]+$", f"replace({dots}, ',', '.')"),
        ("^-?[1-9][0-9]{0,2}(,[0-9]{3}){2,}$", commas),
        ("^-?[1-9][0-9]{0,2}([.][0-9]{3}){2,}$", dots),
    )
    branches = " ".join(f"WHEN regexp_matches({bare}, '{shape}') THEN {how}" for shape, how in read)
    return f"CASE {branches} END"


def _ambiguous(column: Column, bare: str, form: NumberForm) -> str:
    """Read 1.234 or 1,234, which is one number in Vietnamese and another in English writing."""
    match form:
        case NumberForm.VIETNAMESE:
            return f"replace(replace({bare}, '.', ''), ',', '.')"
        case NumberForm.ENGLISH:
            return f"replace({bare}, ',', '')"
        case NumberForm.AUTO if column.logical_type is LogicalType.INTEGER:
            # Three decimals that are not all zero cannot be in a whole number: they are thousands.
            both = f"replace(replace({bare}, '.', ''), ',', '')"
            return f"CASE WHEN NOT regexp_matches({bare}, '[.,]000$') THEN {both} END"
        case NumberForm.AUTO:
            return "CAST(NULL AS VARCHAR)"


def is_percent(column: Column) -> bool:
    """Say whether the column is in percent, so that a percent sign is only its unit."""
    return column.semantic_type == "percent" or (column.unit or "").strip() == "%"


def _value_sql(column: Column, text: str, plain: str) -> str:
    match column.logical_type:
        case LogicalType.STRING:
            return plain
        case LogicalType.INTEGER:
            whole = f"regexp_matches({plain}, '^-?[0-9]{{1,19}}([.]0*)?$')"
            return (
                f"CASE WHEN {whole} THEN try_cast(regexp_replace({plain}, '[.]0*$', '') AS BIGINT)"
                " END"
            )
        case LogicalType.NUMBER:
            return _number_value(column, plain)
        case LogicalType.BOOLEAN:
            true, false = _words(TRUE_WORDS), _words(FALSE_WORDS)
            return (
                f"CASE WHEN {plain} IN ({true}) THEN true WHEN {plain} IN ({false}) THEN false END"
            )
        case LogicalType.DATE:
            return f"CAST({moment_sql(plain)} AS DATE)"
        case LogicalType.TIMESTAMP:
            return moment_sql(plain)


def _number_value(column: Column, plain: str) -> str:
    double = f"try_cast({plain} AS DOUBLE)"
    if column.decimals is None:
        return f"CASE WHEN length({plain}) <= 40 THEN {double} END"
    kind, places = sql_type(column), column.decimals
    fits = f"regexp_matches({plain}, '^-?[0-9]*([.][0-9]{{0,{places}}}0*)?$')"
    # 30.099999999999998 is 30.1 as a spreadsheet computes it; 30.12 with one decimal is not 30.1.
    close = f"abs({double} - round({double}, {places})) <= 1e-9 * greatest(1, abs({double}))"
    return (
        f"CASE WHEN length({plain}) > 40 THEN NULL WHEN {fits} THEN try_cast({plain} AS {kind}) "
        f"WHEN {close} THEN try_cast(round({double}, {places}) AS {kind}) END"
    )


def _words(words: tuple[str, ...]) -> str:
    return ", ".join(quote_literal(word) for word in words)


def _changed(
    contract: Contract, column: Column, index: int, cut: str
) -> tuple[tuple[Step, str], ...]:
    raw, clean, text = name("raw", index), name("clean", index), name("text", index)
    plain = name("plain", index)
    dirty = f"{name('odd', index)} AND {raw} IS DISTINCT FROM {clean}"
    spaces = (
        f"(regexp_matches({raw}, '{_LAST_PLAIN_SPACE}') OR regexp_matches({raw}, '{_ODD_SPACE}'))"
    )
    steps = [
        (Step.NFC, f"{dirty} AND {raw} <> nfc_normalize({raw})"),
        (Step.INVISIBLE, f"{dirty} AND regexp_matches({raw}, '{_INVISIBLE}')"),
        (Step.CONTROLS, f"{dirty} AND regexp_matches({raw}, '{_CONTROL}')"),
        (Step.SPACES, f"{dirty} AND {spaces}"),
    ]
    if contract.missing_values or column.missing_values or column.geometry is not None:
        steps.append((Step.MISSING, f"{cut} IS NOT NULL AND {text} IS NULL"))
    if column.geometry is not None:
        changed_text = f"{quote_identifier(column.name)} IS NOT NULL AND {text} <> {plain}"
        steps.append((Step.GEOMETRY, changed_text))
    if is_read(column):
        steps.append((Step.CODE, f"{text} <> {plain}"))
    if (form := _form_changed(column, index)) is not None:
        steps.append((Step.FORM, form))
    return tuple(steps)


def _form_changed(column: Column, index: int) -> str | None:
    value, text, plain = quote_identifier(column.name), name("text", index), name("plain", index)
    match column.logical_type:
        case LogicalType.STRING:
            return None
        case LogicalType.BOOLEAN:
            return f"{value} IS NOT NULL AND {text} NOT IN ('true', 'false')"
        case LogicalType.DATE | LogicalType.TIMESTAMP:
            other = f"NOT regexp_matches({text}, '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')"
            # The usual writings are the platform's own and those with strokes.
            either = f"CASE WHEN {name('usual', index)} THEN contains({text}, '/') ELSE {other} END"
            return f"{value} IS NOT NULL AND {either}"
        case LogicalType.INTEGER | LogicalType.NUMBER:
            return f"{value} IS NOT NULL AND {text} <> {plain}"
