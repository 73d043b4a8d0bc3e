"""Portals of CKAN are walked through page by page: once, again without change, and after breaks."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.integration.harvest.shelf import OFFICER, OPERATOR, Shelf, shelf
from tests.support.other_portal import OtherPortal, other_portal, package
from tinhdata.harvest import Counts, HarvestInvalid, HarvestKind, HarvestState, Portal
from tinhdata.kernel import Refused


@pytest.fixture
def site() -> Iterator[OtherPortal]:
    with other_portal(*(package(number) for number in range(1, 251))) as portal:
        yield portal


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Shelf]:
    with shelf(tmp_path) as found:
        yield found


def test_every_package_becomes_an_entry_with_source_licence_and_landing_page(
    site: OtherPortal, desk: Shelf
) -> None:
    desk.add(site.url)
    run = desk.run()
    assert run.state is HarvestState.DONE
    assert (run.counts, run.pages) == (Counts(added=250), 4)
    assert len(desk.told) == 250
    entry = desk.harvest.entries("bo du lieu mau so 57")[0].entry
    assert entry.title.vi.startswith("Bộ dữ liệu mẫu số 57")
    assert entry.publisher == "Sở Mẫu"
    assert entry.licence == "https://creativecommons.org/licenses/by/4.0/"
    assert entry.landing_page.startswith(f"{site.url}/dataset/bo-du-lieu-")
    assert entry.files[0].format == "CSV"
    assert entry.keywords == ("thống kê",)
    asked = [path for path in site.asked if "start=" in path]
    assert [path.split("start=")[1].split("&")[0] for path in asked] == ["0", "100", "200", "250"]


def test_a_second_run_changes_nothing_and_the_journal_says_so(
    site: OtherPortal, desk: Shelf
) -> None:
    desk.add(site.url)
    desk.run()
    before = desk.harvest.entries()
    desk.told.clear()
    desk.clock.move(timedelta(days=1))
    run = desk.run()
    assert run.counts == Counts(unchanged=250)
    assert run.counts.changes == 0
    assert desk.harvest.entries() == before
    assert desk.told == []
    last = desk.events("harvest.finished")[-1].data
    assert (last["added"], last["changed"], last["gone"], last["unchanged"]) == (0, 0, 0, 250)


def test_what_is_gone_at_the_portal_is_marked_and_comes_back_under_the_same_id(
    site: OtherPortal, desk: Shelf
) -> None:
    desk.add(site.url)
    desk.run()
    known = {each.entry.identifier: each.entry.id for each in desk.harvest.entries()}
    lost = site.packages.pop(10)
    site.packages[0]["title"] = "Tên mới"
    site.packages[1]["private"] = True
    desk.clock.move(timedelta(days=1))
    run = desk.run()
    assert run.counts == Counts(changed=1, unchanged=247, gone=2)
    tombstone = desk.harvest.entry(known[str(lost["id"])])
    assert tombstone.gone_at == desk.clock.now()
    assert tombstone.entry.title.vi == lost["title"]
    assert len(desk.harvest.entries()) == 248
    site.packages.append(lost)
    desk.clock.move(timedelta(days=1))
    assert desk.run().counts == Counts(changed=1, unchanged=248)
    assert desk.harvest.entry(known[str(lost["id"])]).gone_at is None


def test_a_walk_goes_on_at_the_page_where_the_portal_went_away(
    site: OtherPortal, desk: Shelf
) -> None:
    desk.add(site.url)
    site.breaks_at = 200
    run = desk.harvest.start(OPERATOR, "cong-mau")
    desk.work.run_until_idle("tests")
    (broken,) = desk.harvest.runs(OPERATOR, "cong-mau").items
    assert (broken.state, broken.pages, broken.counts.added) == (HarvestState.RUNNING, 2, 200)
    site.breaks_at = None
    site.asked.clear()
    desk.clock.move(timedelta(minutes=2))
    desk.work.run_until_idle("tests")
    (done,) = desk.harvest.runs(OPERATOR, "cong-mau").items
    assert (done.id, done.state, done.counts) == (run.id, HarvestState.DONE, Counts(added=250))
    assert not [path for path in site.asked if "start=0&" in path]


def test_a_portal_that_stays_away_fails_the_run_and_loses_nothing(
    site: OtherPortal, desk: Shelf
) -> None:
    desk.add(site.url)
    desk.run()
    site.fails = 10**6
    run = desk.run()
    assert run.state is HarvestState.FAILED
    assert run.problem is not None
    assert len(desk.harvest.entries()) == 250
    assert desk.events("harvest.failed")


def test_a_portal_that_lists_nothing_any_more_is_not_believed(
    site: OtherPortal, desk: Shelf
) -> None:
    desk.add(site.url)
    desk.run()
    site.packages.clear()
    run = desk.run()
    assert run.state is HarvestState.FAILED
    assert len(desk.harvest.entries()) == 250


def test_nothing_is_called_gone_where_fewer_were_read_than_counted(
    site: OtherPortal, desk: Shelf
) -> None:
    desk.add(site.url)
    desk.run()
    del site.packages[5]
    site.counts = 250
    run = desk.run()
    assert run.state is HarvestState.DONE
    assert (run.counts.gone, run.counts.unchanged) == (0, 249)
    assert run.problem is not None
    site.counts = None
    assert desk.run().counts.gone == 1


def test_records_that_cannot_be_read_are_counted_and_keep_what_was_known(
    site: OtherPortal, desk: Shelf
) -> None:
    desk.add(site.url)
    desk.run()
    site.packages[3] |= {"title": None, "name": 7}
    run = desk.run()
    assert run.counts == Counts(unchanged=249, skipped=1)
    assert len(desk.harvest.entries()) == 250


def test_addresses_that_a_browser_would_run_are_left_out(desk: Shelf) -> None:
    evil = [{"name": "x", "url": "javascript:alert(1)"}, {"name": "y", "url": "/tep.csv"}]
    with other_portal(package(1, resources=evil)) as portal:
        desk.add(portal.url)
        desk.run()
        (known,) = desk.harvest.entries()
    assert [file.url for file in known.entry.files] == [f"{portal.url}/tep.csv"]


def test_addresses_of_inner_networks_are_not_asked(site: OtherPortal, tmp_path: Path) -> None:
    with shelf(tmp_path, private_hosts=frozenset()) as strict:
        strict.add(site.url)
        run = strict.run()
    assert run.state is HarvestState.FAILED
    assert site.asked == []


def test_a_portal_that_is_no_ckan_is_told_so(desk: Shelf) -> None:
    with other_portal() as portal:
        portal.files["/x/api/3/action/package_search?rows=100&start=0&sort=id%20asc"] = (
            "text/html",
            b"<html>",
        )
        desk.add(f"{portal.url}/x")
        run = desk.run()
    assert run.state is HarvestState.FAILED
    assert "document" in str(run.problem)


def test_the_rhythm_starts_walks_by_itself_and_a_pause_stops_it(
    site: OtherPortal, desk: Shelf
) -> None:
    desk.add(site.url)
    desk.work.run_until_idle("tests")
    desk.clock.move(timedelta(minutes=2))
    desk.work.run_until_idle("tests")
    assert desk.harvest.runs(OPERATOR, "cong-mau").total == 1
    desk.clock.move(timedelta(days=1))
    desk.work.run_until_idle("tests")
    assert desk.harvest.runs(OPERATOR, "cong-mau").total == 2
    desk.harvest.pause(OPERATOR, "cong-mau")
    desk.clock.move(timedelta(days=3))
    desk.work.run_until_idle("tests")
    assert desk.harvest.runs(OPERATOR, "cong-mau").total == 2


def test_a_forgotten_portal_takes_its_entries_along(site: OtherPortal, desk: Shelf) -> None:
    desk.add(site.url)
    desk.run()
    assert desk.harvest.remove(OPERATOR, "cong-mau") == 250
    assert desk.harvest.entries() == ()
    assert desk.harvest.list(OPERATOR) == ()


def test_only_operators_harvest(desk: Shelf) -> None:
    with pytest.raises(Refused):
        desk.harvest.add(OFFICER, Portal("x", HarvestKind.CKAN, "https://example.vn", "X"))
    with pytest.raises(Refused):
        desk.harvest.list(OFFICER)


@pytest.mark.parametrize(
    "portal",
    [
        Portal("Tên dài", HarvestKind.CKAN, "https://example.vn", "X"),
        Portal("x", HarvestKind.CKAN, "file:///etc/passwd", "X"),
        Portal("x", HarvestKind.CKAN, "https://ten:mat-khau@example.vn", "X"),
        Portal("x", HarvestKind.CKAN, "https://example.vn", " "),
        Portal("x", HarvestKind.CKAN, "https://example.vn", "X", timedelta(seconds=5)),
    ],
)
def test_a_portal_is_declared_properly(desk: Shelf, portal: Portal) -> None:
    with pytest.raises(HarvestInvalid):
        desk.harvest.add(OPERATOR, portal)
