"""Quoting of identifiers and literals in SQL text, the only place where it is done."""


def quote_identifier(name: str) -> str:
    """Give `name` as a quoted SQL identifier; raises ValueError on a NUL character."""
    if "\0" in name or not name:
        raise ValueError("an identifier is not empty and holds no NUL")
    return '"' + name.replace('"', '""') + '"'


def quote_literal(value: str) -> str:
    """Give `value` as a quoted SQL string, for places where the engine takes no parameter."""
    if "\0" in value:
        raise ValueError("a literal holds no NUL")
    return "'" + value.replace("'", "''") + "'"
