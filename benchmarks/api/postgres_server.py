"""PostgreSQL over HTTP as a peer: one statement per path, one connection per thread, JSON out.

It checks nothing and knows no permit, no contract and no release: the least an API can do.
"""

import json
import os
import sys
import threading
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import psycopg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.api.table import NAMES

_SHOWN = ", ".join(NAMES)
STATEMENTS = {
    "row": f"SELECT {_SHOWN} FROM rows WHERE ma_ho_so = %s",
    "page": f"SELECT {_SHOWN} FROM rows ORDER BY id LIMIT 100 OFFSET %s",
    "sorted": f"SELECT {_SHOWN} FROM rows ORDER BY phi, id LIMIT 100 OFFSET %s",
    "groups": "SELECT linh_vuc, trang_thai, count(*), sum(phi) FROM rows WHERE so_trang >= %s "
    "GROUP BY 1, 2 ORDER BY 1, 2",
    "filtered": f"SELECT {_SHOWN}, (SELECT count(*) FROM rows WHERE trang_thai = %s "
    "AND phi >= %s) FROM rows WHERE trang_thai = %s AND phi >= %s ORDER BY id LIMIT 100",
}
KINDS: dict[str, Callable[[str], object]] = {
    "row": str, "page": int, "sorted": int, "groups": int, "filtered": str,
}  # fmt: skip
_local = threading.local()


def answer(request: Request) -> Response:
    """Run the statement of the path with the value of the address."""
    if not hasattr(_local, "connection"):
        _local.connection = psycopg.connect(os.environ["PEER_DATABASE"], autocommit=True)
    name = request.path_params["name"]
    values = [KINDS[name](value) for value in request.query_params.getlist("v")]
    rows = _local.connection.execute(STATEMENTS[name], values, prepare=True).fetchall()
    body = json.dumps({"rows": rows}, default=_plain, ensure_ascii=False)
    return Response(body, media_type="application/json")


def health(_request: Request) -> Response:
    """Say that the process answers."""
    return Response("ok")


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


app = Starlette(routes=[Route("/health", health), Route("/{name}", answer)])

if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), log_level="error")
