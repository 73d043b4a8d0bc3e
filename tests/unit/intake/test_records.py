"""Records over physical lines: each line is in exactly one record or fault."""

import csv
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tinhdata.intake.delimited import records
from tinhdata.intake.lines import Line


def lines_of(text: str, width: int | None = None, piece: int | None = None) -> list[Line]:
    lines = text.splitlines(keepends=True)
    size = piece or max(len(lines), 1)
    blocks = ["".join(lines[at : at + size]) for at in range(0, len(lines), size)]
    return list(records(blocks, ",", width))


def places(lines: list[Line]) -> list[tuple[int, int, str]]:
    return [(line.first, line.last, line.fault.code if line.fault else "ok") for line in lines]


def test_a_cell_of_several_lines_is_one_record_that_names_its_first_and_last_line() -> None:
    lines = lines_of('a,"x\ny\nz",c\nd,e,f\n', width=3)
    assert lines == [Line(1, 3, ["a", "x\ny\nz", "c"]), Line(4, 4, ["d", "e", "f"])]


def test_a_cell_may_run_over_the_pieces_in_which_a_file_is_read() -> None:
    assert lines_of('a,"x\ny\nz",c\nd,e,f\n', 3, piece=1) == lines_of('a,"x\ny\nz",c\nd,e,f\n', 3)


def test_an_unclosed_quote_costs_its_own_line_and_no_other() -> None:
    lines = lines_of('a,"b,c\nd,e,f\ng,h,i\n', width=3)
    assert places(lines) == [(1, 1, "unclosed-quote"), (2, 2, "ok"), (3, 3, "ok")]
    assert lines[0].raw == 'a,"b,c'


def test_an_unclosed_quote_is_found_in_pieces_too() -> None:
    text = 'a,"b,c\n' + "d,e,f\n" * 50
    assert lines_of(text, 3, piece=7) == lines_of(text, 3)


def test_a_quote_that_a_later_line_closes_by_chance_swallows_nothing() -> None:
    lines = lines_of('a,"b,c\nd,e,f\ng,h",i\nj,k,l\n', width=3)
    assert places(lines) == [
        (1, 1, "unclosed-quote"),
        (2, 2, "ok"),
        (3, 3, "ok"),
        (4, 4, "ok"),
    ]


def test_text_behind_a_closing_quote_costs_its_line() -> None:
    lines = lines_of('a,"b" c,d\ne,f,g\n', width=3)
    assert places(lines) == [(1, 1, "misplaced-quote"), (2, 2, "ok")]


def test_a_quote_inside_an_unquoted_cell_is_a_letter() -> None:
    assert lines_of('ống 5" thép,b\n') == [Line(1, 1, ['ống 5" thép', "b"])]


def test_a_line_with_zero_bytes_is_set_aside_alone() -> None:
    lines = lines_of("a,b\nc\0,d\ne,f\n")
    assert places(lines) == [(1, 1, "ok"), (2, 2, "zero-byte"), (3, 3, "ok")]
    assert lines[1].raw == "c\\x00,d"


def test_a_byte_order_mark_in_the_middle_is_no_letter() -> None:
    assert lines_of("a,b\n\ufeffc,d\n")[1].cells == ["c", "d"]


def test_a_cell_of_more_than_131072_characters_costs_its_line() -> None:
    csv.field_size_limit(1 << 30)  # as a library does that reads large cells
    lines = lines_of(f"a,{'x' * 140_000}\nb,c\n")
    assert places(lines) == [(1, 1, "long-cell"), (2, 2, "ok")]


@settings(max_examples=300)
@given(
    st.lists(st.text(alphabet='ab",\0 é', max_size=12), max_size=30),
    st.integers(min_value=1, max_value=5),
    st.sampled_from([None, 2, 3]),
)
def test_every_physical_line_is_in_exactly_one_record_or_fault(
    texts: list[str], piece: int, width: int | None
) -> None:
    text = "".join(f"{line}\n" for line in texts)
    lines = lines_of(text, width, piece)
    assert sum(line.last - line.first + 1 for line in lines) == len(texts)
    assert all(one.last + 1 == other.first for one, other in pairwise(lines))
    assert lines == lines_of(text, width)


def test_quotes_that_are_all_out_of_step_cost_no_more_than_a_few_readings() -> None:
    # Each line closes the cell that the line before opened and opens another one: read to the end
    # for every line, these 100,000 lines take a quarter of an hour.
    lines = lines_of('b",",d\n' * 100_000, width=3)
    assert [line.first for line in lines] == list(range(1, 100_001))
    assert {line.fault.code for line in lines if line.fault} == {"unclosed-quote"}


def test_lines_after_many_open_quotes_are_still_records() -> None:
    text = 'b",",d\n' * 3_000 + "a,b,c\n"
    assert places(lines_of(text, width=3))[-1] == (3_001, 3_001, "ok")
