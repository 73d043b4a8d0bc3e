"""How our words map to those of public vocabularies, and which form a reader gets."""

from dataclasses import replace

import pytest

from tests.data.expectations import PACK
from tinhdata.contracts import Contract, load_contract
from tinhdata.edge.files import FileFormat
from tinhdata.edge.negotiation import wanted_form
from tinhdata.standards import RDFForm
from tinhdata.standards.addresses import iri
from tinhdata.standards.rules import span_of, time_column
from tinhdata.standards.shacl import SAID
from tinhdata.standards.vocabularies import dimensions, formats, frequency, shapes_text


@pytest.fixture(scope="module")
def contract() -> Contract:
    path = next((PACK / "contracts").rglob("dan-so-theo-xa.yaml"))
    return load_contract(path.read_bytes(), path.name).contract


@pytest.mark.parametrize(
    ("cycle", "layer", "code"),
    [
        ("P1M", "aggregate", "MONTHLY"),
        ("P1Q", "aggregate", "QUARTERLY"),
        ("P6M", "aggregate", "ANNUAL_2"),
        ("PT1H", "original", "HOURLY"),
        ("P11D", "original", "OTHER"),
        (None, "reference", "IRREG"),
    ],
)
def test_the_cycle_of_a_contract_has_a_word_of_the_vocabulary(
    contract: Contract, cycle: str | None, layer: str, code: str
) -> None:
    address = frequency(replace(contract, update_cycle=cycle, data_layer=layer))
    assert address is not None
    assert address.endswith(f"/frequency/{code}")


def test_without_a_cycle_nothing_is_said(contract: Contract) -> None:
    assert frequency(replace(contract, update_cycle=None, data_layer="original")) is None


def test_every_published_form_can_be_downloaded() -> None:
    assert set(formats()) <= {form.value for form in FileFormat}
    assert set(dimensions()) == {"accurate", "complete", "clean", "references"}


def test_what_is_said_of_a_shape_names_one_that_there_is() -> None:
    text = shapes_text()
    assert {name for name in SAID if f"td:{name} a sh:" not in text} == set()


def test_the_year_of_the_key_says_when_rows_are_from(contract: Contract) -> None:
    column = time_column(contract, contract.columns)
    assert column is not None
    assert column.name == "nam"
    assert span_of(None, ()) is None


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", None),
        ("*/*", None),
        ("text/html,*/*;q=0.1", None),
        ("text/turtle", RDFForm.TURTLE),
        ("TEXT/TURTLE;q=0.5, application/ld+json", RDFForm.JSON_LD),
        ("text/turtle;q=0.2, text/html;q=0.9", None),
        ("text/turtle;q=0, */*", None),
        ("application/rdf+xml, */*;q=0.1", RDFForm.RDF_XML),
        ("text/turtle;q=viel", None),
        (",;;=,text/n3", RDFForm.N3),
    ],
)
def test_accept_is_read_as_the_standard_says(accept: str, form: RDFForm | None) -> None:
    assert wanted_form(accept) is form


def test_what_no_address_may_hold_is_written_with_percent_signs() -> None:
    assert iri("urn:vn:nd:194/2025/NĐ-CP") == "urn:vn:nd:194/2025/NĐ-CP"
    assert iri('x <y> "z"\n') == "x%20%3Cy%3E%20%22z%22%0A"
