"""What surrounds every request: tokens, limits, headers, and honest answers to bugs."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import httpx
import pytest
import structlog

from tests.data.expectations import PACK
from tests.integration.api.asking import SIZES, Site
from tests.support.office import person
from tests.support.small_pack import FIRST
from tinhdata.access import Role
from tinhdata.app import create_app
from tinhdata.bootstrap import Platform, install_pack, open_platform
from tinhdata.edge.guards import SMALL_BODY
from tinhdata.settings import Settings


def test_a_change_by_a_session_needs_its_token_and_nothing_happens_without(site: Site) -> None:
    login = next(
        each.login
        for each in site.platform.pack.people
        if site.platform.access.actor(each.login).id
        == person(site.platform, SIZES, Role.OFFICER).id
    )
    before = site.platform.deliveries.page(person(site.platform, SIZES, Role.OFFICER)).total
    with site.signed_in(login, csrf=False) as client:
        for headers in ({}, {"X-CSRF-Token": "wrong"}, {"X-CSRF-Token": ""}):
            answer = client.post(
                f"/datasets/{SIZES}/deliveries?filename=a.csv", content=b"a", headers=headers
            )
            assert (answer.status_code, answer.json()["code"]) == (403, "csrf-missing")
    assert site.platform.deliveries.page(person(site.platform, SIZES, Role.OFFICER)).total == before


def test_a_stranger_is_asked_to_sign_in_before_anything_is_read(site: Site) -> None:
    with site.anyone() as client:
        answer = client.post(f"/datasets/{SIZES}/deliveries?filename=a.csv", content=b"a")
        assert (answer.status_code, answer.json()["code"]) == (401, "sign-in-needed")
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_answers_of_a_session_are_kept_by_nobody_and_open_to_no_other_site(site: Site) -> None:
    with site.operator() as client:
        for path in (f"/datasets/{SIZES}/rows", "/me", f"/datasets/{SIZES}/rows.csv"):
            answer = client.get(path)
            assert "access-control-allow-origin" not in answer.headers
        assert client.get("/me").headers["cache-control"] == "no-store"


def test_every_answer_carries_the_headers_that_protect_its_reader(site: Site) -> None:
    with site.anyone() as client:
        for path in ("/api/v1/me", "/api/v1/nothing", "/", "/nothing", "/health", "/static/x/y"):
            answer = client.get(site.address + path)
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "same-origin"


def test_an_unknown_address_is_a_page_for_people_and_a_document_for_programs(site: Site) -> None:
    with site.anyone("vi") as client:
        answer = client.get("/nothing")
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["title"] == "Không tìm thấy"
        answer = client.get(f"{site.address}/nothing")
        assert (answer.status_code, answer.headers["content-type"]) == (
            404, "text/html; charset=utf-8",
        )  # fmt: skip
        assert client.request("BREW", "/me").status_code == 405


def test_static_files_never_leave_their_folder_and_are_kept_for_ever(site: Site) -> None:
    from tinhdata.web.assets import asset

    with site.anyone() as client:
        kept = client.get(site.address + asset("css/base.css")).headers["cache-control"]
        assert "immutable" in kept
        for path in ("/static/x/../../pages.py", "/static/x/%2e%2e/%2e%2e/app.py", "/static/x/"):
            assert client.get(site.address + path).status_code in (404, 422)
        for path in ("/static/x/%00", "/static/x/" + "a" * 300, "/static/x/" + "a/" * 3_000):
            assert client.get(site.address + path).status_code in (404, 422)


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "http://[", "http://", ""])
def test_a_sign_in_that_another_site_sends_is_refused(site: Site, origin: str) -> None:
    form = {"login": "nobody", "password": "nothing"}
    with site.anyone() as client:
        answer = client.post(f"{site.address}/sign-in", data=form, headers={"Origin": origin})
        assert answer.status_code == 403


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit_is_refused_while_it_comes(site: Site, chunked: bool) -> None:
    piece = b" " * (SMALL_BODY // 4)

    def pieces() -> Iterator[bytes]:
        for _ in range(5):
            yield piece

    with site.operator() as client:
        try:
            answer = client.post(
                "/source-keys",
                content=pieces() if chunked else piece * 5,
                headers={"Content-Type": "application/json"},
            )
        except httpx.WriteError:
            return  # The server closed while we still sent, which is a refusal too.
        assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Platform]:
    platform = open_platform(
        Settings(
            store=tmp_path / "store",
            pack=PACK,
            demo=True,
            upload_limit_mb=1,
            public_url="https://du-lieu.vn",
        )
    )
    yield platform
    platform.close()


def ask(platform: Platform, method: str, path: str, **kwargs: object) -> httpx.Response:
    """Ask the app itself, without a network."""
    import asyncio

    app = create_app(platform)

    @app.get("/api/v1/broken", include_in_schema=False)
    def broken() -> None:
        raise RuntimeError("so dinh danh 019203000123")

    async def once() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://du-lieu.vn") as client:
            return await client.request(method, path, **kwargs)  # type: ignore[arg-type] # passed on

    return asyncio.run(once())


def test_a_bug_becomes_a_number_and_a_log_line_without_values(small: Platform) -> None:
    lines = StringIO()
    structlog.configure(
        processors=[structlog.processors.JSONRenderer()],
        logger_factory=structlog.PrintLoggerFactory(lines),
        cache_logger_on_first_use=False,
    )
    try:
        answer = ask(small, "GET", "/api/v1/broken")
    finally:
        structlog.reset_defaults()
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal"
    logged = json.loads(lines.getvalue())
    assert logged["incident"] == answer.json()["incident"]
    assert (logged["error"], logged["route"]) == ("RuntimeError", "/api/v1/broken")
    assert "019203000123" not in lines.getvalue() + answer.text


def test_another_host_name_is_not_answered(small: Platform) -> None:
    answer = ask(small, "GET", "/api/v1/me", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.json()["code"]) == (400, "host-unknown")
    assert ask(small, "GET", "/api/v1/me", headers={"Host": "localhost:8000"}).status_code == 200


@pytest.mark.parametrize("path", ["/datasets?q=a%00b", "/datasets/a%00b", "/api/v1/deliveries/%00"])
def test_a_nul_in_an_address_is_refused(small: Platform, path: str) -> None:
    assert ask(small, "GET", path).status_code == 422


def test_a_nul_in_a_json_body_is_refused(small: Platform) -> None:
    body = {"login": "a\0b"}
    answer = ask(small, "POST", "/api/v1/deliveries/dlv_1/return", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "request-invalid")


@pytest.mark.parametrize("announced", [True, False])
def test_an_upload_over_the_limit_is_refused_and_nothing_of_it_stays(
    small: Platform, announced: bool
) -> None:
    install_pack(small, only=FIRST)
    contract = small.registry.all_active()[0].contract
    key = small.access.add_source_key(
        "system:tests", "máy trạm", contract.agency, frozenset({contract.id}), timedelta(days=1)
    )

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * (1 << 20)

    path = f"/api/v1/datasets/{contract.id}/deliveries?filename=a.csv"
    body = b"x" * (3 << 20) if announced else pieces()
    headers = {"Authorization": f"Bearer {key.secret}"}
    answer = ask(small, "POST", path, content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    landed = small.settings.store / "landing"
    assert max(e.stat().st_size for e in landed.rglob("*") if e.is_file()) < 1 << 20
    fitting = ask(small, "POST", path, content=b"x" * (1 << 20), headers=headers)
    assert fitting.status_code == 201


def test_a_stranger_cannot_fill_the_disk(small: Platform) -> None:
    answer = ask(small, "POST", "/api/v1/datasets/x/deliveries", content=b"x" * (5 << 20))
    assert (answer.status_code, answer.json()["code"]) == (401, "sign-in-needed")
