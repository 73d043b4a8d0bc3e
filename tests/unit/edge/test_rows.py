from datetime import UTC, datetime

import pytest

from tests.unit.edge.contracts import AREA, NAME, contract, personal
from tinhdata.contracts import AccessLevel, Bilingual, Column
from tinhdata.edge.errors import FilterInvalid
from tinhdata.edge.rows import moment_of, readable_resource


def test_a_day_is_looked_back_to_at_its_end_in_viet_nam() -> None:
    assert moment_of("2025-07-01") == datetime(2025, 7, 1, 16, 59, 59, 999999, tzinfo=UTC)
    assert moment_of("2025-07-01T14:30") == datetime(2025, 7, 1, 7, 30, tzinfo=UTC)
    assert moment_of("2025-07-01T14:30:00Z") == datetime(2025, 7, 1, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["yesterday", "2025-02-30", "0001-01-01T00:00", "", "2025-7-1"])
def test_other_moments_are_refused(text: str) -> None:
    with pytest.raises(FilterInvalid):
        moment_of(text)


def test_a_column_found_to_be_personal_later_is_personal_in_old_releases_too() -> None:
    renamed = Column(NAME.id, "full_name", Bilingual("Họ tên"), NAME.logical_type)
    old = contract(AREA, NAME)
    now = contract(AREA, personal(renamed, "first-letters"), version="2.0.0")
    resource = readable_resource(old, now)
    assert resource.columns == ("area", "name")
    assert resource.personal == {"name"}
    assert resource.masks == {"name": "first-letters"}


def test_of_two_contracts_the_stricter_access_level_counts() -> None:
    shared = contract(AREA, level=AccessLevel.SHARED)
    opened = contract(AREA, version="2.0.0")
    assert readable_resource(shared, opened).access_level is AccessLevel.SHARED
    assert readable_resource(opened, shared).access_level is AccessLevel.SHARED
    assert readable_resource(opened, opened).access_level is AccessLevel.OPEN


def test_a_comparison_hides_what_any_of_its_sides_hides() -> None:
    before = contract(AREA, personal(NAME))
    after = contract(AREA, NAME, version="2.0.0")
    assert readable_resource(after, after, before).personal == {"name"}
