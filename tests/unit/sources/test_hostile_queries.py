"""A stored query is one SELECT, whatever stands in it for a parser to pass over."""

import pytest

from tinhdata.kernel import JSON
from tinhdata.sources.definition import read_definition
from tinhdata.sources.errors import SourceInvalid

HOSTILE = [
    ("postgresql", "SELECT 1; DELETE FROM a"),
    ("postgresql", "WITH a AS (DELETE FROM b RETURNING *) SELECT * FROM a"),
    ("postgresql", "SELECT * INTO x FROM y"),
    ("postgresql", "COPY a TO PROGRAM 'id'"),
    ("mysql", "SELECT 1 INTO OUTFILE '/tmp/x'"),
    ("mysql", "SELECT a /*!50000 INTO OUTFILE '/tmp/x' */ FROM b"),
    ("mysql", "SELECT a /*M!100100 INTO OUTFILE '/tmp/x' */ FROM b"),
]


def document(kind: str, query: str) -> dict[str, JSON]:
    return {
        "id": "nguon-thu",
        "dataset": "danh-sach-thu",
        "kind": kind,
        "host": "may-chu",
        "database": "d",
        "user": "u",
        "query": query,
        "schedule": {"every": 60},
    }


@pytest.mark.parametrize(("kind", "query"), HOSTILE)
def test_a_query_that_does_more_than_read_is_refused(kind: str, query: str) -> None:
    with pytest.raises(SourceInvalid) as refused:
        read_definition(document(kind, query))
    assert refused.value.where == "query"


@pytest.mark.parametrize("kind", ["postgresql", "mysql"])
def test_a_query_with_a_plain_comment_is_taken(kind: str) -> None:
    source = read_definition(document(kind, "SELECT a /* cột đầu */ FROM b"))
    assert source.dataset == "danh-sach-thu"
