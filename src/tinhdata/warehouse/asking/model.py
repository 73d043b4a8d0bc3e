"""What passes from layer to layer: a parsed question, names that are clear, sources, an answer."""

from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp

from tinhdata.warehouse.model import Value


@dataclass(frozen=True, slots=True)
class Named:
    """A question in which every name is the engine's own: `table_0`, `cte_0` and so on.

    `tables` are the names that the reader wrote, in lower case; `table_<n>` stands for the n-th.
    """

    query: exp.Query
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question that may be asked, once its tables are known to be readable."""

    named: Named

    @property
    def tables(self) -> frozenset[str]:
        """Give the names of the tables that are asked."""
        return frozenset(self.named.tables)


@dataclass(frozen=True, slots=True)
class Source:
    """What a permit shows of a release: a table expression, its columns, the files behind it."""

    sql: str
    columns: tuple[str, ...]
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A column of an answer; `type` is one of the logical types, `interval`, or `time`."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of a question; `is_cut` says that there were more than one answer may have."""

    fields: tuple[Field, ...]
    rows: tuple[tuple[Value, ...], ...]
    is_cut: bool
