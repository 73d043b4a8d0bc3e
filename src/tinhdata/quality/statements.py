"""The SQL of one check, written from a plan: pure text, the evidence of what was asked of the rows.

The statements name relations, never files: `rows_in` (rows as read), `staged` (typed values and
masks), `alike` and `waiting` (the few rows of it that may repeat others, or wait), `judged` (the
masks alone), `reference_<n>`, `existing`, `waived`. So the same contract gives the same text, and
its hash says which rules a measure stands on.
"""

# ruff: noqa: S608 -- this module writes SQL; names and literals are quoted by the kernel

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tinhdata.contracts.model import (
    Contract,
    DeliveryMode,
    DuplicatePolicy,
    PeriodUnit,
    Relation,
    Severity,
    TableSpec,
)
from tinhdata.kernel import quote_identifier, quote_literal
from tinhdata.quality.bits import (
    RAISING,
    any_bit,
    bit_value,
    has_bit,
    mask_values,
    raising,
    row_errors,
    words_of,
)
from tinhdata.quality.model import (
    BITS_PER_WORD,
    NOISE_STEPS,
    CheckPlan,
    Rule,
    RuleKind,
    Scope,
    Step,
    Writing,
)
from tinhdata.quality.standardise import ColumnSQL, column_sql, layers, name
from tinhdata.quality.usual import is_read_at_once


@dataclass(frozen=True, slots=True)
class Statements:
    """The statements of one check that do not depend on what earlier ones found.

    `changes` are the cells' changes in the order of their bits in the words `_s<n>` of `staged`;
    the words `_f<n>` say which cells have a value.
    """

    stage: str
    judged: str
    verdict: str
    tally: str
    counts: str
    failures: str
    changed: str
    filled: str
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
    steps = words_of(len(changed))
    return Statements(
        stage=_stage(
            plan,
            columns,
            [(step, condition) for _, step, condition in changed],
            layers(plan.contract, writing.values()),
        ),
        judged=_judged(plan, steps),
        verdict=_verdict(plan, steps),
        tally=_tally(plan, steps),
        counts=_COUNTS,
        failures=_bit_counts("_w", plan.words),
        changed=_bit_counts("_s", steps),
        filled=_bit_counts("_f", words_of(len(columns))),
        good=_good(plan, spec),
        changes=tuple((each.column.name, step) for each, step, _ in changed),
    )


def seen_columns(plan: CheckPlan, writing: Mapping[str, Writing]) -> tuple[str, ...]:
    """Give the columns whose dirty rows have to be known before the rows are read."""
    return tuple(
        column.name
        for column in plan.contract.columns
        if not is_read_at_once(plan.contract, column, writing.get(column.name, Writing()))
    )


def only(stage: str, records: str) -> str:
    """Write `stage` anew for the rows alone whose number stands in the relation `records`."""
    return stage.replace(_FROM_ROWS, f"{_FROM_ROWS} SEMI JOIN {records} USING (_record)")


_FROM_ROWS = "FROM rows_in"


def _stage(
    plan: CheckPlan,
    columns: Sequence[ColumnSQL],
    changes: Sequence[tuple[Step, str]],
    made_in: Sequence[str],
) -> str:
    rows = range(len(columns))
    raw = "".join(
        f", {quote_identifier(each.column.name)} AS {name('raw', i)}"
        for i, each in enumerate(columns)
    )
    query = f"SELECT _record, _first, _last, _dirty{raw} {_FROM_ROWS}"
    for layer in made_in:
        made = "".join(f", {getattr(columns[i], layer)} AS {name(layer, i)}" for i in rows)
        query = f"SELECT *{made} FROM ({query})"
    odd = " OR ".join(name("odd", i) for i in rows)
    values = "".join(f", {each.value} AS {quote_identifier(each.column.name)}" for each in columns)
    query = f"SELECT *{values}, {odd} AS _odd FROM ({query})"
    kept = "".join(f", {quote_identifier(each.column.name)}" for each in columns)
    row_rules = {
        rule.bit: rule.expression
        for rule in plan.masked
        if rule.scope is Scope.ROW and rule.bit is not None
    }
    masks = _words("_m", plan.words, row_rules)
    steps = _step_words(changes)
    filled = {
        i: f"{quote_identifier(each.column.name)} IS NOT NULL" for i, each in enumerate(columns)
    }
    filled_words = _words("_f", words_of(len(columns)), filled)
    return f"SELECT _record, _first, _last{kept}, {masks}, {steps}, {filled_words} FROM ({query})"


def _step_words(changes: Sequence[tuple[Step, str]]) -> str:
    """Write the words of changes; cleaning is looked at only in rows with an odd cell."""
    noise = {bit: said for bit, (step, said) in enumerate(changes) if step in NOISE_STEPS}
    others = {bit: said for bit, (step, said) in enumerate(changes) if step not in NOISE_STEPS}
    return ", ".join(
        f"CAST({_word(word, others)} | (CASE WHEN _odd THEN {_word(word, noise)} ELSE 0 END) "
        f"AS BIGINT) AS _s{word}"
        for word in range(words_of(len(changes)))
    )


def _words(prefix: str, words: int, conditions: Mapping[int, str]) -> str:
    return ", ".join(
        f"CAST({_guarded(word, conditions)} AS BIGINT) AS {prefix}{word}" for word in range(words)
    )


def _guarded(word: int, conditions: Mapping[int, str]) -> str:
    """Write a word of bits that few rows have: which ones is asked only where there is one."""
    mine = _of_word(word, conditions)
    if not mine:
        return "0"
    found = " OR ".join(f"({condition})" for condition in mine.values())
    return f"CASE WHEN {found} THEN {_word(word, mine)} ELSE 0 END"


def _word(word: int, conditions: Mapping[int, str]) -> str:
    bits = (
        f"(CASE WHEN {condition} THEN {bit_value(bit)} ELSE 0 END)"
        for bit, condition in _of_word(word, conditions).items()
    )
    return f"({' | '.join(bits) or '0'})"


def _of_word(word: int, conditions: Mapping[int, str]) -> dict[int, str]:
    return {bit: conditions[bit] for bit in sorted(conditions) if bit // BITS_PER_WORD == word}


def _judged(plan: CheckPlan, steps: int) -> str:
    """Write the query for the masks of all rows, and for the period of each."""
    masks = [f"_m{word}" for word in range(plan.words)]
    period = period_text(plan.contract)
    dated = "" if period is None else f", {period} AS _period"
    return f"SELECT _record, {', '.join(masks + _other_words(plan, steps))}{dated} FROM staged"


def _other_words(plan: CheckPlan, steps: int) -> list[str]:
    filled = words_of(len(plan.contract.columns))
    return [f"_s{word}" for word in range(steps)] + [f"_f{word}" for word in range(filled)]


def _verdict(plan: CheckPlan, steps: int) -> str:
    """Write the view of every row's whole mask, and whether it stays out."""
    masks = ", ".join(f"s._m{w} | coalesce(b._b{w}, 0) AS _w{w}" for w in range(plan.words))
    others = ", ".join(f"s.{word}" for word in _other_words(plan, steps))
    period = "" if plan.contract.period is None else ", s._period"
    strict = [r for r in plan.masked if r.severity in RAISING and not r.waivable]
    hard = any_bit("_w", strict, plan.words)
    return (
        f"SELECT *, CASE WHEN _waived THEN {hard} ELSE {row_errors(plan, '_w')} END AS _bad FROM ("
        f"SELECT s._record, {masks}, {others}{period}, l._linked_to, "
        "w._record IS NOT NULL AS _waived FROM judged s "
        "LEFT JOIN set_mask b ON s._record = b._record "
        "LEFT JOIN link l ON s._record = l._record "
        "LEFT JOIN waived w ON s._record = w._record)"
    )


def _tally(plan: CheckPlan, steps: int) -> str:
    """Write the query that counts alike verdicts, and names the rows of note one by one.

    Of note is a row that stays out of the release or goes into it with a mark; all others have no
    number here. One grouping gives both, and the rows are gone over once.
    """
    masks = [f"_w{word}" for word in range(plan.words)]
    period = [] if plan.contract.period is None else ["_period"]
    words = ", ".join([*masks, *_other_words(plan, steps), *period])
    warned = [rule for rule in plan.masked if rule.severity is Severity.WARNING]
    noted = f"_bad OR _waived OR _linked_to IS NOT NULL OR {any_bit('_w', warned, plan.words)}"
    return (
        f"SELECT CASE WHEN {noted} THEN _record END AS _record, {words}, _linked_to, _waived, "
        "_bad, count(*) AS _rows FROM verdict GROUP BY ALL"
    )


_COUNTS = (
    "SELECT coalesce(sum(_rows), 0)::BIGINT, "
    "coalesce(sum(_rows) FILTER (WHERE _bad), 0)::BIGINT, "
    "coalesce(sum(_rows) FILTER (WHERE NOT _bad AND _linked_to IS NOT NULL), 0)::BIGINT FROM tally"
)


def bad_rows(plan: CheckPlan) -> str:
    """Write the query for the rows that wait, with their masks."""
    words = ", ".join(f"_w{word}" for word in range(plan.words))
    return f"SELECT _record, {words} FROM tally WHERE _bad"


def _bit_counts(prefix: str, words: int) -> str:
    """Write the query that counts the rows of each bit that is set anywhere.

    Equal words are counted first: there are few of them, and one count per bit would make a
    statement that takes longer to plan than to run.
    """
    each = " UNION ALL ".join(
        f"SELECT {word * BITS_PER_WORD} AS low, {prefix}{word} AS word, sum(_rows) AS n "
        f"FROM tally WHERE {prefix}{word} <> 0 GROUP BY ALL"
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
        f"SELECT coalesce(sum(_rows) FILTER (WHERE {applies}), 0)::BIGINT, "
        f"coalesce(sum(_rows) FILTER (WHERE {applies} AND NOT {failed}), 0)::BIGINT FROM tally"
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
        if rule.bit is not None and rule.severity in RAISING and rule.waivable
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
    # Only rows of note are joined: the others have no mark to look up.
    words = ", ".join(f"_w{word}" for word in range(plan.words))
    noted = (
        f"SELECT _record, {words}, _waived, _bad OR _linked_to IS NOT NULL AS _out FROM tally "
        "WHERE _record IS NOT NULL"
    )
    return (
        f"SELECT {', '.join(selected)} FROM staged LEFT JOIN ({noted}) USING (_record) "
        "WHERE _out IS NOT TRUE"
    )


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


def alike_records(plan: CheckPlan) -> str:
    """Write the query for the records whose key comes more than once; without one, whose values do.

    Equal values have equal hashes; that rows of one hash are equal is looked at afterwards.
    """
    if plan.contract.key:
        keys = ", ".join(quote_identifier(column) for column in plan.contract.key)
        filled = " AND ".join(f"{quote_identifier(key)} IS NOT NULL" for key in plan.contract.key)
        repeated = f"SELECT {keys} FROM staged WHERE {filled} GROUP BY {keys} HAVING count(*) > 1"
        return f"SELECT _record FROM staged SEMI JOIN ({repeated}) USING ({keys})"
    columns = ", ".join(quote_identifier(column) for column in plan.contract.column_names)
    repeated = f"SELECT hash({columns}) AS _hash FROM staged GROUP BY 1 HAVING count(*) > 1"
    return (
        f"SELECT _record FROM (SELECT _record, hash({columns}) AS _hash FROM staged) "
        f"SEMI JOIN ({repeated}) USING (_hash)"
    )


def repeated_rows(plan: CheckPlan) -> str:
    """Write the query for the rows that may repeat others, with the first row like each.

    `_same` is the first record that equals the row in every column and in what it fails: rows of
    one key with different `_same` contradict each other.
    """
    columns = [quote_identifier(column) for column in plan.contract.column_names]
    # Stray blanks are noted in the mask, too, but make no other row of two that say the same.
    failed = enumerate(mask_values(raising(plan), plan.words))
    content = ", ".join([*columns, *(f"_m{word} & {mask}::BIGINT" for word, mask in failed)])
    kept = ", ".join([*columns, *(f"_m{word}" for word in range(plan.words))])
    return f"SELECT _record, {kept}, min(_record) OVER (PARTITION BY {content}) AS _same FROM alike"


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
            stay = _staying_by_key(plan, rule)
            return f"SELECT _record FROM staged SEMI JOIN {stay} USING ({keys}) WHERE {filled}"
        case RuleKind.REFERENCE:
            return (
                f"SELECT _record FROM staged ANTI JOIN reference_{rule.bit} ON {keys} = _value "
                f"WHERE {filled}"
            )
        case _:
            return None


def _staying_by_key(plan: CheckPlan, rule: Rule) -> str:
    """Give the rows that stay and must not be met: where rows are changed by key, not all do."""
    if plan.contract.mode is not DeliveryMode.UPSERT:
        return "existing"
    if rule.kind is RuleKind.EXISTING_KEY:
        return "(SELECT * FROM existing WHERE _delivery >= getvariable('since'))"
    keys = ", ".join(quote_identifier(column) for column in plan.contract.key)
    good = f"SELECT {keys} FROM staged SEMI JOIN (FROM verdict WHERE NOT _bad) USING (_record)"
    return f"(SELECT * FROM existing ANTI JOIN ({good}) USING ({keys}))"


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
    names = [quote_identifier(name) for name in plan.contract.column_names]
    raw = "".join(f", r.{column} AS {name('raw', i)}" for i, column in enumerate(names))
    none = "".join(f", CAST(NULL AS VARCHAR) AS {name('raw', i)}" for i in range(len(names)))
    masks = ", ".join(f"b._w{word}" for word in range(plan.words))
    zeros = ", ".join(f"0::BIGINT AS _w{word}" for word in range(plan.words))
    period = period_text(plan.contract) or "CAST(NULL AS VARCHAR)"
    told = f"SELECT _record, {key_text(plan.contract)} AS _key, {period} AS _period FROM waiting"
    return (
        f"SELECT 'row' AS _kind, r._record, r._first, r._last{raw}, CAST(NULL AS VARCHAR) AS _raw, "
        f"{masks}, w._key, w._period, CAST(NULL AS VARCHAR) AS _code, "
        "CAST(NULL AS VARCHAR) AS _params "
        f"FROM bad b JOIN ({told}) w ON b._record = w._record JOIN rows_in r "
        "ON b._record = r._record "
        f"UNION ALL SELECT 'unit', NULL, _first, _last{none}, raw, {zeros}, NULL, NULL, code, "
        "params FROM rejects_in ORDER BY _first, _kind, _record"
    )


def replaced_periods(plan: CheckPlan) -> str:
    """Write the query for the periods of which at least one row would be released."""
    period = "_period" if plan.contract.period else "NULL AS _period"
    return f"SELECT DISTINCT {period} FROM verdict WHERE NOT _bad"


def staying_rows(plan: CheckPlan, table: Relation) -> str:
    """Write the query for the rows of `table` outside of the periods that stand in `replaced`."""
    period = period_text(plan.contract)
    if period is None or not _has_period(plan, table):
        return f"SELECT * FROM {table.sql}"
    return f"SELECT * FROM {table.sql} WHERE {period} NOT IN (SELECT _period FROM replaced)"


def _has_period(plan: CheckPlan, table: Relation) -> bool:
    return plan.contract.period is not None and plan.contract.period.column in table.columns
