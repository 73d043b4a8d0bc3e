"""Questions in SQL over open datasets: one SELECT, answered as JSON or CSV."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from tinhdata.api.common import Here, Reader
from tinhdata.api.documents import Responses, problems
from tinhdata.api.rows import CellOut
from tinhdata.edge.counting import SQL, used
from tinhdata.edge.files import MEDIA_TYPES, FileFormat
from tinhdata.edge.plain import csv_lines, json_page
from tinhdata.edge.questions import Asked, ask
from tinhdata.edge.visits import Visit
from tinhdata.edge.waiting import while_waited_for
from tinhdata.kernel import JSON
from tinhdata.usage import Act

router = APIRouter(tags=["rows"])

MOST_LETTERS = 10_000
MOST_ROWS = 10_000


class AnswerForm(StrEnum):
    """The forms that an answer comes in."""

    JSON = "json"
    CSV = "csv"


class QuestionIn(BaseModel):
    """A question in SQL."""

    sql: str = Field(max_length=MOST_LETTERS)
    format: AnswerForm = AnswerForm.JSON
    limit: int = Field(default=1_000, ge=1, le=MOST_ROWS, description="Most rows of the answer.")


class AnswerFieldOut(BaseModel):
    """A column of the answer."""

    name: str
    type: str = Field(
        description="string, integer, number, boolean, date, timestamp, time or interval."
    )


class AskedOut(BaseModel):
    """A release that the answer was made of."""

    dataset: str
    release: int
    licence: str | None
    simulated: bool


class AnswerOut(BaseModel):
    """The rows that answer a question."""

    datasets: list[AskedOut]
    fields: list[AnswerFieldOut]
    truncated: bool = Field(description="Whether there were more rows than `limit`.")
    rows: list[dict[str, CellOut]]


_ABOUT = """\
Ask one `SELECT` over open datasets. A dataset is named by its id in double quotes
(`FROM "id-of-the-dataset"`), or with `_` for `-` and without quotes; its columns are those of its
dictionary. Text is in single quotes and compared letter by letter: use
`strip_accents(lower(name)) LIKE '%thai nguyen%'` to find text without regard to marks.

There are WHERE, JOIN (at most 4), GROUP BY, HAVING, ORDER BY, LIMIT, WITH, UNION, INTERSECT,
EXCEPT, EXISTS, CASE, CAST and window functions, and these functions: numbers (abs, round, floor,
ceil, trunc, sqrt, power, exp, ln, log, greatest, least, coalesce, nullif, if, sin, cos, tan, pi),
texts (lower, upper, length, trim, left, right, substring, replace, concat, concat_ws, starts_with,
ends_with, contains, strpos, split_part, regexp_matches, regexp_replace, regexp_extract, reverse,
strip_accents, levenshtein, jaro_winkler_similarity, translate), days and moments (date_trunc,
date_part, extract, year, quarter, month, week, day, hour, minute, last_day, date_diff, strftime,
strptime, make_date, time_bucket, age), summing up (count, sum, avg, min, max, median, mode, stddev,
variance, quantile_cont, percentile_cont, corr, regr_slope, string_agg, bool_and, bool_or, arg_min,
arg_max, any_value, approx_count_distinct, first, last), windows (row_number, rank, dense_rank,
ntile, lag, lead, first_value, last_value, nth_value).

A question ends after 10 seconds. Decimals are given with every digit.
"""
_ANSWER: Responses = {
    200: {
        "model": AnswerOut,
        "description": "The rows, or a CSV file of them.",
        "content": {"text/csv": {"schema": {"type": "string"}}},
    },
    **problems(400, 401, 403, 404, 410, 422, 503),
}


@router.get(
    "/sql",
    summary="Ask a question in SQL",
    description=_ABOUT,
    response_class=Response,
    responses=_ANSWER,
)
async def sql_by_address(
    request: Request,
    here: Here,
    visit: Reader,
    sql: Annotated[str, Query(max_length=MOST_LETTERS, description="One SELECT.")],
    form: Annotated[AnswerForm, Query(alias="format", description="json or csv.")] = (
        AnswerForm.JSON
    ),
    limit: Annotated[int, Query(ge=1, le=MOST_ROWS, description="Most rows.")] = 1_000,
) -> Response:
    """Answer a question that stands in the address."""
    return await _answer(request, here, visit, QuestionIn(sql=sql, format=form, limit=limit))


@router.post(
    "/sql",
    summary="Ask a longer question in SQL",
    description=_ABOUT,
    response_class=Response,
    responses=_ANSWER,
)
async def sql_by_body(request: Request, here: Here, visit: Reader, asked: QuestionIn) -> Response:
    """Answer a question that is sent as JSON."""
    return await _answer(request, here, visit, asked)


async def _answer(request: Request, here: Here, visit: Visit, asked: QuestionIn) -> Response:
    def work() -> Response:
        found = ask(here, visit.actor, asked.sql, asked.limit)
        used(request, Act.CALL, SQL, {each.contract.id for each in found.opened})
        return _csv(found) if asked.format is AnswerForm.CSV else _json(found)

    return await while_waited_for(request, work)


def _json(found: Asked) -> Response:
    answer = found.answer
    datasets: list[JSON] = [
        {
            "dataset": each.contract.id,
            "release": each.release.number,
            "licence": each.contract.licence,
            "simulated": each.contract.simulated,
        }
        for each in found.opened
    ]
    fields: list[JSON] = [{"name": field.name, "type": field.type} for field in answer.fields]
    head: dict[str, JSON] = {"datasets": datasets, "fields": fields, "truncated": answer.is_cut}
    names = [field.name for field in answer.fields]
    return Response(json_page(head, names, answer.rows), media_type="application/json")


def _csv(found: Asked) -> Response:
    names = [field.name for field in found.answer.fields]
    columns = list(zip(*found.answer.rows, strict=True))
    body = b"".join(csv_lines(names, [columns] if columns else [], bom=False))
    headers = {
        "Content-Disposition": 'attachment; filename="answer.csv"',
        "X-Truncated": "true" if found.answer.is_cut else "false",
    }
    return Response(body, media_type=MEDIA_TYPES[FileFormat.CSV], headers=headers)
