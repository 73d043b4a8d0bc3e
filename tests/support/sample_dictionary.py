"""Hand-made contexts of the pages of the data dictionary."""

from collections.abc import Mapping
from datetime import date

from tinhdata.kernel import Text
from tinhdata.web.contexts import dictionary
from tinhdata.web.contexts.portal import Facet, Figure
from tinhdata.web.contexts.shell import Badge, Choice, Context, Pager, Tone

_OFFICIAL = Badge(Text("Chính thức"), Tone.GOOD)
_DRAFTED = Badge(Text("Chưa chính thức"), Tone.CALM, "pencil")
_FIGURES = (
    Figure(797, Text("phần tử còn hiệu lực"), "/dictionary"),
    Figure(12, Text("phần tử chính thức"), "/dictionary?official=1"),
    Figure(1_168, Text("cột đã quy về phần tử"), "/dictionary/coverage"),
    Figure(1_190, Text("cột trong các bộ dữ liệu"), "/dictionary/coverage"),
)


def dictionary_pages() -> Mapping[str, Context]:
    """Give the pages by name."""
    return {
        "elements": _elements(),
        "elements-none": dictionary.ElementList("", (), (), (), (), Pager(0, 0, 0), is_empty=True),
        "element": _element(),
        "coverage": _coverage(),
    }


def _elements() -> dictionary.ElementList:
    return dictionary.ElementList(
        query="",
        lines=(
            dictionary.ElementLine(
                "ma-xa",
                "Mã đơn vị hành chính cấp xã",
                "Mã năm chữ số của xã, phường.",
                "Dữ liệu danh mục",
                "Sở Khoa học và Công nghệ",
                _OFFICIAL,
                61,
            ),
            dictionary.ElementLine(
                "san-luong", "Sản lượng", "Khối lượng.", "Dữ liệu tổng hợp", None, _DRAFTED, 0
            ),
        ),
        figures=_FIGURES,
        facets=(
            Facet(
                Text("Lớp dữ liệu"),
                (Choice("master", "Dữ liệu chủ", count=120, href="/dictionary?layer=master"),),
            ),
        ),
        active=(Choice("1", "Chính thức", chosen=True, href="/dictionary"),),
        pager=Pager(1, 2, 2),
    )


def _element() -> dictionary.ElementPage:
    return dictionary.ElementPage(
        code="ma-xa",
        name="Mã đơn vị hành chính cấp xã",
        business="Mã năm chữ số của xã, phường.",
        technical="Văn bản, theo khuôn dạng [0-9]{5}.",
        management="Sở Khoa học và Công nghệ quản lý; dữ liệu mở.",
        layer="Dữ liệu danh mục",
        block="Nghiệp vụ chuyên ngành",
        agency="Sở Khoa học và Công nghệ",
        agency_href="/agencies/x",
        badge=_DRAFTED,
        source="Soạn từ hợp đồng dữ liệu",
        valid_from=date(2026, 9, 30),
        valid_to=date(2027, 1, 1),
        uses=(dictionary.UseLine("Dân số theo xã", "/datasets/x/dictionary", "ma_xa", "Mã xã"),),
    )


def _coverage() -> dictionary.CoveragePage:
    return dictionary.CoveragePage(
        figures=_FIGURES,
        lines=(
            dictionary.CoverageLine(
                "Dân số theo xã", "/datasets/x/dictionary", "Sở Tài chính", 7, 6, 1, "86 %"
            ),
        ),
        unlinked=(
            dictionary.UnlinkedLine(
                "Dân số theo xã",
                "/datasets/x/dictionary",
                "Số hộ",
                Choice("so-ho", "Số hộ", href="/dictionary/elements/so-ho"),
            ),
            dictionary.UnlinkedLine("Dân số theo xã", "/datasets/x/dictionary", "Ghi chú", None),
        ),
        more_unlinked=3,
        overlaps=(
            dictionary.OverlapLine(
                "Số dân",
                "/dictionary/elements/so-dan",
                "Mã xã",
                (
                    Choice("x", "Dân số theo xã", href="/datasets/x/dictionary"),
                    Choice("y", "Hộ dân theo xã", href="/datasets/y/dictionary"),
                ),
            ),
        ),
    )
