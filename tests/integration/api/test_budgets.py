"""Budgets of addresses and keys: when to come again, and whom proxies speak for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from tests.integration.api.asking import SENSOR, SIZES
from tinhdata.app import create_app
from tinhdata.bootstrap import Platform

ROWS = f"/api/v1/datasets/{SIZES}/rows?limit=1"
ME = "/api/v1/me"


@asynccontextmanager
async def asking(
    platform: Platform, address: str = "198.51.100.7", **settings: object
) -> AsyncIterator[httpx.AsyncClient]:
    wanted = {"api_budget": 3, "api_key_budget": 10} | settings
    app = create_app(replace(platform, settings=platform.settings.model_copy(update=wanted)))
    transport = httpx.ASGITransport(app, client=(address, 5_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


@pytest.mark.anyio
async def test_who_asks_too_much_hears_when_to_come_again_and_pages_stay_open(
    platform: Platform,
) -> None:
    async with asking(platform) as client:
        answers = [await client.get(ROWS) for _ in range(7)]
        assert [each.status_code for each in answers] == [200] * 6 + [429]
        assert answers[0].headers["ratelimit"] == '"requests";r=5;t=20'
        refused = answers[-1]
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["code"] == "budget-spent"
        assert 1 <= int(refused.headers["retry-after"]) <= 20
        assert refused.headers["access-control-allow-origin"] == "*"
        assert "Retry-After" in refused.headers["access-control-expose-headers"]
        for path in ("/catalog.ttl", "/datastore/dump/x", "/api/3/action/status_show"):
            answer = await client.get(path)
            assert (answer.status_code, answer.json()["code"]) == (429, "budget-spent")
        asked = await client.post("/api/v1/sql", json={"sql": "SELECT 1"})
        assert asked.status_code == 429
        for path in ("/", f"/datasets/{SIZES}", "/health"):
            assert (await client.get(path)).status_code == 200


@pytest.mark.anyio
async def test_a_valid_key_has_its_own_budget_and_an_invented_one_has_none(
    platform: Platform,
) -> None:
    agency = platform.registry.active(SENSOR).contract.agency
    issued = platform.access.add_source_key(
        "system:tests", "trạm đo", agency, frozenset({SENSOR}), timedelta(days=1)
    )
    key = {"Authorization": f"Bearer {issued.secret}"}
    async with asking(platform) as client:
        answers = [await client.get(ME, headers=key) for _ in range(10)]
        assert [each.status_code for each in answers] == [200] * 10
        # What goes by no key is paid by the address, of which the key took one request.
        free = [(await client.get("/api/3/action/status_show", headers=key)).status_code]
        free += [(await client.get(ME)).status_code for _ in range(5)]
        assert free == [200] * 5 + [429]
        platform.access.revoke_source_key("system:tests", issued.key.id)
        assert (await client.get(ME, headers=key)).status_code == 401
        assert (await client.get(ME, headers=key)).status_code == 429
    async with asking(platform) as client:
        invented = [
            (await client.get(ME, headers={"Authorization": f"Bearer x{n}"})).status_code
            for n in range(8)
        ]
        assert invented == [401] * 6 + [429] * 2


@pytest.mark.anyio
async def test_a_forwarded_address_is_believed_only_of_the_proxies_that_are_named(
    platform: Platform,
) -> None:
    def said(number: int) -> dict[str, str]:
        return {"X-Forwarded-For": f"203.0.113.{number}"}

    async with asking(platform) as client:
        got = [(await client.get(ROWS, headers=said(n))).status_code for n in range(7)]
        assert got == [200] * 6 + [429]
    proxied = asking(platform, address="192.0.2.8", proxies=("192.0.2.0/28",))
    async with proxied as client:
        got = [(await client.get(ROWS, headers=said(n))).status_code for n in range(7)]
        assert got == [200] * 7
        # What a reader wrote into the header himself stands before what the proxy saw.
        pretended = {"X-Forwarded-For": "10.0.0.1, 203.0.113.99"}
        got = [(await client.get(ROWS, headers=pretended)).status_code for _ in range(7)]
        assert got == [200] * 6 + [429]


@pytest.mark.anyio
async def test_no_budget_means_no_limit(platform: Platform) -> None:
    async with asking(platform, api_budget=0) as client:
        answers = [await client.get(ROWS) for _ in range(20)]
        assert {each.status_code for each in answers} == {200}
        assert "ratelimit" not in answers[0].headers
