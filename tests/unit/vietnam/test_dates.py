from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.vietnam.real_data import real_file, real_rows
from tinhdata.vietnam import (
    DateForm,
    DateOrder,
    ExcelDateSystem,
    Period,
    PeriodKind,
    Unreadable,
    find_date_order,
    from_excel_serial,
    parse_date,
    parse_moment,
    parse_month_name,
    parse_period,
)

HERE = timezone(timedelta(hours=7))
AMERICAN = DateForm(DateOrder.MONTH_FIRST)


def reason(answer: object) -> str:
    assert isinstance(answer, Unreadable), answer
    return str(answer.reason)


@pytest.mark.parametrize(
    "text",
    [
        "05/03/2025", "5/3/2025", "5-3-25", "05.03.2025", " 5 / 3 / 2025 ", "2025-03-05",
        "2025/3/5", "ngày 5 tháng 3 năm 2025", "Ngày 05 tháng 03 2025", "5 tháng 3, 2025",
        "05/03/2025 00:00:00", "2025-03-05T00:00:00Z", "5/3/2025 12:00:00 SA",
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_usual_form(text: str) -> None:
    assert parse_date(text) == date(2025, 3, 5)


def test_years_of_two_digits_fall_into_the_hundred_years_that_were_named() -> None:
    assert parse_date("1-2-29") == date(2029, 2, 1)
    assert parse_date("1-2-30") == date(1930, 2, 1)
    assert parse_date("1-2-30", DateForm(first_year=2000)) == date(2030, 2, 1)
    assert "two digits" in reason(parse_date("1-2-30", DateForm(first_year=None)))


def test_the_order_of_day_and_month_is_the_one_named() -> None:
    assert parse_date("01/11/2025") == date(2025, 11, 1)
    assert parse_date("01/11/2025", AMERICAN) == date(2025, 1, 11)
    assert "other order" in reason(parse_date("12/31/2025"))
    assert "other order" in reason(parse_date("31/12/2025", AMERICAN))


@pytest.mark.parametrize("text", ["31/02/2026", "29/02/2025", "31/04/2025", "00/01/2025", "5/0/25"])
def test_days_that_are_not_in_the_calendar_are_refused(text: str) -> None:
    assert reason(parse_date(text)) == f"“{text}” is not in the calendar."


@pytest.mark.parametrize(
    "text", ["abc", "1/2/3", "1/2-2025", "12/2025", "2025-03-05 25:00", "1/2/12345", "5/3/2025 x"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    assert "is not a date" in reason(parse_date(text))


def test_reasons_tell_an_empty_text_a_time_and_a_serial_number_apart() -> None:
    assert "empty" in reason(parse_date(" "))
    assert "time of day" in reason(parse_date("5/3/2025 10:00"))
    assert "21/01/2025" in reason(parse_date("45678"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2018/10/08 09:21:52", datetime(2018, 10, 8, 9, 21, 52, tzinfo=HERE)),
        ("01/11/2025 11:06", datetime(2025, 11, 1, 11, 6, tzinfo=HERE)),
        ("2025-03-01T10:00:00Z", datetime(2025, 3, 1, 10, tzinfo=UTC)),
        ("2025-03-01T10:00:00.123+07:00", datetime(2025, 3, 1, 10, 0, 0, 123000, tzinfo=HERE)),
        ("2025-03-01 10:00:00,5", datetime(2025, 3, 1, 10, 0, 0, 500000, tzinfo=HERE)),
        ("1/3/2025 2:30 CH", datetime(2025, 3, 1, 14, 30, tzinfo=HERE)),
        ("1/3/2025 12:05 AM", datetime(2025, 3, 1, 0, 5, tzinfo=HERE)),
        ("08h30 ngày 1/3/2025", datetime(2025, 3, 1, 8, 30, tzinfo=HERE)),
        ("1/3/2025, 8 giờ 30 phút", datetime(2025, 3, 1, 8, 30, tzinfo=HERE)),
        ("8h ngày 1/3/2025", datetime(2025, 3, 1, 8, tzinfo=HERE)),
        ("1/3/2025", datetime(2025, 3, 1, tzinfo=HERE)),
    ],
)
def test_a_moment_is_read_and_always_has_a_zone(text: str, expected: datetime) -> None:
    moment = parse_moment(text, HERE)
    assert moment == expected
    assert isinstance(moment, datetime)
    assert moment.tzinfo is not None


@pytest.mark.parametrize("text", ["1/3/2025 25:00", "1/3/2025 10:61", "1/3/2025 13:00 PM"])
def test_times_no_clock_shows_are_refused(text: str) -> None:
    assert "is not a time of day" in reason(parse_moment(text, HERE))


@given(st.datetimes(min_value=datetime(1000, 1, 1)))  # noqa: DTZ001 - the strategy adds no zone
def test_what_iso_writes_is_read_back(moment: datetime) -> None:
    aware = moment.replace(tzinfo=HERE)
    assert parse_moment(aware.isoformat(), UTC) == aware
    assert parse_date(moment.date().isoformat()) == moment.date()
    assert parse_date(f"{moment:%d/%m}/{moment.year}") == moment.date()


@given(st.text(max_size=25))
def test_no_text_makes_a_parser_fail(text: str) -> None:
    parse_date(text)
    parse_moment(text, HERE)
    parse_period(text)
    parse_month_name(text)


@pytest.mark.parametrize(
    ("serial", "day"),
    [
        (1, date(1900, 1, 1)),
        (59, date(1900, 2, 28)),
        (61, date(1900, 3, 1)),
        (45678, date(2025, 1, 21)),
        (2958465, date(9999, 12, 31)),
    ],
)
def test_excel_counts_from_1900_with_its_leap_year_that_never_was(serial: int, day: date) -> None:
    moment = from_excel_serial(serial)
    assert isinstance(moment, datetime)
    assert moment.date() == day


@pytest.mark.parametrize("serial", [60, 60.5])
def test_the_day_excel_invented_is_refused(serial: float) -> None:
    assert "29/02/1900" in reason(from_excel_serial(serial))


@pytest.mark.parametrize("serial", [0, 0.5, -1, 2958466, 2958465.9999999999, float("nan"), 1e300])
def test_numbers_beyond_the_calendar_of_excel_are_refused(serial: float) -> None:
    assert "not the number of a day" in reason(from_excel_serial(serial))


def test_a_serial_with_a_fraction_has_a_time_to_the_millisecond() -> None:
    moment = from_excel_serial(43381.3901851852)
    assert moment == datetime(2018, 10, 8, 9, 21, 52)  # noqa: DTZ001 - serials have no zone


@pytest.mark.parametrize(("serial", "day"), [(0, date(1904, 1, 1)), (60, date(1904, 3, 1))])
def test_the_system_of_1904_counts_from_its_own_day(serial: int, day: date) -> None:
    moment = from_excel_serial(serial, ExcelDateSystem.FROM_1904)
    assert isinstance(moment, datetime)
    assert moment.date() == day


def test_the_two_excel_systems_differ_by_1462_days() -> None:
    assert from_excel_serial(45678) == from_excel_serial(45678 - 1462, ExcelDateSystem.FROM_1904)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("tháng 3/2025", "2025-03"), ("T3/2025", "2025-03"), ("03/2025", "2025-03"),
        ("3-2025", "2025-03"), ("2025-03", "2025-03"), ("tháng ba năm 2025", "2025-03"),
        ("Tháng 12 năm 2025", "2025-12"), ("tháng mười hai năm 2025", "2025-12"),
        ("tháng năm năm 2025", "2025-05"), ("Th.3/2025", "2025-03"), ("2025M03", "2025-03"),
        ("quý II/2025", "2025-Q2"), ("Quý 2 năm 2025", "2025-Q2"), ("Q2/2025", "2025-Q2"),
        ("QUÝ IV NĂM 2025", "2025-Q4"), ("2025-Q2", "2025-Q2"), ("2025Q3", "2025-Q3"),
        ("2025", "2025"), ("năm 2025", "2025"), ("Năm\u00a02025", "2025"),
    ],
)  # fmt: skip
def test_periods_are_read(text: str, period: str) -> None:
    assert str(parse_period(text)) == period


@pytest.mark.parametrize("text", ["13/2025", "00/2025", "tháng 13/2025", "quý V/2025", "25", "quý"])
def test_periods_no_calendar_has_are_refused(text: str) -> None:
    assert reason(parse_period(text))


def test_a_period_of_another_length_than_expected_is_refused() -> None:
    assert parse_period("2025", PeriodKind.YEAR) == Period(2025, PeriodKind.YEAR)
    assert "not a month" in reason(parse_period("quý I/2025", PeriodKind.MONTH))
    assert "not a quarter" in reason(parse_period("2025", PeriodKind.QUARTER))
    assert "not a year" in reason(parse_period("3/2025", PeriodKind.YEAR))


@given(st.dates(), st.sampled_from(PeriodKind))
def test_a_day_lies_in_its_period_and_the_period_is_read_back(day: date, kind: PeriodKind) -> None:
    months = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}[kind]
    period = Period(day.year, kind, (day.month - 1) // months + 1)
    assert day in period
    assert period.first_day <= day <= period.last_day
    assert parse_period(str(period)) == period


def test_a_period_outside_the_calendar_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="quarter 5"):
        Period(2025, PeriodKind.QUARTER, 5)


def test_headers_of_month_columns_are_read_and_the_year_column_is_not_may() -> None:
    roman = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]
    assert [parse_month_name(name) for name in roman] == list(range(1, 13))
    assert [parse_month_name(n) for n in ("1", "T1", "Th.1", "Tháng 1", "tháng một")] == [1] * 5
    assert parse_month_name("tháng năm") == 5
    for name in ("Năm", "13", "0", "IIV", "", "Tổng"):
        assert "does not name a month" in reason(parse_month_name(name))


def test_the_order_of_a_column_is_found_from_the_dates_that_decide() -> None:
    found = find_date_order(["01/11/2025 11:06", "25/12/2025", "", "x", "2025-01-02"])
    assert found.order is DateOrder.DAY_FIRST
    assert (found.day_first, found.undecided, found.unreadable) == (1, 1, 1)
    assert find_date_order(["12/25/2025", "1/2/2025"]).order is DateOrder.MONTH_FIRST
    assert find_date_order(["1/2/2025"]).order is None
    assert find_date_order(["25/12/2025", "12/25/2025"]).order is None


def test_every_moment_of_the_real_sensor_is_read() -> None:
    lines = real_file("air-sensor-nha-be/data-esp8266-12779556-2018-10-08.csv")
    texts = [line.split(";")[0] for line in lines.read_text().splitlines()[1:]]
    moments = [parse_moment(text, UTC) for text in texts]
    assert moments[0] == datetime(2018, 10, 8, 9, 21, 52, tzinfo=UTC)
    assert [m for m in moments if isinstance(m, Unreadable)] == []


def test_the_real_job_dates_are_day_first() -> None:
    rows = real_rows("it-job-postings/ITViec_data.without-exp_skills.csv")
    column = next(n for n in rows[0] if parse_moment(rows[0][n], HERE) and "/2025" in rows[0][n])
    found = find_date_order(row[column] for row in rows)
    assert found.order is DateOrder.DAY_FIRST
    assert found.unreadable == found.month_first == 0
