"""Words and letters of the numbers of legal documents, as data.

Abbreviations of kinds: Nghị định 30/2020/NĐ-CP, Phụ lục III. Letters of issuing bodies: the bodies'
own documents; the list is for mending letters that lost their marks, not a list of who may issue.
"""

from collections.abc import Mapping
from types import MappingProxyType

KIND_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "hiến pháp": "hp", "bộ luật": "luat", "luật": "luat", "pháp lệnh": "pl", "lệnh": "l",
        "nghị quyết liên tịch": "nqlt", "nghị quyết": "nq", "nghị định": "nd",
        "quyết định": "qd", "thông tư liên tịch": "ttlt", "thông tư": "tt", "chỉ thị": "ct",
        "công điện": "cd", "công văn": "cv", "kế hoạch": "kh", "thông báo": "tb",
        "hướng dẫn": "hd", "kết luận": "kl", "quy định": "quy-dinh", "tờ trình": "ttr",
        "báo cáo": "bc", "chương trình": "ctr", "đề án": "da", "quy chế": "qc",
    }
)  # fmt: skip
"""Word in front of a number, and the kind it means in a urn."""

KIND_SYMBOLS: Mapping[str, str] = MappingProxyType(
    {
        "NĐ": "nd", "NQ": "nq", "NQLT": "nqlt", "QĐ": "qd", "TT": "tt", "TTLT": "ttlt",
        "CT": "ct", "CĐ": "cd", "KH": "kh", "TB": "tb", "HD": "hd", "KL": "kl", "TTR": "ttr",
        "BC": "bc", "PL": "pl", "L": "l", "QC": "qc", "CTR": "ctr", "ĐA": "da", "CV": "cv",
        "QYĐ": "quy-dinh",
    }
)  # fmt: skip
"""Letters of the kind in a number, such as NĐ in 47/2020/NĐ-CP."""

ISSUERS: tuple[str, ...] = (
    "CP", "TTg", "CTN", "TW", "TU", "BCT", "BBT", "BCĐTW", "BCĐCP", "UBTVQH", "UBND", "HĐND",
    "VPCP", "VPQH", "TTCP", "KTNN", "TANDTC", "VKSNDTC", "NHNN", "UBDT", "MTTW",
    "BCA", "BQP", "BNG", "BNV", "BTP", "BTC", "BKHĐT", "BNNMT", "BNNPTNT", "BTNMT",
    "BXD", "BGTVT", "BTTTT", "BKHCN", "BGDĐT", "BYT", "BLĐTBXH", "BVHTTDL", "BDTTG",
    "TCMT", "TCTK", "TCT", "BHXH", "BCVT", "BBCVT", "TTR", "KSTT", "TTKSTT",
)  # fmt: skip
"""Bodies as they sign, with their marks; Đ and small letters are put back from this list."""
