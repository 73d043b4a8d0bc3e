"""In which form a column of one file writes its numbers and dates."""

from decimal import Decimal

import pytest

from tests.unit.intake.building import DATE, INTEGER, NUMBER, column, contract_of
from tinhdata.contracts import Column, LogicalType, NumberForm
from tinhdata.intake.forms import ColumnForms
from tinhdata.vietnam import DateOrder


def forms_of(values: list[str], **about: object) -> ColumnForms:
    base = column("so", "Số", NUMBER)
    known = {name: getattr(base, name) for name in ("id", "name", "label", "logical_type")}
    forms = ColumnForms(contract_of([Column(**{**known, **about})]))
    forms.see_column(0, values)
    return forms


@pytest.mark.parametrize(
    ("values", "form"),
    [
        (["1.234,5", "12"], NumberForm.VIETNAMESE),
        (["1.234.567"], NumberForm.VIETNAMESE),
        (["12,5", "1.234"], NumberForm.VIETNAMESE),
        (["1,234.5"], NumberForm.ENGLISH),
        (["12.5", "1.234"], NumberForm.ENGLISH),
        (["0.123"], NumberForm.ENGLISH),
        (["1234.567"], NumberForm.ENGLISH),
    ],
)
def test_values_that_can_be_read_one_way_decide(values: list[str], form: NumberForm) -> None:
    assert forms_of(values).number_forms() == {"so": form}


def test_values_that_can_be_read_two_ways_are_said_to_be_undecided() -> None:
    forms = forms_of(["1.234", "5.678", "9"])
    assert forms.undecided() == ("so",)
    assert forms.number_forms() == {}


def test_both_forms_in_one_column_decide_nothing_and_are_named() -> None:
    forms = forms_of(["1.234,5", "1,234.5"])
    assert forms.contradictory() == ("so",)
    assert forms.number_forms() == {}


def test_an_integer_with_three_digits_behind_the_dot_has_thousands() -> None:
    forms = forms_of(["1.234"], logical_type=LogicalType.INTEGER)
    assert forms.number_forms() == {"so": NumberForm.VIETNAMESE}


def test_the_range_of_the_contract_tells_a_longitude_from_a_hundred_thousand() -> None:
    forms = forms_of(["105.708"], minimum=Decimal(102), maximum=Decimal(110))
    assert forms.number_forms() == {"so": NumberForm.ENGLISH}


def test_a_form_that_the_contract_declares_is_not_looked_for() -> None:
    forms = forms_of(["1,234.5"], number_form=NumberForm.VIETNAMESE)
    assert forms.number_forms() == {}


def test_whole_numbers_decide_nothing() -> None:
    forms = forms_of(["12", "1234", "x"], logical_type=INTEGER)
    assert forms.number_forms() == {}
    assert forms.undecided() == ()


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (["13/02/2025", "01/02/2025"], {"so": DateOrder.DAY_FIRST}),
        (["02/13/2025 10:30", "01/02/2025"], {"so": DateOrder.MONTH_FIRST}),
        (["01/02/2025"], {}),
    ],
)
def test_dates_that_exist_in_one_order_decide(
    values: list[str], order: dict[str, DateOrder]
) -> None:
    assert forms_of(values, logical_type=DATE).date_orders() == order
