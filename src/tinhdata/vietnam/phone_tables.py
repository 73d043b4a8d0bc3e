"""Prefixes of the country's telephone numbers, as data: mobile, fixed lines, and what was before.

From the numbering plan of Thông tư 22/2014/TT-BTTTT and the two changes made under it: fixed lines
in three steps of 2017, mobile numbers of eleven digits from 15/9 to 14/11/2018. Certainty: the
tables were widely announced by the operators and are in daily use; they were not compared with the
gazette. Which operator a mobile number belongs to is left out: numbers move between operators.
"""

from collections.abc import Mapping
from types import MappingProxyType

MOBILE_PREFIXES: frozenset[str] = frozenset(
    (
        *("32", "33", "34", "35", "36", "37", "38", "39"),
        *("52", "55", "56", "58", "59"),
        *("70", "76", "77", "78", "79"),
        *("81", "82", "83", "84", "85", "86", "87", "88", "89"),
        *("90", "91", "92", "93", "94", "96", "97", "98", "99"),
    )
)
"""First two digits of a mobile number after the 0; seven digits follow."""

FORMER_MOBILE: Mapping[str, str] = MappingProxyType(
    {
        "120": "70", "121": "79", "122": "77", "126": "76", "128": "78",
        "123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
        "162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38",
        "169": "39", "186": "56", "188": "58", "199": "59",
    }
)  # fmt: skip
"""First three digits after the 0 of the mobile numbers of eleven digits, and what they became."""

LANDLINE_AREAS: Mapping[str, str] = MappingProxyType(
    {
        "203": "Quảng Ninh", "204": "Bắc Giang", "205": "Lạng Sơn", "206": "Cao Bằng",
        "207": "Tuyên Quang", "208": "Thái Nguyên", "209": "Bắc Kạn", "210": "Phú Thọ",
        "211": "Vĩnh Phúc", "212": "Sơn La", "213": "Lai Châu", "214": "Lào Cai",
        "215": "Điện Biên", "216": "Yên Bái", "218": "Hòa Bình", "219": "Hà Giang",
        "220": "Hải Dương", "221": "Hưng Yên", "222": "Bắc Ninh", "225": "Hải Phòng",
        "226": "Hà Nam", "227": "Thái Bình", "228": "Nam Định", "229": "Ninh Bình",
        "232": "Quảng Bình", "233": "Quảng Trị", "234": "Thừa Thiên Huế", "235": "Quảng Nam",
        "236": "Đà Nẵng", "237": "Thanh Hóa", "238": "Nghệ An", "239": "Hà Tĩnh",
        "24": "Hà Nội", "251": "Đồng Nai", "252": "Bình Thuận", "254": "Bà Rịa - Vũng Tàu",
        "255": "Quảng Ngãi", "256": "Bình Định", "257": "Phú Yên", "258": "Khánh Hòa",
        "259": "Ninh Thuận", "260": "Kon Tum", "261": "Đắk Nông", "262": "Đắk Lắk",
        "263": "Lâm Đồng", "269": "Gia Lai", "270": "Vĩnh Long", "271": "Bình Phước",
        "272": "Long An", "273": "Tiền Giang", "274": "Bình Dương", "275": "Bến Tre",
        "276": "Tây Ninh", "277": "Đồng Tháp", "28": "Thành phố Hồ Chí Minh", "290": "Cà Mau",
        "291": "Bạc Liêu", "292": "Cần Thơ", "293": "Hậu Giang", "294": "Trà Vinh",
        "296": "An Giang", "297": "Kiên Giang", "299": "Sóc Trăng",
    }
)  # fmt: skip
"""Area codes after the 0, with the province of before 1/7/2025 that they were given to."""

FORMER_LANDLINE: Mapping[str, str] = MappingProxyType(
    {
        "22": "212", "231": "213", "20": "214", "230": "215", "29": "216", "52": "232",
        "53": "233", "54": "234", "510": "235", "511": "236", "37": "237", "38": "238",
        "39": "239", "33": "203", "240": "204", "25": "205", "26": "206", "27": "207",
        "280": "208", "281": "209", "320": "220", "321": "221", "241": "222", "31": "225",
        "351": "226", "36": "227", "350": "228", "30": "229", "780": "290", "781": "291",
        "710": "292", "711": "293", "74": "294", "76": "296", "77": "297", "79": "299",
        "4": "24", "8": "28", "61": "251", "62": "252", "64": "254", "55": "255", "56": "256",
        "57": "257", "58": "258", "68": "259", "60": "260", "501": "261", "500": "262",
        "63": "263", "59": "269", "70": "270", "651": "271", "72": "272", "73": "273",
        "650": "274", "75": "275", "66": "276", "67": "277",
    }
)  # fmt: skip
"""Area codes until 2017 and what they became; four provinces kept theirs (210, 211, 218, 219)."""
