"""Semantic types: what a column's values are, as a bundle of rules applied when a contract loads.

A contract that says something itself is left alone; the bundle fills what it leaves open. A format
that a legal text fixes carries its source.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tinhdata.contracts.model import Bound, LogicalType, Personal
from tinhdata.kernel import Text, t

_S, _I, _N = LogicalType.STRING, LogicalType.INTEGER, LogicalType.NUMBER


@dataclass(frozen=True, slots=True)
class SemanticType:
    """A bundle of rules. `predicate` is a condition with `{column}` where the column stands.

    It uses the words of `predicates`, holds for NULL, and its failing means what `fault` says.
    """

    name: str
    meaning: str
    source: str
    logical_types: tuple[LogicalType, ...]
    example: str
    counter_example: str
    pattern: str | None = None
    min_length: int | None = None
    max_length: int | None = None
    minimum: Bound | None = None
    maximum: Bound | None = None
    unit: str | None = None
    predicate: str | None = None
    fault: Text | None = None
    fix: Text | None = None
    personal: Personal | None = None
    needs_reference: bool = False


_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_TAX_SUM = " + ".join(
    f"{weight} * try_cast(substr({{column}}, {place}, 1) AS INTEGER)"
    for place, weight in enumerate(_TAX_WEIGHTS, 1)
)
# Ten digits: the tenth is 10 less the remainder. A remainder of 0 belongs to no code. Twelve digits
# are a citizen number used as tax code (personal tax codes since 1/7/2025).
_TAX_PREDICATE = (
    "length({column}) = 12 OR "
    f"try_cast(substr({{column}}, 10, 1) AS INTEGER) = 10 - ({_TAX_SUM}) % 11"
)

_MOBILE = r"(3[2-9]|5[25689]|7[06-9]|8[1-9]|9[0-46-9])[0-9]{7}"
_PLATE_LETTER = "[A-HK-NPS-VX-Z]"
_PLATE_NUMBER = r"([0-9]{4}|[0-9]{3}\.[0-9]{2})"

_ALL = (
    SemanticType(
        "citizen-number",
        "Số định danh cá nhân: province of birth (001-096), century and sex, year, six digits.",
        "NĐ 137/2015/NĐ-CP Điều 13; TT 59/2021/TT-BCA Điều 4",
        (_S,),
        "019190001234",
        "01919000123",
        pattern=r"0(0[1-9]|[1-8][0-9]|9[0-6])[0-9]{9}",
        personal=Personal.BASIC,
    ),
    SemanticType(
        "tax-code",
        "Mã số thuế: ten digits with a check digit, -001 and so on for dependent units, or twelve.",
        "TT 105/2020/TT-BTC Điều 5; TT 86/2024/TT-BTC Điều 5",
        (_S,),
        "0100109106",
        "0100109107",
        pattern=r"[0-9]{10}(-[0-9]{3})?|[0-9]{12}",
        predicate=_TAX_PREDICATE,
        fault=t("The check digit of this tax code does not fit its other digits."),
        fix=t("Compare the code with the tax register; often two digits are swapped."),
    ),
    SemanticType(
        "agency-code",
        "Mã định danh điện tử của cơ quan: a letter, two digits, then numbers.",
        "QĐ 20/2020/QĐ-TTg Điều 5",
        (_S,),
        "A99.7",
        "99.7",
        pattern=r"[A-Y][0-9]{2}(\.[0-9]{1,3}){0,4}",
    ),
    SemanticType(
        "province-code",
        "Mã tỉnh: two digits, zero kept.",
        "QĐ 19/2025/QĐ-TTg",
        (_S,),
        "01",
        "1",
        pattern=r"[0-9]{2}",
    ),
    SemanticType(
        "commune-code",
        "Mã xã, phường: five digits, zeros kept; the list of valid codes is another dataset.",
        "QĐ 19/2025/QĐ-TTg",
        (_S,),
        "00099",
        "99",
        pattern=r"[0-9]{5}",
        needs_reference=True,
    ),
    SemanticType(
        "procedure-code",
        "Mã thủ tục hành chính, such as 1.015027, with or without the local suffix.",
        "TT 02/2017/TT-VPCP; NĐ 61/2018/NĐ-CP",
        (_S,),
        "1.015027",
        "1015027",
        pattern=r"[0-9]\.[0-9]{6}(\.[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Y][0-9]{2}(\.[0-9]{2})?)?",
    ),
    SemanticType(
        "dossier-code",
        "Mã hồ sơ: agency, day of receipt (yymmdd), number of the day.",
        "TT 01/2018/TT-VPCP Điều 19; QĐ 20/2020/QĐ-TTg",
        (_S,),
        "A99.7-260415-0001",
        "A99.7-260415",
        pattern=r"([0-9]{3}(\.[0-9]{2}){2}\.[A-Y][0-9]{2}|[A-Y][0-9]{2}(\.[0-9]{1,3}){0,4})-[0-9]{6}-[0-9]{4,}",
    ),
    SemanticType(
        "phone",
        "Telephone number of Việt Nam, 0 or +84 first, digits only; 1800 and 1900 numbers.",
        "TT 22/2014/TT-BTTTT",
        (_S,),
        "0912345678",
        "912345678",
        pattern=rf"(0|\+84)({_MOBILE}|2[0-9]{{9}})|1[89]00[0-9]{{4,6}}",
    ),
    SemanticType(
        "personal-phone",
        "Telephone number of a person, 0 or +84 first, digits only.",
        "TT 22/2014/TT-BTTTT; NĐ 356/2025/NĐ-CP Điều 3",
        (_S,),
        "0912345678",
        "19001009",
        pattern=rf"(0|\+84)({_MOBILE}|2[0-9]{{9}})",
        personal=Personal.BASIC,
    ),
    SemanticType(
        "vehicle-plate",
        "Biển số xe: cars 20A-123.45, motorcycles 20-B1 123.45, the army TM-12-34, missions.",
        "TT 24/2023/TT-BCA; NĐ 356/2025/NĐ-CP Điều 3",
        (_S,),
        "20A-123.45",
        "20J-123.45",
        pattern=(
            rf"[1-9][0-9]({_PLATE_LETTER}|CD|DA|HC|KT|LD|MK|R|RM|TĐ)-{_PLATE_NUMBER}"
            rf"|[1-9][0-9]-({_PLATE_LETTER}{{2}}|{_PLATE_LETTER}[0-9]|MĐ[0-9]) {_PLATE_NUMBER}"
            r"|[A-HK-NP-QS-VX-Z]{2}-[0-9]{2}-[0-9]{2}"
            r"|[1-9][0-9]-[0-9]{3}-(CV|NG|NN|QT)-[0-9]{2,3}"
        ),
        personal=Personal.BASIC,
    ),
    SemanticType(
        "social-insurance-number",
        "Mã số bảo hiểm xã hội: ten digits, zeros kept.",
        "QĐ 1263/QĐ-BHXH (2015), not compared with the gazette",
        (_S,),
        "0190123456",
        "190123456",
        pattern=r"[0-9]{10}",
        personal=Personal.BASIC,
    ),
    SemanticType(
        "health-card-number",
        "Mã thẻ bảo hiểm y tế: 15 characters (old), 10 digits, or a citizen number.",
        "QĐ 1351/QĐ-BHXH (2015); QĐ 1666/QĐ-BHXH (2020), not compared with the gazette",
        (_S,),
        "DN4190190123456",
        "DN6190190123456",
        pattern=r"[A-Z]{2}[1-5][0-9]{12}|[0-9]{10}|[0-9]{12}",
        personal=Personal.BASIC,
    ),
    SemanticType(
        "old-procedure-code",
        "Mã thủ tục hành chính cũ, such as BTP-278897 or T-TNG-123456-TT.",
        "as seen in decisions of 2010 to 2018",
        (_S,),
        "BTP-278897",
        "1.015027",
        pattern=r"([BT]-)?[A-ZĐ]{2,6}-[0-9]{6}(-TT)?",
    ),
    SemanticType(
        "vsic-code",
        "Mã ngành kinh tế: a section A to V, or two to five digits.",
        "QĐ 27/2018/QĐ-TTg; QĐ 36/2025/QĐ-TTg",
        (_S,),
        "2610",
        "6",
        pattern=r"[A-V]|(0[1-9]|[1-9][0-9])[0-9]{0,3}",
    ),
    SemanticType(
        "occupation-code",
        "Mã nghề nghiệp: one to five digits, zeros kept.",
        "QĐ 34/2020/QĐ-TTg",
        (_S,),
        "25",
        "251200",
        pattern=r"[0-9]{1,5}",
    ),
    SemanticType(
        "legal-document",
        "Số, ký hiệu văn bản: 47/2020/NĐ-CP, 214/NQ-CP, 57-NQ/TW, QCVN 05:2023/BTNMT.",
        "NĐ 30/2020/NĐ-CP, Phụ lục I và III",
        (_S,),
        "47/2020/NĐ-CP",
        "47-2020",
        pattern=(
            r"[0-9]{1,6}[a-z]?/([0-9]{4}/)?[A-ZĐ][A-Za-zĐ0-9-]*"
            r"|[0-9]{1,5}-[A-ZĐ]{1,4}/[A-ZĐ][A-ZĐa-z0-9-]*"
            r"|(QCVN|TCVN) ((ISO|IEC)[/A-Z]* )?[0-9-]+:[0-9]{4}(/[A-ZĐ]+)?"
        ),
    ),
    SemanticType(
        "email",
        "Address for electronic mail.",
        "RFC 5321, section 4.1.2, without quoted local parts",
        (_S,),
        "vanthu@example.vn",
        "vanthu@example",
        pattern=r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}",
        max_length=254,
    ),
    SemanticType(
        "url",
        "Web address, http or https.",
        "RFC 3986",
        (_S,),
        "https://example.vn/a",
        "example.vn/a",
        pattern=r"https?://[^\s/?#]+[^\s]*",
        max_length=2000,
    ),
    SemanticType(
        "person-name",
        "Name of a natural person.",
        "Luật 91/2025/QH15; NĐ 356/2025/NĐ-CP Điều 3",
        (_S,),
        "Nguyễn Thị Hoà",
        "Ng0c",
        pattern=r"[^0-9@]{2,100}",
        personal=Personal.BASIC,
    ),
    SemanticType(
        "money",
        "An amount of money.",
        "unit đồng where the contract names no other",
        (_I, _N),
        "1500000",
        "-",
        unit="đồng",
    ),
    SemanticType(
        "percent",
        "A share of a whole.",
        "0 to 100",
        (_I, _N),
        "99.5",
        "101",
        minimum=0,
        maximum=100,
        unit="%",
    ),
    SemanticType(
        "latitude",
        "Degrees north, WGS 84.",
        "EPSG:4326",
        (_N,),
        "21.59",
        "121.59",
        minimum=-90,
        maximum=90,
        unit="°",
    ),
    SemanticType(
        "longitude",
        "Degrees east, WGS 84.",
        "EPSG:4326",
        (_N,),
        "105.84",
        "1105.84",
        minimum=-180,
        maximum=180,
        unit="°",
    ),
    SemanticType(
        "year",
        "A year of our era, four digits.",
        "ISO 8601",
        (_I,),
        "2025",
        "25",
        minimum=1000,
        maximum=9999,
    ),
    SemanticType(
        "quarter", "Quarter of the year.", "1 to 4", (_I,), "4", "5", minimum=1, maximum=4
    ),
    SemanticType(
        "month", "Month of the year.", "1 to 12", (_I,), "12", "13", minimum=1, maximum=12
    ),
    SemanticType(
        "numeric-code",
        "A code or ordinal that is written as a whole number; shown without signs of thousands.",
        "0 and more",
        (_I,),
        "2494",
        "-1",
        minimum=0,
    ),
    SemanticType(
        "count", "A number of things, not negative.", "0 and more", (_I,), "0", "-1", minimum=0
    ),
)

SEMANTIC_TYPES: Mapping[str, SemanticType] = MappingProxyType({entry.name: entry for entry in _ALL})
