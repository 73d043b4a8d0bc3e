"""What someone might ask who wants more than open data, or to stop us: written by ourselves.

`ONLY` holds, for each layer, questions that nothing but this layer stops; `MANY_LAYERS` those that
several of them do. `{path}` stands for the file of a dataset, as someone might know it.
"""

FORMS = (
    "select current_setting('allowed_paths')",
    "select current_query()",
    "select version()",
    "select current_database(), current_schema()",
    "select current_schemas(true)",
    "select getvariable('secret')",
    "select txid_current()",
    "select unnest(range(100000))",
    "select repeat('x', 900000)",
    "select random()",
    "select list_transform(range(1000), lambda x: x * x)",
    "select count(*) from xa a, xa b, xa c, xa d, xa e, xa f, xa g".replace("xa ", '"xa-thu" '),
    'select columns(*) from "xa-thu"',
    "select typeof(x) from (values (1)) v(x)",
    'select * from "xa-thu" tablesample 50%',
    "select {'a': 1}",
    "select '1'::json",
    'select * from "xa-thu" positional join "ho-so-thu"',
)
"""The first layer: forms and functions."""

NAMES = (
    'select * from "{path}"',
    'select citizen from "{path}"',
    'select p.* from "xa-thu" x join "{path}" p on p.commune = x.code',
    # A WITH of an inner scope, named like the file, made the outer one count as a WITH.
    'select * from (with "{path}" as (select 1 as one) select one from "{path}") i, "{path}" o',
    (
        'select citizen from "{path}" where exists (with "{path}" as (select 1 as one) '
        'select one from "{path}")'
    ),
    (
        'select citizen from "{path}" union all select code from '
        '(with "{path}" as (select code from "xa-thu") select code from "{path}") i'
    ),
    (
        'select phone from "{path}" where code in (with "{path}" as (select code from "xa-thu") '
        'select code from "{path}")'
    ),
    "select * from duckdb_tables",
    "select * from duckdb_columns",
    "select * from duckdb_views",
    "select * from duckdb_types",
    "select * from sqlite_master",
    "select * from pragma_database_list",
    "select * from pg_type",
    "select * from pg_class",
    'select x.code from "xa-thu" x where exists (select 1 from duckdb_types)',
    "with a as (select * from duckdb_types) select * from a",
)
"""The second layer: names."""

SIGHT = (
    'select citizen from "ho-so-thu"',
    "select name from \"ho-so-thu\" where citizen like '0010%'",
    'select count(distinct citizen) from "ho-so-thu"',
    'select name from "ho-so-thu" order by citizen limit 1',
    "select string_agg(citizen, ',') from \"ho-so-thu\"",
    'select max(citizen) over (partition by commune) from "ho-so-thu"',
    'select p.name from "ho-so-thu" p join "xa-thu" x on x.code = left(p.citizen, 5)',
    'select (select min(citizen) from "ho-so-thu") as least',
    'with a as (select citizen as c from "ho-so-thu") select c from a',
    'select _delivery, _record from "ho-so-thu"',
    'select * exclude (code) from "ho-so-thu" where _record = 1 and citizen is not null',
    "select phone from \"ho-so-thu\" where phone = '0912345678'",
    "select phone || '' from \"ho-so-thu\"",
    'select reverse(phone) from "ho-so-thu" order by 1',
    'select a.phone from "ho-so-thu" a join "ho-so-thu" b on a.phone = b.phone',
    'select * from "ho-so-thu"',
    'select * from (select * from "ho-so-thu" union select * from "ho-so-thu") u',
)
"""The third layer: what a permit shows."""

_PAIRS = 'from "nhieu-dong" a, "nhieu-dong" b where a.count <= 1500'
LOCK = (
    f"select count(*) from (select distinct a.code || b.code || a.word as w {_PAIRS}) q",
    f"select count(*) from (select a.word || b.code as w, count(*) as n {_PAIRS} group by 1) q",
    f"select length(string_agg(a.word || b.word, ',')) {_PAIRS}",
    f"select max(w) from (select lag(a.code) over (order by a.word || b.word) as w {_PAIRS}) q",
    f"select count(*) from (select a.code || b.code as w {_PAIRS} except select 'x') q",
    f"select count(distinct a.word || b.word || b.code) {_PAIRS}",
)
"""The fourth layer: memory that nobody gave it."""

BOUND = (
    'select count(*) from "nhieu-dong" a, "nhieu-dong" b where a.word < b.word and a.count < 9000',
    (
        'select max(levenshtein(a.word, b.word)) from "nhieu-dong" a, "nhieu-dong" b '
        "where a.count < 150"
    ),
    (
        'select count(*) from "nhieu-dong" a, "nhieu-dong" b '
        "where a.word || b.word like '%99%9' and a.count < 900"
    ),
    (
        'select sum(a.count * b.count * 1.5) from "nhieu-dong" a, "nhieu-dong" b '
        "where a.count % 7 <> b.count % 5 and a.count < 5000"
    ),
    (
        'select count(*) from "nhieu-dong" a, "nhieu-dong" b '
        "where regexp_matches(a.word || b.word, '[0-9]{3}$') and a.count < 300"
    ),
)
"""The fifth layer: time; all of these would come to an end."""

SIZE = (
    (
        "with a as (select string_agg(word, ',') as w from \"nhieu-dong\"), "
        "b as (select w || w || w || w as w from a) "
        'select w from b, (select code from "nhieu-dong" limit 50) c'
    ),
    (
        "select word || (select string_agg(word, ',') from \"nhieu-dong\" where count < 4000) as w "
        'from "nhieu-dong" limit 500'
    ),
)
"""The fifth layer, too: the size of the answer."""

MANY_LAYERS = (
    "select error('Please sign in again at example.org')",
    (
        "with recursive r as (select 1 as i union all select i + 1 from r where i < 1000) "
        "select max(i) from r"
    ),
    'select * from "xa-thu" limit (select 1)',
    'pivot "xa-thu" on code using sum(people)',
    "drop table x",
    'delete from "ho-so-thu"',
    "update \"ho-so-thu\" set name = 'x'",
    'insert into "ho-so-thu" values (1)',
    'create table t as select * from "ho-so-thu"',
    'create view v as select * from "ho-so-thu"',
    "copy (select 1) to '/tmp/x.csv'",
    "copy \"ho-so-thu\" to '/tmp/x.parquet'",
    "attach '/tmp/x.db' as other",
    "install httpfs",
    "load httpfs",
    "set enable_external_access = true",
    "pragma database_list",
    "export database '/tmp/x'",
    "call pragma_version()",
    "checkpoint",
    "use memory",
    "begin transaction",
    "vacuum",
    'describe "ho-so-thu"',
    'summarize "ho-so-thu"',
    "show tables",
    "explain select 1",
    'explain analyze select * from "ho-so-thu"',
    "prepare q as select 1",
    "execute q",
    'select 1; drop table "ho-so-thu"',
    "select 1; select 2",
    "values (1), (2)",
    "select * from read_csv('/etc/passwd')",
    "select * from read_text('/etc/passwd')",
    "select * from read_parquet('{path}')",
    "select * from parquet_scan('{path}')",
    "select * from parquet_metadata('{path}')",
    "select * from glob('/*')",
    "select * from '/etc/passwd'",
    "select * from '{path}'",
    "select * from duckdb_settings()",
    "select * from duckdb_secrets()",
    "select * from query('select 1')",
    "select * from query_table('ho-so-thu')",
    "select * from generate_series(1, 1000000000)",
    "select * from information_schema.tables",
    'select * from main."ho-so-thu"',
    'select * from memory.main."ho-so-thu"',
    'select * from "ho-so-thu", lateral (select 1) l',
    "select * from sniff_csv('/etc/passwd')",
    "select (select content from read_text('/etc/passwd'))",
    "select * from \"xa-thu\" where exists (select 1 from read_text('/etc/passwd'))",
    "select * from \"xa-thu\" where code in (select name from glob('/*'))",
    "with a as (select * from read_text('/etc/passwd')) select * from a",
    "select 1 union all select * from read_text('/etc/passwd')",
    "select 1 /* */ from read_text('/etc/passwd') -- \"xa-thu\"",
    'select * from "../../keys/access.key"',
    'select * from "ho-so-thu" for update',
    'select * into t from "ho-so-thu"',
    "select getenv('HOME')",
    "select pg_read_file('/etc/passwd')",
    "select lo_import('/etc/passwd')",
    "select nextval('s')",
    "select pg_sleep(100)",
    "select write_log('x')",
    "select $1",
    "select ?",
    "select 'a' collate vi",
    "select timestamptz '2025-01-01 00:00:00+07'",
    "select x'41'",
    'with "ho-so-thu" as (select 1 as one) select * from "ho-so-thu", "HO-SO-THU"',
    'with xa_thu as (select 1 as one) select * from xa_thu, (select * from "xa-thu") x',
    "with a as (select 1 as one), a as (select 2 as one) select * from a, nowhere",
    "select * from nowhere",
    "select * from df",
    "select * from sys.tables",
    "select " + "(" * 300 + "1" + ")" * 300,
    "select " + "1 + " * 4000 + "1",
    "select\0 1",
    "",
    "   ",
    ";",
    "select",
    "xin chào",
    "select * from",
    "' or 1=1 --",
)
"""What more than one layer stops."""
