import duckdb
import pytest

from tinhdata.contracts import SEMANTIC_TYPES
from tinhdata.contracts.patterns import fault_of_pattern
from tinhdata.contracts.predicates import WORDS, BadPredicate, Predicate, Word, read_predicate
from tinhdata.vietnam import tax_check_digit

COLUMNS = {
    "a": "BIGINT",
    "b": "BIGINT",
    "n": "DECIMAL(18,2)",
    "s": "VARCHAR",
    "u": "VARCHAR",
    "d": "DATE",
    "e": "DATE",
}
NAMES = frozenset(COLUMNS)


def evaluate(condition: str, **values: object) -> object:
    row = ", ".join(f'CAST(? AS {kind}) AS "{name}"' for name, kind in COLUMNS.items())
    con = duckdb.connect()
    try:
        query = f"SELECT {condition} FROM (SELECT {row})"
        (answer,) = con.execute(query, [values.get(name) for name in COLUMNS]).fetchall()
    finally:
        con.close()
    return answer[0]


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.written)
def test_every_word_of_the_vocabulary_runs_and_means_the_same_after_normalising(word: Word) -> None:
    predicate = read_predicate(word.example, NAMES)
    assert isinstance(predicate, Predicate), predicate
    rows: tuple[dict[str, object], ...] = (
        {},
        {"a": 7, "b": 3, "n": "1.25", "s": "xy", "u": "z", "d": "2025-07-01", "e": "2026-07-01"},
        {"a": -1, "b": 0, "n": "2.50", "s": " A9-1", "u": "", "d": "1899-12-31", "e": "1899-01-01"},
    )
    for row in rows:
        assert evaluate(predicate.sql, **row) == evaluate(word.example, **row)


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.written)
def test_every_example_uses_a_word_that_is_refused_nowhere_else(word: Word) -> None:
    predicate = read_predicate(word.example, NAMES)
    assert isinstance(predicate, Predicate)
    assert set(predicate.columns) <= NAMES
    assert predicate.columns


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "exactly one"),
        ("a >", "cannot be read"),
        ("a = 1; b = 2", "exactly one"),
        ("a = 1; DROP TABLE x", "exactly one"),
        ("1 = 1", "names no column"),
        ("c = 1", "c, which is no column"),
        ("t.a = 1", "t.a, which is no column"),
        ('a = "x"', "x, which is no column"),
        ("SELECT a FROM t", "not in the list"),
        ("a = (SELECT 1)", "not in the list"),
        ("a IN (SELECT 1)", "list of literals"),
        ("a IN (b)", "list of literals"),
        ("EXISTS (SELECT 1)", "not in the list"),
        ("a = random()", "not in the list"),
        ("d < current_date", "not in the list"),
        ("d < now()", "not in the list"),
        ("s LIKE 'a%'", "not in the list"),
        ("a // b = 1", "not in the list"),
        ("getenv(s) = ''", "not in the list"),
        ("read_text(s) = ''", "not in the list"),
        ("sum(a) > 1", "not in the list"),
        ("sum(a) OVER () > 1", "not in the list"),
        ("a / b > 1", "divide by zero"),
        ("a / 0 > 1", "divide by zero"),
        ("a / nullif(b, 1) > 1", "divide by zero"),
        ("CAST(s AS INTEGER) > 1", "CAST stops"),
        ("s::INTEGER > 1", "CAST stops"),
        ("try_cast(s AS JSON) IS NULL", "turned into"),
        ("regexp_matches(s, u)", "one literal"),
        ("regexp_matches(s, 'A', 'i')", "one literal"),
        ("regexp_matches(s, '^a$')", "sign $"),
        ("regexp_matches(s, '(?!a)b')", "which database engines"),
        ("substr(s, -1) = 'a'", "first place"),
        ("substr(s, a) = 'a'", "first place"),
        ("date_diff('month', d, e) > 1", "counts days"),
        ("a = ?", "not in the list"),
        ("a = 1" + " AND a = 1" * 500, "longer than"),
    ],
)
def test_what_stands_outside_the_vocabulary_is_refused_with_a_fix(source: str, said: str) -> None:
    bad = read_predicate(source, NAMES)
    assert isinstance(bad, BadPredicate), bad
    assert said in str(bad.text)
    assert str(bad.fix)


def test_comments_do_not_survive_and_names_are_quoted() -> None:
    predicate = read_predicate("a /* x */ > 1 -- y", NAMES)
    assert predicate == Predicate('"a" > 1', ("a",))


@pytest.mark.parametrize(
    "pattern",
    [
        "(?=a)",
        "(?<=a)b",
        "(?!a)",
        "(?<!a)",
        r"(a)\1",
        "(?>a)",
        "a++",
        "a{1001}",
        "a{2,5000}",
        "(",
        "[a",
        r"a\Z",
        "(?P<x>a)(?P=x)",
        "(?:(?:(?=x)))",
    ],
)
def test_patterns_that_not_every_engine_reads_are_refused(pattern: str) -> None:
    assert fault_of_pattern(pattern) is not None


@pytest.mark.parametrize(
    "pattern",
    [r"^[0-9]{12}\z", r"\p{L}+", r"\pN", "(a|b)*?", "a{1,1000}", r"a\\Z", "x*", r"\d\.\d{6}"],
)
def test_patterns_of_re2_are_let_in_and_duckdb_reads_them(pattern: str) -> None:
    assert fault_of_pattern(pattern) is None
    con = duckdb.connect()
    assert con.execute("SELECT regexp_matches('a', ?)", [pattern]).fetchall()
    con.close()


def passes(name: str, value: str) -> bool:
    """Judge `value` by the bundle of the semantic type, as the engine would."""
    entry = SEMANTIC_TYPES[name]
    if entry.logical_types[0] != "string":
        try:
            number = float(value)
        except ValueError:
            return False
        low, high = entry.minimum, entry.maximum
        is_above = not isinstance(low, int) or number >= low
        return is_above and (not isinstance(high, int) or number <= high)
    is_matched = evaluate(
        f"regexp_full_match(s, '{(entry.pattern or '.*').replace(chr(39), chr(39) * 2)}')", s=value
    )
    holds = evaluate(entry.predicate.format(column="s"), s=value) if entry.predicate else True
    return bool(is_matched) and holds is not False


@pytest.mark.parametrize("name", sorted(SEMANTIC_TYPES))
def test_each_semantic_type_takes_its_example_and_not_its_counter_example(name: str) -> None:
    entry = SEMANTIC_TYPES[name]
    assert passes(name, entry.example)
    assert not passes(name, entry.counter_example)
    assert entry.pattern is None or fault_of_pattern(entry.pattern) is None


def test_predicates_of_semantic_types_stand_in_the_closed_vocabulary() -> None:
    for entry in SEMANTIC_TYPES.values():
        if entry.predicate is not None:
            assert isinstance(read_predicate(entry.predicate.format(column="s"), NAMES), Predicate)
            assert entry.fault is not None
            assert entry.fix is not None


@pytest.mark.parametrize("nine", ["010010910", "460000000", "000000000", "123456789", "999999999"])
def test_the_check_digit_of_a_tax_code_agrees_with_our_own_library(nine: str) -> None:
    digit = tax_check_digit(nine)
    right = [d for d in range(10) if passes("tax-code", f"{nine}{d}")]
    assert right == ([] if digit is None else [digit])
