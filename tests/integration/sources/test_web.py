"""Addresses of the web: changed files only, over broken lines, and nothing of inner networks."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.integration.deliveries.desk import APPROVER
from tests.integration.deliveries.packing import LIST, LIST_SET, contract_text
from tests.integration.sources.servers import Offered, Portal, Site, sha256, website
from tests.integration.sources.yard import OFFICER, OPERATOR, Yard, yard
from tests.support.served import served
from tinhdata.kernel import JSON
from tinhdata.sources import Outcome, SourceInvalid

HEADER = "Mã số,Tên gọi,Số lượng,Ngày ghi"
PATH = "/du-lieu/danh-sach.csv"


def lines(count: int) -> bytes:
    rows = (f"M{n},Tên gọi thứ {n},{n % 900},05/01/2026" for n in range(count))
    return ("\n".join((HEADER, *rows)) + "\n").encode()


@pytest.fixture
def site() -> Iterator[Site]:
    with website() as found:
        yield found


def document(site: Site, path: str = PATH, **more: JSON) -> dict[str, JSON]:
    return {"id": "dia-chi", "dataset": LIST, "kind": "http", "url": site.url(path), **more}


def gets(site: Site) -> int:
    return sum(method == "GET" for method, _, _ in site.asked)


@pytest.mark.parametrize("knows_head", [True, False])
def test_a_file_is_fetched_when_it_changed_and_not_otherwise(
    office: Yard, site: Site, knows_head: bool
) -> None:
    site.offered[PATH] = Offered(lines(3), knows_head=knows_head)
    name = office.add(document(site))
    office.pulled(name)
    before = gets(site)
    assert office.pull(name).outcome is Outcome.UNCHANGED
    assert gets(site) - before == (0 if knows_head else 1)
    site.offered[PATH] = Offered(lines(4), tag='"2"', knows_head=knows_head)
    assert office.pulled(name).filename == "danh-sach.csv"
    assert len(office.rows(LIST, "ma")) == 4


def test_a_file_with_a_date_only_is_asked_for_by_it(office: Yard, site: Site) -> None:
    site.offered[PATH] = Offered(lines(3), tag=None, modified=1_790_000_000)
    name = office.add(document(site))
    office.pulled(name)
    assert office.pull(name).outcome is Outcome.UNCHANGED
    site.offered[PATH] = Offered(lines(5), tag=None, modified=1_790_000_900)
    assert office.brought(name).rows.made == 5


def test_a_server_that_tells_no_version_is_compared_by_content(office: Yard, site: Site) -> None:
    site.offered[PATH] = Offered(lines(3), tag=None)
    name = office.add(document(site))
    office.pulled(name)
    assert office.pull(name).outcome is Outcome.UNCHANGED
    site.offered[PATH] = Offered(lines(4), tag=None)
    assert office.brought(name).rows.made == 4


@pytest.mark.parametrize("cut", [1, 700, 4_096, 65_537])
def test_a_line_that_is_cut_at_every_nth_byte_brings_the_file_whole(
    office: Yard, site: Site, cut: int
) -> None:
    content = lines(20 if cut == 1 else 6_000)
    site.offered[PATH] = Offered(content, cut_every=cut)
    delivery = office.brought(office.add(document(site)))
    assert delivery.sha256 == sha256(content)


def test_a_cut_line_without_ranges_begins_again_and_ends_as_a_failure(
    office: Yard, site: Site
) -> None:
    site.offered[PATH] = Offered(lines(900), cut_every=20_000, ranges=False)
    name = office.add(document(site))
    run = office.pull(name)
    assert (run.outcome, run.problem_code) == (Outcome.FAILED, "source-unreachable")
    site.offered[PATH].cut_every = None
    assert office.brought(name).rows.made == 900


def test_a_file_that_changes_while_it_is_fetched_is_never_half_one_and_half_the_other(
    office: Yard, site: Site
) -> None:
    old, new = Offered(lines(900), cut_every=10_000), Offered(lines(950), tag='"2"')
    asked = 0

    def change() -> None:
        nonlocal asked
        asked += 1
        if asked == 2:
            site.offered[PATH] = new

    old.before_get = change
    site.offered[PATH] = old
    delivery = office.brought(office.add(document(site)))
    assert delivery.sha256 == sha256(new.content)


def test_a_length_that_is_not_kept_is_no_whole_file(office: Yard, site: Site) -> None:
    site.offered[PATH] = Offered(lines(9), wrong_length=50)
    run = office.pull(office.add(document(site)))
    assert run.outcome is Outcome.FAILED
    assert office.deliveries.page(OPERATOR).items == ()


def test_a_checksum_of_the_server_is_held_against_the_bytes(office: Yard, site: Site) -> None:
    wrong = {"Repr-Digest": f"sha-256=:{'A' * 43}=:"}
    site.offered[PATH] = Offered(lines(9), headers=wrong)
    assert office.pull(office.add(document(site))).problem_code == "source-changing"


def test_a_server_in_trouble_is_asked_again(office: Yard, site: Site) -> None:
    site.offered[PATH] = Offered(lines(3), answers=[(500, {}), (502, {}), (503, {})])
    run = office.pull(office.add(document(site)))
    assert run.outcome is Outcome.DELIVERED
    assert run.attempts == 4


def test_a_server_that_asks_to_come_back_later_is_left_alone_until_then(
    office: Yard, site: Site
) -> None:
    site.offered[PATH] = Offered(lines(3), answers=[(429, {"Retry-After": "1800"})])
    name = office.add(document(site))
    run = office.pull(name)
    assert (run.outcome, run.problem_code) == (Outcome.POSTPONED, "source-postponed")
    due = office.sources.get(OPERATOR, name).next_due
    assert due is not None
    assert round((due - office.clock.now()).total_seconds()) == 1_800
    office.later(minutes=29)
    office.platform.work.run_until_idle("tests")
    assert office.deliveries.page(OPERATOR).items == ()
    office.later(minutes=2)
    office.platform.work.run_until_idle("tests")
    assert len(office.deliveries.page(OPERATOR).items) == 1


@pytest.mark.parametrize("status", [404, 410, 400])
def test_an_address_that_gives_nothing_is_not_tried_again(
    office: Yard, site: Site, status: int
) -> None:
    site.offered[PATH] = Offered(lines(3), answers=[(status, {})] * 9, knows_head=status != 404)
    run = office.pull(office.add(document(site)))
    assert (run.problem_code, run.attempts) == ("source-unfit", 1)


def test_a_file_larger_than_allowed_is_not_taken(tmp_path: Path, site: Site) -> None:
    with yard(tmp_path, size_mb=1) as office:
        site.offered[PATH] = Offered(lines(60_000))
        run = office.pull(office.add(document(site)))
        assert run.problem_code == "source-unfit"
        assert office.deliveries.page(OPERATOR).items == ()


def test_an_inner_network_is_not_reached_unless_the_operator_says_so(
    tmp_path: Path, site: Site
) -> None:
    site.offered[PATH] = Offered(lines(3))
    with yard(tmp_path, private=frozenset()) as office:
        for host in ("127.0.0.1", "localhost"):
            url = f"http://{host}:{site.port}{PATH}"
            run = office.pull(office.add({**document(site), "url": url}))
            assert run.problem_code == "address-forbidden"
    assert site.asked == []


def test_a_redirect_to_another_host_is_not_followed_and_gets_no_token(
    office: Yard, site: Site
) -> None:
    with website() as other:
        other.offered[PATH] = Offered(lines(3))
        away = f"http://localhost:{other.port}{PATH}"
        site.offered[PATH] = Offered(b"", answers=[(302, {"Location": away})] * 9)
        secret = office.secret("ve", "the-bi-mat")
        name = office.add(document(site, token=secret))
        run = office.pull(name)
        assert run.problem_code == "address-forbidden"
        assert other.asked == []
        office.add(document(site, token=secret, allowed_hosts=["localhost"]))
        assert office.brought(name).rows.made == 3
        assert all("Authorization" not in headers for _, _, headers in other.asked)
    assert site.asked[0][2]["Authorization"] == "Bearer the-bi-mat"


def test_redirects_within_the_host_are_followed_but_not_for_ever(office: Yard, site: Site) -> None:
    site.offered["/cu.csv"] = Offered(b"", answers=[(301, {"Location": PATH})] * 9)
    site.offered[PATH] = Offered(lines(3))
    office.pulled(office.add(document(site, "/cu.csv")))
    site.offered["/vong"] = Offered(b"", answers=[(302, {"Location": "/vong"})] * 99)
    run = office.pull(office.add(document(site, "/vong")))
    assert run.problem_code == "source-unfit"


@pytest.mark.parametrize(
    "url",
    ["http://ten:mat-khau@example.org/x.csv", "ftp://example.org/x", "file:///etc/passwd", "x.csv"],
)
def test_an_address_with_a_password_or_of_another_kind_is_refused(office: Yard, url: str) -> None:
    with pytest.raises(SourceInvalid) as refused:
        office.add({"id": "dia-chi", "dataset": LIST, "kind": "http", "url": url})
    assert "mat-khau" not in str(refused.value)


# --- a portal shaped like CKAN (our own server; no CKAN was started)


def portal_document(site: Site, **more: JSON) -> dict[str, JSON]:
    base: dict[str, JSON] = {"id": "cong", "dataset": LIST, "kind": "ckan", "url": site.url("")}
    return {**base, "resource": "tai-nguyen-1", **more}


def test_the_file_of_a_portal_is_taken_when_the_portal_says_it_changed(
    office: Yard, site: Site
) -> None:
    content = lines(5)
    portal = Portal(
        {
            "id": "tai-nguyen-1",
            "url": PATH,
            "last_modified": "2026-11-01T08:00:00.000000",
            "hash": sha256(content),
            "size": len(content),
        }
    )
    site.pages = portal.answer
    site.offered[PATH] = Offered(content)
    name = office.add(portal_document(site))
    assert office.pulled(name).filename == "danh-sach.csv"
    assert office.pull(name).outcome is Outcome.UNCHANGED
    portal.resource["last_modified"] = "2026-11-02T08:00:00.000000"
    assert office.pull(name).problem_code is None
    site.offered[PATH] = Offered(lines(6))
    portal.resource["last_modified"] = "2026-11-03T08:00:00.000000"
    portal.resource["size"] = len(lines(6))
    # The checksum is still that of the old file.
    assert office.pull(name).problem_code == "source-changing"


def test_rows_of_a_portal_are_read_page_by_page(office: Yard, site: Site) -> None:
    rows: list[dict[str, object]] = [
        {"Mã số": f"M{n}", "Tên gọi": "Có, dấu phẩy", "Số lượng": n % 900, "Ngày ghi": None}
        for n in range(2_345)
    ]
    resource: dict[str, object] = {"id": "tai-nguyen-1", "last_modified": "2026-11-01T08:00:00"}
    portal = Portal(resource, tuple(rows[0]), rows)
    site.pages = portal.answer
    name = office.add(portal_document(site, datastore=True))
    assert office.pulled(name).rows.made == 2_345
    # A row that appears between two pages makes the portal be read again.
    resource["last_modified"] = "2026-11-02T08:00:00"
    extra: dict[str, object] = {**rows[0], "Mã số": "M9999"}

    def grow(offset: int) -> None:
        if offset == 1_000 and extra not in rows:
            rows.append(extra)

    portal.before_page = grow
    assert office.brought(name).rows.made == 2_346


def test_what_is_no_portal_is_said(office: Yard, site: Site) -> None:
    site.pages = lambda _path, _query: {"success": False}
    assert office.pull(office.add(portal_document(site))).problem_code == "source-unfit"


# --- another instance of this platform, served for real


def test_releases_of_another_instance_are_the_marks(office: Yard, tmp_path: Path) -> None:
    far_folder = tmp_path / "noi-xa"
    far_folder.mkdir()
    with yard(far_folder) as far, served(far.platform) as address:
        approved = {"agency": LIST_SET.agency, "date": "2026-01-31", "document": "Công văn 1"}
        opened: dict[str, object] = {
            "accessLevel": "open", "licence": "CC-BY-4.0", "licenceApproval": approved,
        }  # fmt: skip
        changed = replace(LIST_SET, version="2.0.0", custom=opened)
        far.register_text(contract_text(changed).replace("internal", "public"))
        far.published(far.send(LIST, HEADER, "M1,Một,1,05/01/2026", "M2,Hai,2,"))
        document: dict[str, JSON] = {
            "id": "ban-xa",
            "dataset": LIST,
            "kind": "tinhdata",
            "url": address,
            "remote_dataset": LIST,
        }
        name = office.add(document)
        assert office.pulled(name).filename == f"{LIST}-r1.csv"
        assert office.keys(LIST, "ma", "so") == {("M1", 1), ("M2", 2)}
        assert office.pull(name).outcome is Outcome.UNCHANGED
        second = far.published(far.send(LIST, HEADER, "M2,Hai,2,"))
        assert office.pulled(name).filename == f"{LIST}-r2.csv"
        far.deliveries.withdraw(APPROVER, second.release or "", "Công bố nhầm", "Quy chế")
        office.pulled(name)
        assert office.keys(LIST, "ma") == {("M1",), ("M2",)}


def test_what_the_other_instance_does_not_give_is_told(office: Yard, tmp_path: Path) -> None:
    far_folder = tmp_path / "noi-xa"
    far_folder.mkdir()
    with yard(far_folder) as far, served(far.platform) as address:
        document: dict[str, JSON] = {
            "id": "ban-xa",
            "dataset": LIST,
            "kind": "tinhdata",
            "url": address,
            "remote_dataset": LIST,
        }
        far.published(far.send(LIST, HEADER, "M1,Một,1,05/01/2026"))
        assert office.pull(office.add(document)).problem_code == "source-denied"


def test_a_look_at_an_address_shows_columns_to_the_owner(office: Yard, site: Site) -> None:
    site.offered[PATH] = Offered(lines(3))
    look = office.sources.test(OFFICER, office.add(document(site)))
    assert look.rows[0] == ("M0", "Tên gọi thứ 0", "0", "05/01/2026")
    assert look.missing == ()
