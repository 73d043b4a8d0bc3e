import json
from pathlib import Path

import yaml
from jsonschema import Draft201909Validator

from tests.unit.contracts.samples import findings
from tinhdata.contracts import Place, example_contract, reference_page, vocabulary
from tinhdata.contracts.shapes import odcs_schema

ROOT = Path(__file__).parents[3]


def test_the_reference_page_is_the_one_that_the_code_writes() -> None:
    written = (ROOT / "docs" / "reference" / "contracts.md").read_text(encoding="utf-8")
    assert written == reference_page()


def test_the_example_of_the_page_is_a_valid_contract() -> None:
    assert findings(example_contract().encode()) == ()
    assert example_contract() in reference_page()


def test_every_example_of_the_vocabulary_is_yaml_and_fits_its_own_schema() -> None:
    for entry in vocabulary():
        value = yaml.safe_load(entry.example)
        assert list(Draft201909Validator(entry.schema).iter_errors(value)) == [], entry.name


def test_no_name_of_ours_hides_a_key_of_the_standard_in_version_three_one() -> None:
    newer = {"synonyms", "semanticType"}  # 3.2 brought these; we author 3.1
    definitions = json.loads(json.dumps(odcs_schema()["$defs"]))
    keys = set(definitions["SchemaElement"]["properties"]) | set(
        definitions["SchemaBaseProperty"]["properties"]
    )
    names = {entry.name for entry in vocabulary() if entry.place is Place.COLUMN}
    assert names & keys <= newer


def test_an_empty_mapping_names_what_every_contract_needs() -> None:
    said = " ".join(str(f.text) for f in findings(b"{}\n"))
    assert all(key in said for key in ("version", "apiVersion", "kind", "id"))
