"""The SQL of one check, written from a plan: pure text, the evidence of what was asked of the rows.

The statements name relations, never files: `rows_in` (rows as read), `staged` (typed values and
masks), `reference_<n>`, `existing`, `waived`. So the same contract gives the same text, and its
hash says which rules a measure stands on.
"""

# ruff: noqa: S608 -- this module writes SQL; names and literals are quoted by the kernel

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tinhdata.contracts.model import (
    Contract,
    DuplicatePolicy,
    PeriodUnit,
    Relation,
    Severity,
    TableSpec,
)
from tinhdata.kernel import quote_identifier, quote_literal
from tinhdata.quality.model import BITS_PER_WORD, CheckPlan, Rule, RuleKind, Scope, Step, Writing
from tinhdata.quality.standardise import ColumnSQL, column_sql, layers, name

_RAISING = (Severity.ERROR, Severity.CRITICAL)


@dataclass(frozen=True, slots=True)
class Statements:
    """The statements of one check that do not depend on what earlier ones found.

    `changes` are the cells' changes in the order of their bits in the words `_s<n>` of `staged`.
    """

    stage: str
    verdict: str
    counts: str
    failures: str
    changed: str
    good: str
    changes: tuple[tuple[str, Step], ...]


def write_statements(
    plan: CheckPlan, spec: TableSpec, writing: Mapping[str, Writing]
) -> Statements:
    """Write the statements that check the rows of `plan` for the stored table `spec`."""
    columns = [
        column_sql(plan.contract, column, index, writing.get(column.name, Writing()))
        for index, column in enumerate(plan.contract.columns)
    ]
    changed = [(each, step, condition) for each in columns for step, condition in each.changed]
    return Statements(
        stage=_stage(
            plan,
            columns,
            [condition for _, _, condition in changed],
            layers(plan.contract, writing.values()),
        ),
        verdict=_verdict(plan),
        counts=_counts(plan),
        failures=_bit_counts("verdict", "_w", plan.words),
        changed=_bit_counts("staged", "_s", words_of(len(changed))),
        good=_good(plan, spec),
        changes=tuple((each.column.name, step) for each, step, _ in changed),
    )


def words_of(bits: int) -> int:
    """Say how many words `bits` bits take."""
    return -(-bits // BITS_PER_WORD) or 1


def _stage(
    plan: CheckPlan, columns: Sequence[ColumnSQL], changes: Sequence[str], made_in: Sequence[str]
) -> str:
    rows = range(len(columns))
    raw = "".join(
        f", {quote_identifier(each.column.name)} AS {name('raw', i)}"
        for i, each in enumerate(columns)
    )
    query = f"SELECT _record, _first, _last{raw} FROM rows_in"
    for layer in made_in:
        made = "".join(f", {getattr(columns[i], layer)} AS {name(layer, i)}" for i in rows)
        query = f"SELECT *{made} FROM ({query})"
    values = "".join(f", {each.value} AS {quote_identifier(each.column.name)}" for each in columns)
    query = f"SELECT *{values} FROM ({query})"
    kept = "".join(f", {quote_identifier(each.column.name)}" for each in columns)
    row_rules = {
        rule.bit: rule.expression
        for rule in plan.masked
        if rule.scope is Scope.ROW and rule.bit is not None
    }
    masks = _words("_m", plan.words, row_rules)
    steps = _words("_s", words_of(len(changes)), dict(enumerate(changes)))
    return f"SELECT _record, _first, _last{kept}, {masks}, {steps} FROM ({query})"


def _words(prefix: str, words: int, conditions: Mapping[int, str]) -> str:
    pieces = []
    for word in range(words):
        bits = [
            f"(CASE WHEN {conditions[bit]} THEN {bit_value(bit)} ELSE 0 END)"
            for bit in sorted(conditions)
            if bit // BITS_PER_WORD == word
        ]
        pieces.append(f"CAST({' | '.join(bits) or '0'} AS BIGINT) AS {prefix}{word}")
    return ", ".join(pieces)


def bit_value(bit: int) -> str:
    """Give the value of `bit` in its word, as SQL."""
    return f"{1 << (bit % BITS_PER_WORD)}::BIGINT"


def has_bit(prefix: str, bit: int) -> str:
    """Write the condition that `bit` stands in the words called `prefix`."""
    return f"({prefix}{bit // BITS_PER_WORD} & {bit_value(bit)}) <> 0"


def any_bit(prefix: str, rules: Sequence[Rule], words: int) -> str:
    """Write the condition that one of `rules` failed, over words called `prefix`."""
    masks = enumerate(_mask_values(rules, words))
    pieces = [f"({prefix}{word} & {mask}::BIGINT) <> 0" for word, mask in masks if mask]
    return f"({' OR '.join(pieces)})" if pieces else "false"


def _mask_values(rules: Sequence[Rule], words: int) -> list[int]:
    masks = [0] * words
    for rule in rules:
        if rule.bit is not None:
            masks[rule.bit // BITS_PER_WORD] |= 1 << (rule.bit % BITS_PER_WORD)
    return masks


def _raising(plan: CheckPlan) -> list[Rule]:
    return [rule for rule in plan.masked if rule.severity in _RAISING]


def row_errors(plan: CheckPlan, prefix: str = "_m") -> str:
    """Write the condition that a row fails a rule that keeps it out of the release."""
    return any_bit(prefix, _raising(plan), plan.words)


def _verdict(plan: CheckPlan) -> str:
    """Write the view of every row with its whole mask, and whether it stays out."""
    columns = ", ".join(f"s.{quote_identifier(name)}" for name in plan.contract.column_names)
    masks = ", ".join(f"s._m{w} | coalesce(b._b{w}, 0) AS _w{w}" for w in range(plan.words))
    strict = [r for r in plan.masked if r.severity in _RAISING and not r.waivable]
    hard = any_bit("_w", strict, plan.words)
    return (
        f"SELECT *, CASE WHEN _waived THEN {hard} ELSE {row_errors(plan, '_w')} END AS _bad FROM ("
        f"SELECT s._record, s._first, s._last, {columns}, {masks}, l._linked_to, "
        "w._record IS NOT NULL AS _waived FROM staged s "
        "LEFT JOIN set_mask b ON s._record = b._record "
        "LEFT JOIN link l ON s._record = l._record "
        "LEFT JOIN waived w ON s._record = w._record)"
    )


def _counts(plan: CheckPlan) -> str:
    """Write the query that counts rows, held and linked ones, and filled cells per column."""
    counted = [
        "count(*)",
        "count(*) FILTER (WHERE _bad)",
        "count(*) FILTER (WHERE NOT _bad AND _linked_to IS NOT NULL)",
        *(f"count({quote_identifier(column)})" for column in plan.contract.column_names),
    ]
    return f"SELECT {', '.join(counted)} FROM verdict"


def _bit_counts(table: str, prefix: str, words: int) -> str:
    """Write the query that counts the rows of each bit that is set anywhere.

    Equal words are counted first: there are few of them, and one count per bit would make a
    statement that takes longer to plan than to run.
    """
    each = " UNION ALL ".join(
        f"SELECT {word * BITS_PER_WORD} AS low, {prefix}{word} AS word, count(*) AS n "
        f"FROM {table} WHERE {prefix}{word} <> 0 GROUP BY ALL"
        for word in range(words)
    )
    return (
        f"SELECT low + bit, sum(n)::BIGINT FROM ({each}), range({BITS_PER_WORD}) b(bit) "
        "WHERE (word >> bit) & 1 = 1 GROUP BY ALL"
    )


def dimension_count(rules: Sequence[Rule], words: int, applies: str) -> str:
    """Write the query for the rows that apply, and those of them that fail none of `rules`."""
    failed = any_bit("_w", rules, words)
    return (
        f"SELECT count(*) FILTER (WHERE {applies}), "
        f"count(*) FILTER (WHERE {applies} AND NOT {failed}) FROM verdict"
    )


def _good(plan: CheckPlan, spec: TableSpec) -> str:
    """Write the query for the rows that are released, in the columns of the stored table."""
    known = set(plan.contract.column_names)
    marks = [
        f"CASE WHEN {has_bit('_w', rule.bit)} THEN {quote_literal(rule.id)} END"
        for rule in plan.masked
        if rule.bit is not None and rule.severity is Severity.WARNING
    ]
    marks += [
        f"CASE WHEN _waived AND {has_bit('_w', rule.bit)} THEN {quote_literal(rule.id)} END"
        for rule in plan.masked
        if rule.bit is not None and rule.severity in _RAISING and rule.waivable
    ]
    warnings = f"nullif(concat_ws(' ', {', '.join(marks)}), '')" if marks else "NULL"
    system = {
        "_delivery": "CAST(getvariable('delivery') AS VARCHAR)",
        "_record": "_record + CAST(getvariable('start_record') AS BIGINT)",
        "_warnings": f"CAST({warnings} AS VARCHAR)",
    }
    selected = []
    for column in spec.columns:
        quoted = quote_identifier(column.name)
        source = system.get(column.name) or (quoted if column.name in known else "NULL")
        selected.append(f"CAST({source} AS {column.sql_type}) AS {quoted}")
    return f"SELECT {', '.join(selected)} FROM verdict WHERE NOT _bad AND _linked_to IS NULL"


def order_by(spec: TableSpec) -> str:
    """Write the order in which rows are stored: by the filter key, then as they came."""
    keys = [f"{quote_identifier(column)} NULLS LAST" for column in spec.sort_by]
    return ", ".join([*keys, '"_record"'])


def key_text(contract: Contract) -> str:
    """Write the SQL for the key of a row as one text, NULL where a part is missing."""
    parts = [f"CAST({quote_identifier(column)} AS VARCHAR)" for column in contract.key]
    return f"({' || chr(31) || '.join(parts)})" if parts else "CAST(NULL AS VARCHAR)"


def period_text(contract: Contract) -> str | None:
    """Write the SQL for the period that a row belongs to, as text; None without periods."""
    if contract.period is None:
        return None
    value = quote_identifier(contract.period.column)
    match contract.period.unit:
        case PeriodUnit.VALUE:
            return f"CAST({value} AS VARCHAR)"
        case PeriodUnit.DAY:
            return f"strftime({value}, '%Y-%m-%d')"
        case PeriodUnit.MONTH:
            return f"strftime({value}, '%Y-%m')"
        case PeriodUnit.YEAR:
            return f"strftime({value}, '%Y')"


def repeated_rows(plan: CheckPlan) -> str:
    """Write the query for the rows whose key comes more than once, with the first row like each.

    `_same` is the first record that equals the row in every column and in what it fails: rows of
    one key with different `_same` contradict each other. Without a key all rows are looked at.
    """
    columns = [quote_identifier(column) for column in plan.contract.column_names]
    # Stray blanks are noted in the mask, too, but make no other row of two that say the same.
    failed = enumerate(_mask_values(_raising(plan), plan.words))
    content = ", ".join([*columns, *(f"_m{word} & {mask}::BIGINT" for word, mask in failed)])
    kept = ", ".join([*columns, *(f"_m{word}" for word in range(plan.words))])
    source = "staged"
    if plan.contract.key:
        keys = ", ".join(quote_identifier(column) for column in plan.contract.key)
        filled = " AND ".join(f"{quote_identifier(key)} IS NOT NULL" for key in plan.contract.key)
        repeated = f"SELECT {keys} FROM staged WHERE {filled} GROUP BY {keys} HAVING count(*) > 1"
        source = f"staged SEMI JOIN ({repeated}) USING ({keys})"
    return (
        f"SELECT _record, {kept}, min(_record) OVER (PARTITION BY {content}) AS _same FROM {source}"
    )


def contradicting_keys(plan: CheckPlan) -> str:
    """Write the query for the keys whose rows differ, or repeat where repeating is not allowed."""
    keys = ", ".join(quote_identifier(column) for column in plan.contract.key)
    links = plan.contract.duplicates is DuplicatePolicy.LINK
    differ = " HAVING min(_same) <> max(_same)" if links else ""
    return f"SELECT {keys} FROM repeated GROUP BY {keys}{differ}"


def linked_rows(plan: CheckPlan) -> str:
    """Write the query for sound rows that say again what an earlier row says in every column."""
    if plan.contract.duplicates is not DuplicatePolicy.LINK:
        return "SELECT _record, _same AS _linked_to FROM repeated WHERE false"
    sound = f"_record <> _same AND NOT {row_errors(plan)}"
    if not plan.contract.key:
        return f"SELECT _record, _same AS _linked_to FROM repeated WHERE {sound}"
    keys = ", ".join(quote_identifier(column) for column in plan.contract.key)
    return (
        f"SELECT _record, _same AS _linked_to FROM repeated ANTI JOIN contradiction USING ({keys}) "
        f"WHERE {sound}"
    )


def set_hits(plan: CheckPlan, rule: Rule) -> str | None:
    """Write the query for the records that fail the set `rule`; None for rules of other scopes."""
    keys = ", ".join(quote_identifier(column) for column in rule.columns)
    filled = " AND ".join(f"{quote_identifier(column)} IS NOT NULL" for column in rule.columns)
    match rule.kind:
        case RuleKind.KEY:
            return f"SELECT _record FROM repeated SEMI JOIN contradiction USING ({keys})"
        case RuleKind.DUPLICATE:
            return "SELECT _record FROM link"
        case RuleKind.UNIQUE:
            # Linked rows repeat their first row on purpose and are no second use of its value.
            repeated = (
                f"SELECT {keys} FROM staged ANTI JOIN link USING (_record) WHERE {filled} "
                f"GROUP BY {keys} HAVING count(*) > 1"
            )
            return f"SELECT _record FROM staged SEMI JOIN ({repeated}) USING ({keys})"
        case RuleKind.EXISTING_KEY | RuleKind.EXISTING_UNIQUE:
            return f"SELECT _record FROM staged SEMI JOIN existing USING ({keys}) WHERE {filled}"
        case RuleKind.REFERENCE:
            return (
                f"SELECT _record FROM staged ANTI JOIN reference_{rule.bit} ON {keys} = _value "
                f"WHERE {filled}"
            )
        case _:
            return None


def set_masks(plan: CheckPlan) -> str:
    """Write the query that folds the hits of set rules into one mask per row."""
    words = []
    for word in range(plan.words):
        low = word * BITS_PER_WORD
        mine = f"_bit BETWEEN {low} AND {low + BITS_PER_WORD - 1}"
        words.append(
            f"CAST(bit_or(CASE WHEN {mine} THEN 1::BIGINT << (_bit - {low}) ELSE 0 END) AS BIGINT) "
            f"AS _b{word}"
        )
    return f"SELECT _record, {', '.join(words)} FROM set_hit GROUP BY _record"


def held_rows(plan: CheckPlan) -> str:
    """Write the query for what waits: bad rows with their raw cells, and units never made rows."""
    names = [quote_identifier(column) for column in plan.contract.column_names]
    raw = "".join(f", r.{column} AS {name('raw', i)}" for i, column in enumerate(names))
    none = "".join(f", CAST(NULL AS VARCHAR) AS {name('raw', i)}" for i in range(len(names)))
    masks = ", ".join(f"v._w{word}" for word in range(plan.words))
    zeros = ", ".join(f"0::BIGINT AS _w{word}" for word in range(plan.words))
    period = period_text(plan.contract) or "CAST(NULL AS VARCHAR)"
    bad = (
        f"SELECT _record, _first, _last, {', '.join(f'_w{w}' for w in range(plan.words))}, "
        f"{key_text(plan.contract)} AS _key, {period} AS _period FROM verdict WHERE _bad"
    )
    return (
        f"SELECT 'row' AS _kind, v._record, v._first, v._last{raw}, CAST(NULL AS VARCHAR) AS _raw, "
        f"{masks}, v._key, v._period, CAST(NULL AS VARCHAR) AS _code, "
        "CAST(NULL AS VARCHAR) AS _params "
        f"FROM ({bad}) v JOIN rows_in r ON v._record = r._record "
        f"UNION ALL SELECT 'unit', NULL, _first, _last{none}, raw, {zeros}, NULL, NULL, code, "
        "params FROM rejects_in ORDER BY _first, _kind, _record"
    )


def replaced_periods(plan: CheckPlan) -> str:
    """Write the query for the periods of which at least one row would be released."""
    period = period_text(plan.contract) or "NULL"
    return f"SELECT DISTINCT {period} AS _period FROM verdict WHERE NOT _bad"


def staying_rows(plan: CheckPlan, table: Relation) -> str:
    """Write the query for the rows of `table` outside of the periods that stand in `replaced`."""
    period = period_text(plan.contract)
    if period is None or not _has_period(plan, table):
        return f"SELECT * FROM {table.sql}"
    return f"SELECT * FROM {table.sql} WHERE {period} NOT IN (SELECT _period FROM replaced)"


def _has_period(plan: CheckPlan, table: Relation) -> bool:
    return plan.contract.period is not None and plan.contract.period.column in table.columns
