import dataclasses

import pytest

from tinhdata.access import ANONYMOUS, Action, Permit, Resource, require, system_permit
from tinhdata.contracts import (
    AccessLevel,
    Bilingual,
    Classification,
    Column,
    Contract,
    Importance,
    LogicalType,
    Personal,
)
from tinhdata.kernel import t


def column(
    name: str,
    *,
    personal: Personal | None = None,
    mask: str | None = None,
    classification: Classification = Classification.PUBLIC,
    in_open_data: bool = True,
) -> Column:
    return Column(
        id=name,
        name=name,
        label=Bilingual(name),
        logical_type=LogicalType.STRING,
        personal=personal,
        mask=mask,
        classification=classification,
        in_open_data=in_open_data,
    )


CONTRACT = Contract(
    id="dataset-one",
    version="1.0.0",
    name=Bilingual("Một"),
    description=Bilingual("Một"),
    sector="sector",
    agency="agency-own",
    table="dataset_one",
    columns=(
        column("code"),
        column("owner", personal=Personal.BASIC, mask="first-letters"),
        column("note", in_open_data=False),
        column("tax", classification=Classification.RESTRICTED, mask="hide"),
    ),
    key=("code",),
    access_level=AccessLevel.OPEN,
    importance=Importance.ORDINARY,
    data_layer="open",
    legal_basis=(),
)


def test_a_contract_becomes_a_resource() -> None:
    resource = Resource.of(CONTRACT, frozenset({"agency-supplier"}))
    assert (resource.id, resource.agency) == ("dataset-one", "agency-own")
    assert resource.personal == {"owner"}
    assert resource.closed == {"note", "tax"}
    assert resource.masks == {"owner": "first-letters", "tax": "hide"}
    assert resource.suppliers == {"agency-supplier"}
    permit = require(ANONYMOUS, Action.READ_ROWS, resource, "portal")
    assert permit.columns == frozenset({"code"})


def test_a_permit_cannot_be_made_by_hand() -> None:
    real = system_permit(Action.READ_ROWS, "dataset-one", "test")
    with pytest.raises(TypeError, match=r"access\.decide"):
        Permit(
            "per_someone",
            Action.READ_ROWS,
            "dataset-one",
            "test",
            None,
            {},
            None,
            "rule",
            t("Because."),
            seal=object(),
        )
    with pytest.raises((TypeError, ValueError)):
        dataclasses.replace(real, dataset="dataset-two")  # type: ignore[call-arg]  # no seal


def test_a_permit_cannot_be_altered() -> None:
    real = system_permit(Action.READ_ROWS, "dataset-one", "test")
    with pytest.raises(dataclasses.FrozenInstanceError):
        real.dataset = "dataset-two"  # type: ignore[misc]  # what the test is about
    with pytest.raises(TypeError):
        real.masks["name"] = "none"  # type: ignore[index]  # what the test is about
