"""Abbreviations of agencies and of administrative words: expanding them and finding them in texts.

Which there are is data that the caller hands in; `COMMON_ABBREVIATIONS` are those in use all over
the country.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tinhdata.vietnam.text import fold, nfc

COMMON_ABBREVIATIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "UBND": ("Ủy ban nhân dân",), "HĐND": ("Hội đồng nhân dân",),
        "UBMTTQ": ("Ủy ban Mặt trận Tổ quốc",), "MTTQ": ("Mặt trận Tổ quốc",),
        "VPUB": ("Văn phòng Ủy ban nhân dân",), "VPCP": ("Văn phòng Chính phủ",),
        "TTPVHCC": ("Trung tâm Phục vụ hành chính công",),
        "PVHCC": ("Phục vụ hành chính công",), "TTHC": ("thủ tục hành chính",),
        "DVC": ("dịch vụ công",), "DVCTT": ("dịch vụ công trực tuyến",),
        "NN&MT": ("Nông nghiệp và Môi trường",),
        "NN&PTNT": ("Nông nghiệp và Phát triển nông thôn",),
        "TN&MT": ("Tài nguyên và Môi trường",), "TNMT": ("Tài nguyên và Môi trường",),
        "KH&CN": ("Khoa học và Công nghệ",), "KHCN": ("Khoa học và Công nghệ",),
        "TT&TT": ("Thông tin và Truyền thông",), "TTTT": ("Thông tin và Truyền thông",),
        "VHTT&DL": ("Văn hóa, Thể thao và Du lịch",),
        "VHTTDL": ("Văn hóa, Thể thao và Du lịch",),
        "GD&ĐT": ("Giáo dục và Đào tạo",), "GDĐT": ("Giáo dục và Đào tạo",),
        "LĐTB&XH": ("Lao động - Thương binh và Xã hội",),
        "LĐTBXH": ("Lao động - Thương binh và Xã hội",),
        "KH&ĐT": ("Kế hoạch và Đầu tư",), "GTVT": ("Giao thông vận tải",),
        "DT&TG": ("Dân tộc và Tôn giáo",), "BHXH": ("Bảo hiểm xã hội",),
        "BHYT": ("bảo hiểm y tế",), "BHTN": ("bảo hiểm thất nghiệp",),
        "BQL": ("Ban Quản lý",), "KCN": ("khu công nghiệp",), "CCN": ("cụm công nghiệp",),
        "CSDL": ("cơ sở dữ liệu",), "HTTT": ("hệ thống thông tin",),
        "CNTT": ("công nghệ thông tin",), "CĐS": ("chuyển đổi số",),
        "ATTT": ("an toàn thông tin",), "CBCCVC": ("cán bộ, công chức, viên chức",),
        "NSNN": ("ngân sách nhà nước",), "HTX": ("hợp tác xã",), "DN": ("doanh nghiệp",),
        "KT-XH": ("kinh tế - xã hội",), "ANTT": ("an ninh trật tự",),
        "THCS": ("trung học cơ sở",), "THPT": ("trung học phổ thông",),
        "TTYT": ("Trung tâm Y tế",), "TYT": ("Trạm Y tế",), "BV": ("bệnh viện",),
        "CA": ("Công an",), "TAND": ("Tòa án nhân dân",),
        "VKSND": ("Viện kiểm sát nhân dân",), "NHNN": ("Ngân hàng Nhà nước",),
        "TP": ("thành phố", "tư pháp"), "TT": ("thị trấn", "thông tư", "trung tâm"),
        "TX": ("thị xã",), "TTg": ("Thủ tướng Chính phủ",), "CP": ("Chính phủ", "cổ phần"),
    }
)  # fmt: skip
"""Abbreviations as written, each with what it may stand for; more than one means: ask."""


@dataclass(frozen=True, slots=True)
class FoundAbbreviation:
    """An abbreviation in a text: from which character to which, and what it may stand for."""

    start: int
    end: int
    written: str
    meanings: tuple[str, ...]

    @property
    def is_clear(self) -> bool:
        """Say whether it has one meaning only."""
        return len(self.meanings) == 1


class Abbreviations:
    """A table of abbreviations, ready for search. The longest that fits is taken."""

    def __init__(self, table: Mapping[str, Iterable[str]] = COMMON_ABBREVIATIONS) -> None:
        self._written = {_key(short): nfc(short) for short in table}
        self._by_key = {_key(short): tuple(meanings) for short, meanings in table.items()}
        self._words = re.compile(
            "|".join(
                rf"(?<!\w){_tolerant(short)}(?!\w)"
                for short in sorted((nfc(short) for short in table), key=len, reverse=True)
            )
            or r"(?!)"
        )

    def meanings(self, short: str) -> tuple[str, ...]:
        """Give what `short` may stand for, blanks, dots and marks aside; empty where unknown."""
        return self._by_key.get(_key(short), ())

    def find(self, text: str) -> tuple[FoundAbbreviation, ...]:
        """Give the abbreviations in `text`, in order. Small letters are no abbreviation."""
        return tuple(
            FoundAbbreviation(match.start(), match.end(), match[0], self.meanings(match[0]))
            for match in self._words.finditer(text)
        )

    def expand(self, text: str) -> str:
        """Give `text` with every abbreviation of one meaning written out; the others stay."""
        written = nfc(text)
        for found in reversed(self.find(written)):
            if found.is_clear:
                written = written[: found.start] + found.meanings[0] + written[found.end :]
        return written

    def abbreviate(self, text: str) -> str | None:
        """Give the shortest abbreviation that stands for the whole of `text`; None if none does."""
        wanted = fold(text)
        fitting = [
            self._written[key]
            for key, meanings in self._by_key.items()
            if any(fold(meaning) == wanted for meaning in meanings)
        ]
        return min(fitting, key=lambda short: (len(short), short), default=None)


def _key(short: str) -> str:
    return re.sub(r"[\s.]+", "", nfc(short)).upper()


def _tolerant(short: str) -> str:
    """Give a pattern for `short` as people type it: blanks around &, dots after letters."""
    return r"\s*&\s*".join(re.escape(part) for part in short.split("&"))
