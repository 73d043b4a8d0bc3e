"""The second layer: what every name means, found scope by scope, never from one set of names.

A name of a WITH means its table only where SQL says so. Each table and each WITH gets a name of the
engine's own, so that none of the reader's names is ever looked up by the engine.
"""

import re
from collections.abc import Mapping

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, traverse_scope

from tinhdata.kernel import t
from tinhdata.warehouse.asking.model import Named, Source
from tinhdata.warehouse.errors import SqlRefused, SqlTableUnknown

_TABLE = re.compile(r"[a-z0-9_][a-z0-9_-]{0,99}", re.ASCII)
_CTE = re.compile(r"[a-z_][a-z0-9_]{0,62}", re.ASCII)


def named(query: exp.Query) -> Named:
    """Give the question under names of our own; raises SqlRefused and SqlTableUnknown."""
    query = query.copy()
    ctes = list(query.find_all(exp.CTE))
    for cte in ctes:
        _lower(cte.args["alias"])
        _require_cte_name(cte.alias)
    for table in query.find_all(exp.Table):
        # The engine takes A and a for the same name, quoted or not; the scopes do not.
        _lower(table)
    tables, references = _meanings(query)
    _require_no_shadow(tables, ctes)
    own = {id(cte): f"cte_{at}" for at, cte in enumerate(ctes)}
    for node, cte in references:
        _rename(node, own[id(cte)])
    written = [node.name for node in tables]
    for at, node in enumerate(tables):
        _rename(node, f"table_{at}")
    for cte in ctes:
        cte.args["alias"].set("this", exp.to_identifier(own[id(cte)], quoted=True))
    return Named(query, tuple(written))


def chosen(question: Named, sources: Mapping[str, Source]) -> list[Source]:
    """Give the sources of the question in the order of its tables; raises SqlTableUnknown."""
    for name in question.tables:
        if name not in sources:
            raise _unknown(name)
    return [sources[name] for name in question.tables]


def _meanings(
    query: exp.Query,
) -> tuple[list[exp.Table], list[tuple[exp.Table, exp.CTE]]]:
    """Sort the tables of the question into datasets and references to a WITH."""
    try:
        scopes = traverse_scope(query)
    except (SqlglotError, RecursionError, KeyError, AttributeError) as error:
        raise _unclear() from error
    tables: dict[int, exp.Table] = {}
    references: dict[int, tuple[exp.Table, exp.CTE]] = {}
    for scope in scopes:
        own = {id(source) for source in scope.sources.values() if isinstance(source, exp.Table)}
        for _, node in scope.references:
            if id(node) in own and isinstance(node, exp.Table):
                tables[id(node)] = node
            elif isinstance(node, exp.Table):
                references[id(node)] = (node, _cte_of(scope.cte_sources.get(node.name)))
    every = {id(node) for node in query.find_all(exp.Table)}
    if every != tables.keys() | references.keys() or tables.keys() & references.keys():
        # A table that no scope accounts for would reach the engine under its written name.
        raise _unclear()
    for node in tables.values():
        _require_table_name(node.name)
    in_order = [node for node in query.find_all(exp.Table) if id(node) in tables]
    return in_order, list(references.values())


def _cte_of(scope: object) -> exp.CTE:
    cte = scope.expression.parent if isinstance(scope, Scope) else None
    if not isinstance(cte, exp.CTE):
        raise _unclear()
    return cte


def _lower(node: exp.Expr) -> None:
    """Write the name of a table or of a WITH in lower case, in place."""
    identifier = node.this
    if isinstance(identifier, exp.Identifier):
        identifier.set("this", identifier.name.lower())


def _rename(node: exp.Table, name: str) -> None:
    """Call the table `name`; columns go on naming it as they did, by its alias."""
    if not node.alias:
        alias = exp.TableAlias(this=exp.to_identifier(node.name, quoted=True))
        node.set("alias", alias)
    node.set("this", exp.to_identifier(name, quoted=True))


def _require_table_name(name: str) -> None:
    if not _TABLE.fullmatch(name):
        raise _unknown(name)


def _unknown(name: str) -> SqlTableUnknown:
    return SqlTableUnknown(
        t("There is no dataset “{dataset}”.", dataset=name[:60]),
        fix=t("Search for it by its name in the list of datasets."),
    )


def _require_cte_name(name: str) -> None:
    if not _CTE.fullmatch(name):
        raise SqlRefused(
            t("A name of a WITH has letters without marks, digits and underscores only."),
            fix=t("Choose a name such as {example}.", example="a1"),
        )


def _require_no_shadow(tables: list[exp.Table], ctes: list[exp.CTE]) -> None:
    """Refuse a WITH that is called like a dataset of the same question, wherever it stands."""
    asked = {_slug(node.name) for node in tables}
    for cte in ctes:
        if _slug(cte.alias) in asked:
            raise SqlRefused(
                t("The name “{name}” stands for a dataset and for a WITH.", name=cte.alias[:60]),
                fix=t("Give the WITH another name."),
            )


def _slug(name: str) -> str:
    return name.replace("_", "-")


def _unclear() -> SqlRefused:
    return SqlRefused(
        t("It is not clear what each name of the question stands for."),
        fix=t("Give every table an alias of its own and name each WITH once."),
    )
