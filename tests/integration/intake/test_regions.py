"""Lines read side by side give exactly what lines read one by one give, whatever is in them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.intake.building import DATE, INTEGER, NUMBER, column, contract_of
from tinhdata.contracts import Bilingual, Contract, DropRule, Layout
from tinhdata.intake.delimited import records, regions
from tinhdata.intake.encodings import Block, blocks, text_blocks
from tinhdata.intake.forms import ColumnForms
from tinhdata.intake.lines import Line, Region, single
from tinhdata.intake.looking import Looking
from tinhdata.intake.model import ColumnMatch, FileKind, HeaderPlace, Matched, Understanding
from tinhdata.intake.sorting import Place, Sorter
from tinhdata.intake.staging import Stage


def _block(text: str) -> Block:
    """Give a piece as it comes from the file, from its bytes."""
    return Block(data=text.encode("utf-8", "surrogateescape"))


HEADER = "Tên xã,Diện tích,Ngày báo cáo,Số hộ,Ghi chú"
LAYOUT = Layout(
    totals=("Toàn tỉnh",),
    notes=("Đơn vị lập",),
    drop=(DropRule(column="ghi_chu", values=("Bỏ",), reason=Bilingual("thử")),),
)


def contract(layout: Layout) -> Contract:
    return contract_of(
        [
            column("ten", "Tên xã", required=True),
            column("dien_tich", "Diện tích", NUMBER),
            column("ngay", "Ngày báo cáo", DATE),
            column("so_ho", "Số hộ", INTEGER),
            column("ghi_chu", "Ghi chú"),
            column("nguon", "Nguồn"),
        ],
        layout,
    )


NAMES = ("ten", "dien_tich", "ngay", "so_ho", "ghi_chu")


def understanding(least: int, *, totals_are_data: bool, filled: bool) -> Understanding:
    return Understanding(
        FileKind.TEXT,
        "x.csv",
        header=HeaderPlace(2, 1, tuple(HEADER.split(","))),
        mapping=tuple(ColumnMatch(n, at, n, Matched.EXACT) for at, n in enumerate(NAMES)),
        delimiter=",",
        least_cells=least,
        totals_are_data=totals_are_data,
        filled={"nguon": "tệp thử"} if filled else {},
    )


@dataclass
class Told:
    """Everything that reading a file says of it."""

    rows: list[dict[str, object]]
    rejects: list[dict[str, object]]
    tally: object
    forms: object


def staged(
    layout: Layout,
    seen: Understanding,
    sort: Callable[[Sorter], Iterable[Place]],
) -> Told:
    made = contract(layout)
    assert seen.header is not None
    forms = ColumnForms(made)
    with TemporaryDirectory() as folder, Stage(Path(folder), made) as stage:
        look = Looking(forms, numbers_too=True)
        stage.write(sort(Sorter(made, seen, seen.header)), look, lambda _progress: None)
        rows, rejects = stage.finish()
        stage.tally.account()
        return Told(
            pq.read_table(rows.path).to_pylist(),
            pq.read_table(rejects.path).to_pylist(),
            stage.tally,
            (
                forms.number_forms(),
                forms.undecided(),
                forms.contradictory(),
                forms.date_orders(),
            ),
        )


def both_ways(texts: list[str], layout: Layout, seen: Understanding) -> tuple[Told, Told]:
    careful = staged(layout, seen, lambda sorter: sorter.sort(records(texts, ",", 5)))
    quick = staged(
        layout, seen, lambda sorter: sorter.sort_regions(regions(map(_block, texts), ",", 5))
    )
    return careful, quick


PLAIN = st.sampled_from(
    [
        "An Khánh,12,01/02/2025,5,",
        'Đại Từ,"1.234,5",13/02/2025,7,"nói ""thật"""',
        "La Bằng,1234.5,2025-02-13,8,x",
        "Tân Thịnh,1.234,02/13/2025,9,y",
        "Công ty Total,3,,1,Có",
    ]
)
ODD = st.sampled_from(
    [
        "",
        ",,,,",
        "  ,\u00a0,\t,,",
        "Tổng cộng,99,,,",
        "tổng số: (1+2),99,,,",
        "Total,99,,,",
        " Cộng,1,2,3,4",
        "Toàn tỉnh,9,,9,",
        "Đơn vị lập biểu,,,,",
        "Ghi chú: số liệu tạm,,,,",
        "Ghi chú:",
        ",,,,chỉ có ghi chú",
        ",5,01/02/2025,6,đủ",
        HEADER,
        " Tên xã ,Diện tích,Ngày báo cáo,Số hộ,Ghi chú",
        "1,2,3,4,5",
        "A,1,2,3,4",
        "thiếu,ô",
        "An Khánh,12,01/02/2025,5",
        "thừa,1,01/02/2025,2,3,4",
        "thừa trống,1,01/02/2025,2,3,,",
        'chữ "trong" ô,1,,2,3',
        'hở,"1,,2,3',
        '"đóng"sai,1,,2,3',
        '"An\nKhánh",1,01/02/2025,2,3',
        '"nhiều\n\ndòng, có phẩy\nvà ""ngoặc""",1,,2,3',
        "\ufeffAn Khánh,1,,2,3",
        "hỏng \udcff,1,,2,3",
        "không\x00,1,,2,3",
        "bỏ,1,,2,BỎ",
        "An Khánh,1,,2, bỏ ",
        "\u2003cách,1,,2,3",
    ]
)
STRETCHES = st.tuples(st.lists(PLAIN, min_size=1, max_size=4), st.integers(1, 130)).map(
    lambda drawn: drawn[0] * drawn[1]
)
FILES = st.lists(st.one_of(STRETCHES, st.lists(ODD, max_size=3)), max_size=7).map(
    lambda stretches: [line for stretch in stretches for line in stretch]
)


def blocks_of(lines: list[str], cuts: list[int], *, ends: bool) -> list[str]:
    """Cut the file between physical lines, as it is read."""
    text = "\n".join(lines) + ("\n" if ends else "")
    physical = text.splitlines(keepends=True)
    places = sorted({cut % (len(physical) + 1) for cut in cuts} | {0, len(physical)})
    pieces = ["".join(physical[a:b]) for a, b in pairwise(places)]
    return [piece for piece in pieces if piece]


@settings(max_examples=120, deadline=None)
@given(
    FILES,
    st.lists(st.integers(0, 5_000), max_size=3),
    st.booleans(),
    st.sampled_from([Layout(), LAYOUT]),
    st.sampled_from([1, 4, 5]),
    st.booleans(),
    st.booleans(),
)
def test_rows_rejects_account_and_forms_are_the_same_both_ways(
    lines: list[str],
    cuts: list[int],
    ends: bool,
    layout: Layout,
    least: int,
    totals_are_data: bool,
    filled: bool,
) -> None:
    texts = blocks_of(["Danh sách", HEADER, *lines], cuts, ends=ends)
    seen = understanding(least, totals_are_data=totals_are_data, filled=filled)
    careful, quick = both_ways(texts, layout, seen)
    assert quick == careful


@settings(max_examples=200, deadline=None)
@given(FILES, st.lists(st.integers(0, 5_000), max_size=4), st.booleans())
def test_records_are_the_same_both_ways(lines: list[str], cuts: list[int], ends: bool) -> None:
    texts = blocks_of(lines, cuts, ends=ends)
    assert list(single(regions(map(_block, texts), ",", 5))) == list(records(texts, ",", 5))


CHARACTERS = st.text(st.sampled_from('a"\n,; \u00a0é\t'), max_size=40)


@settings(max_examples=400, deadline=None)
@given(CHARACTERS, st.sampled_from(",;\t"))
def test_any_text_gives_the_same_records_both_ways(text: str, delimiter: str) -> None:
    # Enough plain lines around it, so that stretches of them are read at once.
    plain = delimiter.join("xyz") + "\n"
    texts = [plain * 250 + text + "\n" + plain * 250]
    found = list(single(regions(map(_block, texts), delimiter, 3)))
    assert found == list(records(texts, delimiter, 3))


def test_plain_lines_come_in_regions_and_the_odd_ones_between_them_alone() -> None:
    texts = ["a,b\n" * 500 + '"c\nd",e\n' + "f,g\n" * 500]
    found = list(regions(map(_block, texts), ",", 2))
    assert sum(len(each) for each in found if isinstance(each, Region)) > 600
    assert [each for each in found if isinstance(each, Line) and each.first == 501] == [
        Line(501, 502, ["c\nd", "e"])
    ]
    assert [each.first for each in single(iter(found))] == [*range(1, 502), *range(503, 1003)]


def test_a_region_is_cut_without_copying_its_cells() -> None:
    region = Region(5, (pa.array(["a", "b", "c"]), pa.array(["", "x", "y"])))
    assert list(region.part(1, 3).lines()) == [Line(6, 6, ["b", "x"]), Line(7, 7, ["c", "y"])]
    assert region.line(0) == Line(5, 5, ["a", ""])


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [b"a,b", b"\n", b"\r\n", b"\r", b"\xef\xbb\xbf", "ế".encode(), b"\xe1", b"\xff", b"\0"]
        ),
        max_size=30,
    ).map(b"".join),
    st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]),
)
def test_pieces_of_bytes_hold_the_same_lines_as_pieces_of_text(data: bytes, codec: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_bytes(data)
        pieces = [block.text for block in blocks(path, codec)]
        assert "".join(pieces) == "".join(text_blocks(path, codec))
        assert all(piece.endswith("\n") for piece in pieces[:-1])
