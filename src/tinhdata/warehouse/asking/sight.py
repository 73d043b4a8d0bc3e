"""The third layer: in place of each table stands what the permit shows of it, and an outer LIMIT.

The reader's conditions stand outside of that, so they see masked values only.
"""

from collections.abc import Sequence

from sqlglot import exp

from tinhdata.warehouse.asking.model import Named, Source


def restricted(question: Named, sources: Sequence[Source], most_rows: int) -> str:
    """Give the SQL of `question` over `sources`, which are in the order of its tables.

    At most `most_rows` rows and one more come, so that it can be seen whether there were more.
    """
    query = question.query.copy()
    by_name = {f"table_{at}": source for at, source in enumerate(sources)}
    for node in list(query.find_all(exp.Table)):
        if (source := by_name.get(node.name)) is not None:
            # A Var is written as it stands; the relation is the warehouse's own SQL.
            node.set("this", exp.Var(this=source.sql))
    limit = query.args.get("limit")
    wanted = most_rows + 1
    if limit is not None:
        wanted = min(wanted, int(limit.expression.name))
    query.set("limit", exp.Limit(expression=exp.Literal.number(wanted)))
    return query.sql("duckdb", identify=True, comments=False)
