"""What people may ask in SQL is answered, and what does not fit is said in words that help."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlglot import exp, parse_one

from tests.integration.warehouse.builders import desk
from tests.integration.warehouse.questions import (
    COMMUNES,
    MANY,
    MANY_ROWS,
    PEOPLE,
    Asked,
    asked,
)
from tinhdata.kernel import Problem
from tinhdata.warehouse import (
    Answer,
    Bounds,
    DoorClosed,
    Limits,
    ReadersBusy,
    ReleaseWithdrawn,
    SqlRefused,
    SqlUnfit,
    Value,
    question,
)
from tinhdata.warehouse.asking.functions import FUNCTIONS, NAMES

DATASETS = {each.id: each for each in (PEOPLE, COMMUNES, MANY)}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    with asked(tmp_path_factory.mktemp("questions")) as made:
        yield made


def ask(here: Asked, text: str, most_rows: int = 1_000) -> Answer:
    understood = question(text)
    tables = {
        name: (here.permit(DATASETS[name]), here.releases[name].id) for name in understood.tables
    }
    return here.here.warehouse.ask(understood, tables, most_rows)


QUESTIONS: dict[str, list[tuple[Value, ...]]] = {
    'select count(*) from "ho-so-thu"': [(3,)],
    "SELECT Name FROM \"HO-SO-THU\" WHERE Code = 'a'": [("Đặng Thị Hường",)],
    "select name from \"ho-so-thu\" where name like '%Thị%' order by name": [
        ("Trần Thị Bích",),
        ("Đặng Thị Hường",),
    ],
    "select code from \"ho-so-thu\" where strip_accents(lower(name)) like 'nguyen%'": [("b",)],
    'select x.name, count(*) as số_người from "ho-so-thu" p join "xa-thu" x on x.code = p.commune '
    "group by x.name order by 2 desc": [("Phường Phan Đình Phùng", 2), ("Xã Võ Nhai", 1)],
    'select name from "xa-thu" left join "ho-so-thu" using (name) order by people desc limit 1': [
        ("Phường Phan Đình Phùng",)
    ],
    'select code from "xa-thu" x where exists (select 1 from "ho-so-thu" p '
    "where p.commune = x.code and p.amount is null)": [("05533",)],
    'select code from "xa-thu" where code not in (select commune from "ho-so-thu" '
    "where born < date '2000-01-01')": [("05533",)],
    'select code, row_number() over (order by born desc) as r from "ho-so-thu" order by r': [
        ("c", 1),
        ("b", 2),
        ("a", 3),
    ],
    "select code, sum(amount) over (partition by commune order by code rows between unbounded "
    'preceding and current row) as s from "ho-so-thu" order by code': [
        ("a", Decimal("1.50")),
        ("b", Decimal("-0.75")),
        ("c", None),
    ],
    'select name, lag(name) over w from "xa-thu" window w as (order by people) order by people': [
        ("Xã Võ Nhai", None),
        ("Phường Phan Đình Phùng", "Xã Võ Nhai"),
    ],
    "select date_trunc('year', born)::date as y, count(*) from \"ho-so-thu\" group by y order by y "
    "limit 1": [(date(1985, 1, 1), 1)],
    "select extract(month from born), year(born) from \"ho-so-thu\" where code = 'b'": [(6, 1990)],
    "select cast(born + interval 1 month as date) from \"ho-so-thu\" where code = 'a'": [
        (date(1985, 3, 3),)
    ],
    "select datediff('day', min(born), max(born)) from \"ho-so-thu\"": [(6_905,)],
    'with big as (select * from "xa-thu" where people > 10000) select name from big': [
        ("Phường Phan Đình Phùng",)
    ],
    'with a as (with b as (select code from "xa-thu") select * from b), '
    "c as (select max(code) as code from a) select c.code from c join a on a.code = c.code": [
        ("05533",)
    ],
    "select * from (with t as (select 1 as n) select n from t) x, "
    "(with t as (select 2 as n) select n from t) y": [(1, 2)],
    'select code from "xa-thu" union select code from "ho-so-thu" order by 1 limit 2 offset 1': [
        ("05533",),
        ("a",),
    ],
    "select code from \"ho-so-thu\" intersect select 'a'": [("a",)],
    "select code from \"ho-so-thu\" except select 'a' order by code": [("b",), ("c",)],
    'select commune, count(*) filter (where amount > 0) from "ho-so-thu" group by commune '
    "having count(*) > 1": [("05512", 1)],
    "select case when people > 10000 then 'đông' else 'thưa' end as mức from \"xa-thu\" "
    "order by people": [("thưa",), ("đông",)],
    "select commune, string_agg(code, '+' order by code) from \"ho-so-thu\" group by all "
    "order by all": [("05512", "a+b"), ("05533", "c")],
    "select cast('12' as integer) + 1, try_cast('x' as integer), 7 // 2, 7 / 2": [
        (13, None, 3, 3.5)
    ],
    'select distinct on (commune) code from "ho-so-thu" order by commune, code': [("a",), ("c",)],
    'select max(people) - min(people), avg(people), median(people) from "xa-thu"': [
        (31_400, 25_500.0, 25_500.0)
    ],
    'select percentile_cont(0.5) within group (order by people) from "xa-thu"': [(25_500.0,)],
    'select code from "nhieu-dong" qualify row_number() over (order by count desc) <= 2 '
    "order by count desc": [("k20000",), ("k19999",)],
    "select coalesce(commune, 'mọi nơi'), count(*) from \"ho-so-thu\" group by rollup (commune) "
    "order by 2 desc limit 1": [("mọi nơi", 3)],
    'select p.code from "ho-so-thu" p where p.amount = (select max(amount) from "ho-so-thu")': [
        ("a",)
    ],
    'select count(*) from "ho-so-thu" a, "ho-so-thu" b where a.born < b.born': [(3,)],
    "select name from \"ho-so-thu\" where name ilike 'đặng%' -- người họ Đặng": [
        ("Đặng Thị Hường",)
    ],
    "select 'it''s' as a, 'a\\b' as b": [("it's", "a\\b")],
    'from "xa-thu" select code order by code limit 1': [("05512",)],
    '(select code from "xa-thu" order by people limit 1)': [("05533",)],
    'select * exclude (people) from "xa-thu" order by 1 limit 1;': [
        ("05512", "Phường Phan Đình Phùng")
    ],
    'select code from "xa-thu" semi join "ho-so-thu" on "xa-thu".code = "ho-so-thu".commune '
    "order by code": [("05512",), ("05533",)],
    "select phone from \"ho-so-thu\" where code = 'a'": [("••••••5678",)],
}


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_question_is_answered(here: Asked, text: str) -> None:
    assert list(ask(here, text).rows) == QUESTIONS[text]


def test_fields_have_types_and_names_of_their_own(here: Asked) -> None:
    got = ask(
        here,
        'select p.code, x.code, amount, born, people, amount > 0 as ok, born - born as "Số ngày" '
        'from "ho-so-thu" p join "xa-thu" x on x.code = p.commune where p.code = \'a\'',
    )
    assert [(field.name, field.type) for field in got.fields] == [
        ("code", "string"),
        ("code_1", "string"),
        ("amount", "number"),
        ("born", "date"),
        ("people", "integer"),
        ("ok", "boolean"),
        ("Số ngày", "integer"),
    ]
    assert got.rows[0] == ("a", "05512", Decimal("1.50"), date(1985, 2, 3), 41_200, True, 0)


def test_an_answer_that_is_too_long_is_cut_and_says_so(here: Asked) -> None:
    got = ask(here, 'select * from "nhieu-dong" order by count', most_rows=10)
    assert [row[2] for row in got.rows] == list(range(1, 11))
    assert got.is_cut
    assert not ask(here, 'select * from "nhieu-dong" limit 10', most_rows=10).is_cut
    assert ask(here, 'select count(*) from "nhieu-dong"').rows == ((MANY_ROWS,),)


WRONG = {
    'select citizen from "ho-so-thu"': (
        "There is no column citizen here.",
        "The columns are: code, name, commune, phone, amount, born.",
    ),
    'select z.code from "ho-so-thu" p': ("There is no column z here.", "The columns are"),
    'select code from "ho-so-thu" p join "xa-thu" x on true': (
        "The column code stands in several tables.",
        "Write the alias of the table before it, as in a.code.",
    ),
    'select code, count(*) from "ho-so-thu"': (
        "The column code is neither grouped by nor summed up.",
        "Add it to GROUP BY",
    ),
    'select sum(name) from "ho-so-thu"': (
        "A function is given values of a type that it does not take: sum(VARCHAR).",
        "CAST(column AS type)",
    ),
    'select cast(name as integer) from "ho-so-thu"': ("A value does not fit the type", "TRY_CAST"),
    'select code from "ho-so-thu" union select code, name from "xa-thu"': (
        "The parts of the question do not fit together.",
        "UNION",
    ),
    'select cast(people * 1000000 as integer) from "xa-thu"': ("A value does not fit", "TRY_CAST"),
}


@pytest.mark.parametrize("text", WRONG)
def test_what_does_not_fit_is_said_without_our_sql_paths_or_values(here: Asked, text: str) -> None:
    with pytest.raises(SqlUnfit) as caught:
        ask(here, text)
    said = str(caught.value)
    assert all(part in said for part in WRONG[text]), said
    assert not any(
        part in said for part in ("SELECT", "LINE", "parquet", "/", "table_", "Hường", "Nguyễn")
    )


REFUSED = {
    "drop table x": ("“DROP” is not a question.", "Write one SELECT."),
    "select now()": ("The function now is not offered.", "lists the functions"),
    "select x from a pivot (sum(b) for c in ('d'))": (
        "by its name and alias only",
        "double quotes",
    ),
    "select * from ho-so-thu": ("could not be read", "stands in double quotes"),
    "select a.b from public.a": ("the id of its dataset alone", "before the dot"),
    'select * from "xa-thu" limit 10%': ("LIMIT", "LIMIT 100"),
    "with recursive a as (select 1) select * from a": ("WITH RECURSIVE", "names itself"),
    "select cast(1 as uuid)": ("to the type UUID", "Cast to text"),
}


@pytest.mark.parametrize("text", REFUSED)
def test_a_refusal_names_what_is_not_allowed_and_how_to_mend_it(text: str) -> None:
    with pytest.raises(SqlRefused) as caught:
        question(text)
    assert all(part in str(caught.value) for part in REFUSED[text]), caught.value


EXAMPLES = """
abs(n) sign(n) round(f,1) floor(f) ceil(f) trunc(f) sqrt(n) power(n,2) exp(n) ln(n) log10(n)
log(n) greatest(n,2) least(n,2) coalesce(n,2) ifnull(n,2) nullif(n,2) if(n>1,1,2) isnan(f) pi()
radians(n) degrees(n) sin(n) cos(n) tan(n) atan2(n,1)
lower(s) upper(s) length(s) trim(s) ltrim(s) left(s,2) right(s,2) substring(s,1,2)
replace(s,'a','b') concat(s,'x') concat_ws(',',s,'x') starts_with(s,'a')
ends_with(s,'a') contains(s,'a') strpos(s,'a') split_part(s,'a',1)
regexp_matches(s,'a') regexp_replace(s,'a','b')
regexp_extract(s,'a',0) reverse(s) levenshtein(s,'a') jaro_winkler_similarity(s,'a')
translate(s,'a','b') strip_accents(s) nfc_normalize(s) prefix(s,'a') suffix(s,'a')
date_trunc('month',d) date_trunc('day',m) date_part('year',d) extract(year_from_d) year(d) month(d)
day(d) quarter(d) week(d) dayofweek(d) isodow(d) dayofyear(d) weekday(d) yearweek(d) hour(m)
minute(m) second(m) last_day(d) date_diff('day',d,d) date_sub('day',d,d)
age(m,m) strftime(d,'%Y') strptime('2025','%Y') try_strptime(s,'%Y') make_date(2025,1,1) date(m)
epoch(m) time_bucket(to_days(7),m) to_days(3)
count(*) count(n) count_if(n>1) sum(n) avg(n) mean(n) min(n) max(n) median(n) mode(n) stddev(n)
stddev_pop(n) stddev_samp(n) variance(n) var_pop(n) quantile_cont(n,0.5) quantile_disc(n,0.5)
quantile(n,0.5) corr(n,f) covar_pop(n,f) covar_samp(n,f) regr_slope(n,f) regr_intercept(n,f)
regr_r2(n,f) string_agg(s,',') bool_and(n>1) bool_or(n>1) arg_min(s,n) arg_max(s,n) first(n) last(n)
any_value(n) approx_count_distinct(n) skewness(n) kurtosis(n) product(n) grouping(n)
row_number()_over_() rank()_over_(order_by_n) dense_rank()_over_(order_by_n)
percent_rank()_over_(order_by_n) cume_dist()_over_(order_by_n) ntile(4)_over_(order_by_n)
lag(n)_over_(order_by_n) lead(n)_over_(order_by_n) first_value(n)_over_(order_by_n)
last_value(n)_over_(order_by_n) nth_value(n,2)_over_(order_by_n)
"""


def examples() -> list[str]:
    words = {"year_from_d": "year from d", "_over_": " over ", "order_by_": "order by "}
    found = EXAMPLES.split()
    for short, whole in words.items():
        found = [each.replace(short, whole) for each in found]
    return found


@pytest.mark.parametrize("call", examples())
def test_a_function_that_is_offered_works(here: Asked, call: str) -> None:
    row = (
        "select 1 as n, 2.5::double as f, 'chè' as s, date '2025-07-01' as d, "
        "timestamp '2025-07-01 14:30:00' as m"
    )
    group = " group by n" if call.startswith("grouping") else ""
    assert len(ask(here, f"select {call} as v from ({row}) q{group}").rows) == 1


def test_every_function_that_is_offered_has_an_example() -> None:
    nodes = [node for call in examples() for node in parse_one(call, dialect="duckdb").walk()]
    kinds = {type(node) for node in nodes}
    same = {exp.DateTrunc}  # what date_trunc of a day is read as in some forms
    assert sorted(kind.__name__ for kind in FUNCTIONS - kinds - same) == []
    names = {node.name for node in nodes if isinstance(node, exp.Anonymous)}
    assert NAMES - names == set()


def test_a_permit_for_another_dataset_opens_nothing(here: Asked) -> None:
    understood = question('select * from "ho-so-thu"')
    tables = {PEOPLE.id: (here.permit(COMMUNES), here.releases[PEOPLE.id].id)}
    with pytest.raises(DoorClosed):
        here.here.warehouse.ask(understood, tables)


def test_more_questions_than_there_are_places_for_wait_and_are_then_turned_away(
    here: Asked,
) -> None:
    limits = Limits(questions=Bounds(at_once=1, wait_seconds=0.2, seconds=3))
    slow = 'select max(levenshtein(a.word, b.word)) from "nhieu-dong" a, "nhieu-dong" b'
    with desk(here.here.folder.parent, limits=limits) as narrow:
        crowd = Asked(narrow, here.releases)
        problems: list[Problem] = []

        def one() -> None:
            try:
                ask(crowd, slow)
            except Problem as problem:
                problems.append(problem)

        threads = [threading.Thread(target=one) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {type(problem).__name__ for problem in problems} == {"ReadersBusy", "ReadTooLong"}
        started = time.monotonic()
        assert ask(crowd, "select 1").rows == ((1,),)
        assert time.monotonic() - started < 2
    assert any(isinstance(problem, ReadersBusy) for problem in problems)


def test_a_withdrawn_release_is_not_asked_any_more(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with asked(tmp_path_factory.mktemp("withdrawn")) as own:
        old = own.releases[COMMUNES.id]
        own.here.withdraw(old)
        with pytest.raises(ReleaseWithdrawn):
            ask(replace(own), 'select * from "xa-thu"')
