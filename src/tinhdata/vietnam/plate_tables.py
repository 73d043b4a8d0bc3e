"""Numbers and letters on vehicle plates, as data: whose number it is, what letters may follow.

From Thông tư 24/2023/TT-BCA (numbers of places in its annex, kept by the texts after it). Provinces
are named as of before 1/7/2025: plates issued until then stay valid, and a merged province goes on
with the numbers of all that it came from. Certainty: known from daily use and from many open lists;
not compared with the gazette. Numbers that are left out (13, 42, 44 to 46, 87, 91, 96) belong to
nobody.
"""

from collections.abc import Mapping
from types import MappingProxyType

_HANOI, _HCMC = "Hà Nội", "Thành phố Hồ Chí Minh"

PLATE_PLACES: Mapping[str, str] = MappingProxyType(
    {
        "11": "Cao Bằng", "12": "Lạng Sơn", "14": "Quảng Ninh", "15": "Hải Phòng",
        "16": "Hải Phòng", "17": "Thái Bình", "18": "Nam Định", "19": "Phú Thọ",
        "20": "Thái Nguyên", "21": "Yên Bái", "22": "Tuyên Quang", "23": "Hà Giang",
        "24": "Lào Cai", "25": "Lai Châu", "26": "Sơn La", "27": "Điện Biên", "28": "Hòa Bình",
        "29": _HANOI, "30": _HANOI, "31": _HANOI, "32": _HANOI, "33": _HANOI, "40": _HANOI,
        "34": "Hải Dương", "35": "Ninh Bình", "36": "Thanh Hóa", "37": "Nghệ An",
        "38": "Hà Tĩnh", "39": "Đồng Nai", "60": "Đồng Nai", "43": "Đà Nẵng", "47": "Đắk Lắk",
        "48": "Đắk Nông", "49": "Lâm Đồng", "41": _HCMC, "50": _HCMC, "51": _HCMC, "52": _HCMC,
        "53": _HCMC, "54": _HCMC, "55": _HCMC, "56": _HCMC, "57": _HCMC, "58": _HCMC,
        "59": _HCMC, "61": "Bình Dương", "62": "Long An", "63": "Tiền Giang", "64": "Vĩnh Long",
        "65": "Cần Thơ", "66": "Đồng Tháp", "67": "An Giang", "68": "Kiên Giang",
        "69": "Cà Mau", "70": "Tây Ninh", "71": "Bến Tre", "72": "Bà Rịa - Vũng Tàu",
        "73": "Quảng Bình", "74": "Quảng Trị", "75": "Thừa Thiên Huế", "76": "Quảng Ngãi",
        "77": "Bình Định", "78": "Phú Yên", "79": "Khánh Hòa",
        "80": "Cơ quan trung ương (Cục Cảnh sát giao thông)", "81": "Gia Lai", "82": "Kon Tum",
        "83": "Sóc Trăng", "84": "Trà Vinh", "85": "Ninh Thuận", "86": "Bình Thuận",
        "88": "Vĩnh Phúc", "89": "Hưng Yên", "90": "Hà Nam", "92": "Quảng Nam",
        "93": "Bình Phước", "94": "Bạc Liêu", "95": "Hậu Giang", "97": "Bắc Kạn",
        "98": "Bắc Giang", "99": "Bắc Ninh",
    }
)  # fmt: skip
"""The two digits in front of a plate, and who issues it."""

SERIES_LETTERS = "ABCDEFGHKLMNPSTUVXYZ"
"""Letters of a series of white and yellow plates; R stands on trailers, Đ in MĐ and TĐ."""

BLUE_LETTERS = "ABCDEFGHKLM"
"""Letters of a series of blue plates: bodies of the Party and the State."""

SPECIAL_CAR_SERIES: frozenset[str] = frozenset(
    ("CD", "DA", "HC", "KT", "LD", "MK", "R", "RM", "T", "TĐ")
)
"""Series of cars with a meaning of their own: special machines, projects, trailers, temporary."""

FOREIGN_SERIES: frozenset[str] = frozenset(("CV", "NG", "NN", "QT"))
"""Series of foreign missions, their staff, international bodies and other foreigners."""
