"""The interface describes itself completely, within one document."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute
from httpx import Client
from jsonschema import Draft202012Validator

from tests.integration.api.asking import PROCEDURES, UNITS, Site
from tinhdata.api import (
    contract_trials,
    contracts,
    datasets,
    deliveries,
    dictionary,
    feedback,
    follows,
    harvest,
    published,
    quarantine,
    registers,
    releases,
    rows,
    search,
    sources,
    sql,
    statistics,
    terms,
)

PARTS = (
    contract_trials,
    contracts,
    datasets,
    deliveries,
    dictionary,
    feedback,
    follows,
    harvest,
    published,
    quarantine,
    registers,
    releases,
    rows,
    search,
    sources,
    sql,
    statistics,
    terms,
)
METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def document(site: Site) -> Any:
    with site.anyone() as client:
        return client.get(f"{site.address}/api/openapi.json").json()


def operations(document: Any) -> Iterator[tuple[str, Any]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield f"{method.upper()} {path}", operation


def refs(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from refs(value)
    elif isinstance(node, list):
        for value in node:
            yield from refs(value)


def test_every_route_of_the_interface_is_in_the_document_and_no_page_is(document: Any) -> None:
    described = {name for name, _ in operations(document)}
    routes = {
        f"{method} /api/v1{route.path}"
        for part in PARTS
        for route in part.router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    assert described == routes
    assert len(described) > 40


def test_every_operation_says_what_it_does_and_how_it_fails(document: Any) -> None:
    for name, operation in operations(document):
        assert operation["summary"], name
        assert operation["description"], name
        assert operation["tags"], name
        assert any(code.startswith("2") for code in operation["responses"]), name
        failures = {c: r for c, r in operation["responses"].items() if c[0] in "45"}
        assert "500" in failures, name
        if not name.startswith("GET"):
            assert {"401", "403"} <= set(failures), name
        # A range that no file has is refused by HTTP's own answer: how long the file is, no body.
        assert "content" not in failures.pop("416", {}), name
        for code, response in failures.items():
            assert list(response["content"]) == ["application/problem+json"], f"{name} {code}"


def test_operations_are_named_once_and_tags_are_explained(document: Any) -> None:
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(names) == len(set(names))
    used = {tag for _, operation in operations(document) for tag in operation["tags"]}
    assert used == {tag["name"] for tag in document["tags"]}


def test_the_document_refers_to_nothing_outside_of_itself(document: Any) -> None:
    for ref in refs(document):
        node = document
        for part in ref.removeprefix("#/").split("/"):
            node = node[part]
        assert ref.startswith("#/")
    assert not re.search(r"https?://", str(document))


def test_its_schemas_are_valid_json_schema(document: Any) -> None:
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_no_page_loads_a_viewer_from_elsewhere(anyone: Client, site: Site) -> None:
    for path in ("/docs", "/redoc", "/openapi.json", "/api/docs"):
        assert anyone.get(site.address + path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/datasets",
        "/datasets?q=don vi",
        f"/datasets/{UNITS}",
        f"/datasets/{UNITS}/dictionary",
        f"/datasets/{UNITS}/rows?limit=3",
        f"/datasets/{UNITS}/releases",
        f"/datasets/{UNITS}/releases/1",
        f"/datasets/{PROCEDURES}/diff?from=1&to=1",
        "/agencies",
        "/databases",
        "/me",
        "/datasets/khong-co",
        f"/datasets/{UNITS}/rows?f.x=1",
    ],
)
def test_answers_are_what_the_document_promises(anyone: Client, document: Any, path: str) -> None:
    answer = anyone.get(path)
    plain = "/api/v1" + path.partition("?")[0]
    template = next(
        (p for p in document["paths"] if p == plain),
        None,
    ) or next(
        p
        for p in document["paths"]
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", p).replace(".", r"\."), plain)
        and not p.endswith("{form}")
    )
    response = document["paths"][template]["get"]["responses"][str(answer.status_code)]
    media = answer.headers["content-type"].partition(";")[0]
    schema = response["content"][media]["schema"]
    Draft202012Validator({**schema, "components": document["components"]}).validate(answer.json())
