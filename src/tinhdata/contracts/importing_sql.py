"""SQL CREATE TABLE statements of any dialect that sqlglot reads -> drafts of contracts. Pure.

Reads tables, keys, lengths, simple CHECKs, comments and ALTER TABLE … ADD CONSTRAINT. Statements
are parsed and never run; data among them is passed over.
"""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

import sqlglot
from sqlglot import exp

from tinhdata.contracts import draft_names
from tinhdata.contracts.draft_model import DraftColumn, DraftRule, DraftTable, DraftWishes
from tinhdata.contracts.errors import SchemaUnreadable
from tinhdata.contracts.importing import (
    MOST_TABLES,
    Imported,
    finished_table,
    labelled,
    shown,
    text_of,
    too_many,
    words,
)
from tinhdata.contracts.importing_checks import narrowed, rule_of
from tinhdata.contracts.model import LogicalType, Reference
from tinhdata.kernel import Text, t


class SQLDialect(StrEnum):
    """Dialects that statements may be written in, by their names in sqlglot."""

    POSTGRES = "postgres"
    MYSQL = "mysql"
    TSQL = "tsql"
    ORACLE = "oracle"
    SQLITE = "sqlite"
    DUCKDB = "duckdb"


# Its notes about statements that it does not know would go to the terminal of whoever imports.
logging.getLogger("sqlglot").addHandler(logging.NullHandler())

_D = exp.DType
_S = LogicalType.STRING
_KINDS: Mapping[exp.DType, LogicalType] = MappingProxyType(
    {
        **dict.fromkeys(exp.DataType.INTEGER_TYPES, LogicalType.INTEGER),
        **dict.fromkeys((_D.SERIAL, _D.BIGSERIAL, _D.SMALLSERIAL, _D.YEAR), LogicalType.INTEGER),
        **dict.fromkeys(exp.DataType.REAL_TYPES, LogicalType.NUMBER),
        **dict.fromkeys(exp.DataType.TEXT_TYPES, _S),
        **dict.fromkeys((_D.UUID, _D.NAME, _D.ENUM), _S),
        _D.BOOLEAN: LogicalType.BOOLEAN,
        _D.DATE: LogicalType.DATE,
        **dict.fromkeys(
            (
                *(_D.TIMESTAMP, _D.TIMESTAMPTZ, _D.TIMESTAMPLTZ, _D.TIMESTAMPNTZ, _D.DATETIME),
                *(_D.DATETIME2, _D.SMALLDATETIME, _D.TIMESTAMP_S, _D.TIMESTAMP_MS),
            ),
            LogicalType.TIMESTAMP,
        ),
        _D.BIT: LogicalType.BOOLEAN,
    }
)
_BINARY = frozenset(
    {_D.BINARY, _D.VARBINARY, _D.BLOB, _D.LONGBLOB, _D.MEDIUMBLOB, _D.TINYBLOB, _D.IMAGE}
)
_ZONED = frozenset({_D.TIMESTAMPTZ, _D.TIMESTAMPLTZ})
_MONEY = frozenset({_D.MONEY, _D.SMALLMONEY})
_MOST_DECIMALS = 9
_LONGEST_TITLE = 80
_LONGEST_LENGTH = 100_000
_COPIED = re.compile(r"(?ims)^COPY\s.*?\sFROM\s+stdin.*?;\n.*?^\\\.\s*$")
_BATCH_END = re.compile(r"^\s*GO\s*;?\s*$", re.MULTILINE | re.IGNORECASE)
_CLIENT = re.compile(r"^\\(?:restrict|unrestrict|connect|encoding)\b.*$", re.MULTILINE)
_SILENT = (
    exp.NotNullColumnConstraint,
    exp.GeneratedAsIdentityColumnConstraint,
    exp.AutoIncrementColumnConstraint,
    exp.CollateColumnConstraint,
    exp.CharacterSetColumnConstraint,
    exp.EncodeColumnConstraint,
)
"""Constraints of columns that say nothing to be taken over, besides those that are."""

_Names: TypeAlias = "list[str]"


def import_sql(
    data: bytes, source: str, wishes: DraftWishes | None = None, dialect: SQLDialect | None = None
) -> Imported:
    """Draft a contract for each table that the statements in `data` create.

    Without `dialect` the generic SQL of sqlglot is read. Raises
    SchemaUnreadable where the text is no SQL or creates no table.
    """
    text = _BATCH_END.sub(";", _CLIENT.sub("", _COPIED.sub("", text_of(data, source))))
    try:
        statements = sqlglot.parse(text, read=dialect)
    except (sqlglot.errors.SqlglotError, ValueError) as error:
        detail = shown(str(error).partition("\n")[0])
        raise SchemaUnreadable(source, t("it is no SQL ({detail})", detail=detail)) from None
    except RecursionError:
        raise SchemaUnreadable(source, t("it is nested too deeply")) from None
    schema = _Schema()
    for statement in statements:
        if statement is not None:
            schema.read(statement)
    if not any(table.columns for table in schema.tables.values()):
        raise SchemaUnreadable(source, t("it creates no table"))
    try:
        return schema.imported(wishes or DraftWishes())
    except RecursionError:  # a long chain of AND is a deep tree
        raise SchemaUnreadable(source, t("it is nested too deeply")) from None


@dataclass(slots=True)
class _Column:
    name: str
    draft: DraftColumn
    comment: str | None = None
    remarks: list[Text] = field(default_factory=list)


@dataclass(slots=True)
class _Table:
    name: str
    columns: list[_Column] = field(default_factory=list)
    key: _Names = field(default_factory=list)
    comment: str | None = None
    checks: list[exp.Expr] = field(default_factory=list)
    references: list[tuple[_Names, str, _Names]] = field(default_factory=list)
    remarks: list[Text] = field(default_factory=list)

    def comment_or_name(self) -> str:
        short = words(self.comment, 200) or ""
        return short if 0 < len(short) <= _LONGEST_TITLE else self.name

    def column(self, name: str) -> _Column | None:
        return next((each for each in self.columns if each.name.lower() == name.lower()), None)


class _Schema:
    """The tables of a file, as statement after statement adds to them."""

    def __init__(self) -> None:
        self.tables: dict[str, _Table] = {}
        self._notes: dict[str, int] = {}
        self._left_out = 0

    def read(self, statement: exp.Expr) -> None:
        """Take over what `statement` says of tables."""
        match statement:
            case exp.Create(this=exp.Schema() as schema) if statement.args.get("kind") == "TABLE":
                self._create(schema, statement)
            case exp.Comment():
                self._comment(statement)
            case exp.Alter():
                self._alter(statement)
            case exp.Insert() | exp.Set() | exp.Semicolon() | exp.Use() | exp.Drop():
                pass  # rows and settings are no part of a schema
            case _:
                kind = str(statement.args.get("kind") or statement.key).upper()
                self._notes[kind] = self._notes.get(kind, 0) + 1

    def _create(self, schema: exp.Schema, statement: exp.Create) -> None:
        table = _Table(_name(schema.this))
        if first := self.tables.get(table.name.lower()):
            first.remarks.append(t("The table is created twice; the first one was taken."))
            return
        if len(self.tables) >= MOST_TABLES:
            self._left_out += 1
            return
        self.tables[table.name.lower()] = table
        for item in schema.expressions:
            if isinstance(item, exp.ColumnDef):
                self._column(table, item)
            else:
                _constrain(table, item)
        for each in statement.find_all(exp.SchemaCommentProperty):
            table.comment = each.this.name

    def _column(self, table: _Table, item: exp.ColumnDef) -> None:
        name = item.name
        kind = item.args.get("kind")
        if isinstance(kind, exp.DataType) and kind.this in _BINARY:
            table.remarks.append(
                t("The column {column} holds files and was left out.", column=shown(name))
            )
            return
        column = _Column(name, DraftColumn(name=name, label=name))
        table.columns.append(column)
        if isinstance(kind, exp.DataType):
            _typed(column, kind)
        for constraint in item.args.get("constraints") or ():
            _constrain_column(table, column, constraint.args.get("kind"))

    def _comment(self, statement: exp.Comment) -> None:
        said = statement.expression.name if statement.expression else ""
        target = statement.this
        if statement.args.get("kind") == "TABLE" and (table := self._called(target.name)):
            table.comment = said
        elif isinstance(target, exp.Column) and (table := self._called(target.table)):
            column = table.column(target.name)
            if column is not None:
                column.comment = said

    def _alter(self, statement: exp.Alter) -> None:
        table = self._called(statement.this.name)
        for action in statement.args.get("actions") or ():
            if table is not None and isinstance(action, exp.AddConstraint):
                for item in action.expressions:
                    _constrain(table, item)
            elif table is not None:
                table.remarks.append(_left(action))

    def _called(self, name: str) -> _Table | None:
        return self.tables.get(name.lower())

    def imported(self, wishes: DraftWishes) -> Imported:
        """Give the drafts of all tables."""
        ids: dict[str, str] = {}
        for key, table in self.tables.items():
            single = wishes.id if len(self.tables) == 1 else None
            base = slug = single or draft_names.dataset_id(table.comment_or_name())
            number = 2
            while slug in ids.values():
                slug, number = f"{base}-{number}", number + 1
            ids[key] = slug
        drafts = [
            _Draft(table, ids, wishes).table() for table in self.tables.values() if table.columns
        ]
        notes = tuple(
            t("{count} statements {kind} were not taken over.", count=count, kind=kind)
            for kind, count in sorted(self._notes.items())
        )
        left_out = too_many(len(self.tables) + self._left_out)
        return Imported(tuple(drafts), (*left_out, *notes))


def _name(node: exp.Expr) -> str:
    return str(node.name)


def _left(node: exp.Expr) -> Text:
    return t("Not taken over: {names}.", names=shown(node.sql()))


def _typed(column: _Column, kind: exp.DataType) -> None:
    what = kind.this
    sizes = [
        int(param.this.name)
        for param in kind.expressions
        if isinstance(param, exp.DataTypeParam) and param.this.name.isdigit()
    ]
    logical = _KINDS.get(what)
    draft = column.draft
    if logical is None:
        column.remarks.append(t("The type {type} is kept as text.", type=shown(kind.sql())))
        logical = _S
    if what is _D.TINYINT and sizes == [1]:
        logical = LogicalType.BOOLEAN
    if what in _ZONED:
        column.remarks.append(t("Moments are kept as local time of Việt Nam."))
    if logical is LogicalType.NUMBER:
        logical, draft = _decimal(draft, what, sizes)
    elif logical is _S and what is _D.ENUM:
        values = tuple(value.name for value in kind.expressions if isinstance(value, exp.Literal))
        draft = replace(draft, allowed=tuple(dict.fromkeys(values)))
    elif logical is _S and sizes and 0 < sizes[0] <= _LONGEST_LENGTH:
        draft = replace(draft, max_length=sizes[0])
    column.draft = replace(draft, logical_type=logical)


def _decimal(
    draft: DraftColumn, what: exp.DType, sizes: Sequence[int]
) -> tuple[LogicalType, DraftColumn]:
    if what in _MONEY:
        return LogicalType.NUMBER, replace(draft, semantic_type="money")
    if what not in (_D.DECIMAL, _D.BIGDECIMAL) or not sizes:
        return LogicalType.NUMBER, draft
    places = sizes[1] if len(sizes) > 1 else 0
    if places == 0 and sizes[0] <= 18:
        return LogicalType.INTEGER, draft
    return LogicalType.NUMBER, replace(draft, decimals=min(places, _MOST_DECIMALS))


def _constrain_column(table: _Table, column: _Column, kind: exp.Expr | None) -> None:
    match kind:
        case exp.PrimaryKeyColumnConstraint():
            table.key.append(column.name)
        case exp.NotNullColumnConstraint() if not kind.args.get("allow_null"):
            column.draft = replace(column.draft, required=True)
        case exp.UniqueColumnConstraint():
            column.draft = replace(column.draft, unique=True)
        case exp.CommentColumnConstraint():
            column.comment = kind.this.name
        case exp.CheckColumnConstraint():
            table.checks.append(kind.this)
        case exp.Reference():
            _refer(table, [column.name], kind)
        case None:
            pass
        case _ if not isinstance(kind, _SILENT):
            column.remarks.append(_left(kind))


def _constrain(table: _Table, item: exp.Expr) -> None:
    match item:
        case exp.Constraint():
            for inner in item.expressions:
                _constrain(table, inner)
        case exp.PrimaryKey():
            table.key = [_name(each) for each in item.expressions]
        case exp.ForeignKey():
            names = [_name(each) for each in item.expressions]
            reference = item.args.get("reference")
            if isinstance(reference, exp.Reference):
                _refer(table, names, reference)
        case exp.UniqueColumnConstraint():
            _unique(table, item)
        case exp.CheckColumnConstraint():
            table.checks.append(item.this)
        case exp.IndexColumnConstraint():
            pass  # how fast a table is says nothing about its rows
        case _:
            table.remarks.append(_left(item))


def _unique(table: _Table, item: exp.UniqueColumnConstraint) -> None:
    names = [_name(each) for each in item.this.expressions] if item.this else []
    column = table.column(names[0]) if len(names) == 1 else None
    if column is not None:
        column.draft = replace(column.draft, unique=True)
    else:
        table.remarks.append(_left(item))


def _refer(table: _Table, names: _Names, reference: exp.Reference) -> None:
    target = reference.this
    is_schema = isinstance(target, exp.Schema)
    other = _name(target.this if is_schema else target)
    columns = [_name(each) for each in target.expressions] if is_schema else []
    table.references.append((names, other, columns))


class _Draft:
    """One table on its way to a draft."""

    def __init__(self, table: _Table, ids: Mapping[str, str], wishes: DraftWishes) -> None:
        self._table, self._ids, self._wishes = table, ids, wishes

    def table(self) -> DraftTable:
        """Give the draft."""
        table = self._table
        checks = self._narrow()
        self._refer()
        slug = self._ids[table.name.lower()]
        name = words(table.comment, 200) or words(table.name, 200) or "Bảng"
        lower = [column.name.lower() for column in table.columns]
        draft = DraftTable(
            id=slug,
            name=name,
            name_en=name if draft_names.is_english(name) else None,
            table=draft_names.table_name(slug)[:60],
            columns=tuple(_described(column) for column in table.columns),
            key=(),
            sector=self._wishes.sector,
            agency=self._wishes.agency,
            remarks=tuple(table.remarks),
        )
        key = [lower.index(each.lower()) for each in table.key if each.lower() in lower]
        return self._with_rules(finished_table(draft, list(dict.fromkeys(key))), checks)

    def _narrow(self) -> list[exp.Expr]:
        """Let simple checks narrow their column; give the others."""
        left = []
        for check in self._table.checks:
            for condition in _conjuncts(check):
                name, narrow = narrowed(condition)
                column = self._table.column(name) if name else None
                after = narrow(column.draft) if column is not None and narrow else None
                if column is None or after is None:
                    left.append(condition)
                else:
                    column.draft = after
        return left

    def _refer(self) -> None:
        for names, other, columns in self._table.references:
            column = self._table.column(names[0]) if len(names) == 1 else None
            dataset = self._ids.get(other.lower())
            if column is None or len(columns) > 1 or not dataset:
                text = f"{', '.join(names)} -> {other}({', '.join(columns)})"
                self._table.remarks.append(
                    t("The foreign key {key} was not taken over.", key=shown(text))
                )
                continue
            target = columns[0] if columns else names[0]
            reference = Reference(dataset, draft_names.column_name(target))
            column.draft = replace(column.draft, reference=reference)

    def _with_rules(self, draft: DraftTable, checks: Sequence[exp.Expr]) -> DraftTable:
        names = {
            column.name.lower(): drafted.name
            for column, drafted in zip(self._table.columns, draft.columns, strict=False)
        }
        rules: list[DraftRule] = []
        remarks = list(draft.remarks)
        for check in checks:
            rule = rule_of(check, names, f"kiem-tra-{len(rules) + 1}")
            if rule is None:
                text = t("The condition {text} was not taken over.", text=shown(check.sql()))
                remarks.append(text)
            else:
                rules.append(rule)
        return replace(draft, rules=tuple(rules), remarks=tuple(remarks))


def _described(column: _Column) -> DraftColumn:
    begun = labelled(column.name, column.comment, None)
    return replace(
        column.draft,
        label=begun.label,
        label_en=begun.label_en,
        description=begun.description,
        synonyms=begun.synonyms,
        remarks=tuple(column.remarks),
    )


def _conjuncts(condition: exp.Expr) -> Iterator[exp.Expr]:
    bare = condition.unnest()
    if isinstance(bare, exp.And):
        yield from _conjuncts(bare.left)
        yield from _conjuncts(bare.right)
    else:
        yield bare
