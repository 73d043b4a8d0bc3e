"""A dataset whose files are wide: a column per year, with marks, and units of their own."""

from tests.integration.deliveries.packing import Col, Set

PIGS = "dan-lon-thu"
AREAS = "dien-tich-thu"

_YEAR = Col(
    "nam",
    "Năm",
    "integer",
    key=2,
    required=True,
    options={"minimum": 1900, "maximum": 2100},
    custom={
        "marks": {
            "into": "tinh_trang",
            "values": {"Prel.": "sơ bộ", "(*)": "có ghi chú"},
            "default": "chính thức",
        }
    },
)
PIGS_SET = Set(
    PIGS,
    (
        Col("tinh", "Tỉnh", key=1, required=True, custom={"synonyms": ["Cities, provincies"]}),
        _YEAR,
        Col("so_con", "Số con", "integer", required=True, custom={"unit": "con"}),
        Col("tinh_trang", "Tình trạng", required=True),
    ),
    custom={
        "missingValues": [".."],
        "layout": {
            "unpivot": {"headers": ["{nam}", "Prel. {nam}"], "values": "so_con"},
            "totals": ["WHOLE COUNTRY"],
        },
    },
)
AREAS_SET = Set(
    AREAS,
    (
        Col("tinh", "Tỉnh", key=1, required=True, custom={"synonyms": ["Cities, provincies"]}),
        _YEAR,
        Col("dien_tich", "Diện tích", "number", custom={"unit": "ha", "decimals": 1}),
        Col("dan_so", "Dân số", "integer", custom={"unit": "người"}),
        Col("mat_do", "Mật độ", "number", custom={"unit": "người/km²", "decimals": 1}),
        Col("tinh_trang", "Tình trạng"),
    ),
    custom={
        "missingValues": [".."],
        "layout": {
            "totals": ["WHOLE COUNTRY"],
            "unpivot": {
                "headers": ["{nam} {value}"],
                "values": {
                    "Area": "dien_tich",
                    "Average population": "dan_so",
                    "Population density": "mat_do",
                },
            },
        },
    },
)
