"""Made-up population of the communes; together about 1.8 million people."""

from collections.abc import Iterator

from tinhdata.pack import Row, Samples, World

from ._chung import districts

_PEOPLE = 1_800_000
_YEAR = 2025
_RURAL, _CITY = 70.0, {"Thái Nguyên": 2300.0, "Sông Công": 1500.0, "Phổ Yên": 1050.0}
_DENSITY = {
    **_CITY,
    "Bắc Kạn": 420.0,
    "Phú Bình": 800.0,
    "Đại Từ": 380.0,
    "Phú Lương": 320.0,
    "Đồng Hỷ": 260.0,
    "Định Hóa": 230.0,
    "Võ Nhai": 90.0,
}


def _people(world: World) -> Iterator[Row]:
    chance = world.rng("dan-so-theo-xa")
    raw = []
    for commune in world.communes:
        density = _DENSITY.get(districts(commune), _RURAL)
        if districts(commune) in _CITY and not commune.is_ward:
            density /= 3
        raw.append(commune.area_km2 * density * chance.uniform(0.85, 1.2))
    for commune, weight in zip(world.communes, raw, strict=True):
        people = round(_PEOPLE * weight / sum(raw))
        yield {
            "ma_xa": commune.code,
            "nam": _YEAR,
            "dan_so": people,
            "dan_so_nu": round(people * chance.uniform(0.494, 0.512)),
            "trong_tuoi_lao_dong": round(people * chance.uniform(0.55, 0.62)),
            "so_ho": round(people / chance.uniform(3.3, 4.2)),
            "mat_do": round(people / commune.area_km2, 1),
        }


SAMPLES: Samples = {"dan-so-theo-xa": _people}
