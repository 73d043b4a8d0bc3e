"""Numbers as the scan reads them, against the platform's own reader of Vietnamese numbers."""

import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.integration.quality.builders import NUMBER, column, contract, good_rows, run
from tinhdata.contracts.model import NumberForm
from tinhdata.quality import CheckContext
from tinhdata.vietnam import Number, parse_number
from tinhdata.vietnam import NumberForm as WrittenForm

OF = contract([column("dong"), column("so", NUMBER, decimals=6)], ("dong",))
WRITTEN = st.one_of(
    st.text(alphabet="0123459.,-", min_size=1, max_size=11),
    st.from_regex(r"[-(]?[0-9]{1,3}([., ][0-9]{3}){0,3}([.,][0-9]{1,4})?\)?", fullmatch=True),
)


def scanned(texts: list[str], form: NumberForm) -> dict[int, object]:
    with tempfile.TemporaryDirectory() as folder:
        rows = [(str(number), text) for number, text in enumerate(texts)]
        context = CheckContext("dlv_1", number_forms={"so": form})
        return {
            int(str(row["dong"])): row["so"]
            for row in good_rows(run(Path(folder), OF, rows, context))
        }


@pytest.mark.parametrize(
    ("form", "written"),
    [
        (NumberForm.AUTO, None),
        (NumberForm.VIETNAMESE, WrittenForm.VIETNAMESE),
        (NumberForm.ENGLISH, WrittenForm.ENGLISH),
    ],
)
@given(texts=st.lists(WRITTEN, min_size=40, max_size=60, unique=True))
@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a list of forty is read as it is
    suppress_health_check=[HealthCheck.too_slow],
)
def test_two_readers_of_one_number_never_read_two_numbers(
    form: NumberForm, written: WrittenForm | None, texts: list[str]
) -> None:
    found = scanned(texts, form)
    differing = []
    for number, text in enumerate(texts):
        expected = parse_number(text, written)
        # `5.` is taken by the one reader and left to a person by the other.
        if isinstance(expected, Number) and fits(expected.value) and text[-1] not in ".,":
            differing += [(text, expected.value)] if found.get(number) != expected.value else []
    assert differing == []


def fits(value: Decimal) -> bool:
    """Say whether the column can hold the value, with its six places and eighteen digits."""
    return abs(value) < 10**12 and value == round(value, 6)
