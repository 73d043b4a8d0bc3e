"""What is asked and told about a layer of geodata: in which coordinate system it is."""

from collections.abc import Iterator, Mapping

from tinhdata.intake import FileKind, Question, Understanding
from tinhdata.kernel import Text, t
from tinhdata.vietnam import ZONES
from tinhdata.web.contexts.shell import Choice
from tinhdata.web.posted import Posted

LAYER_KINDS: Mapping[FileKind, str | Text] = {
    FileKind.GEOJSON: "GeoJSON",
    FileKind.GEOPACKAGE: "GeoPackage",
    FileKind.SHAPEFILE: "Shapefile",
}


def layer_facts(seen: Understanding) -> Iterator[tuple[Text, str | Text]]:
    """Say by which coordinate system a layer is read."""
    if seen.crs is not None:
        yield t("Coordinate system"), seen.crs_name or seen.crs


def systems(seen: Understanding) -> tuple[Choice, ...]:
    """Offer the coordinate systems that fit; where none does and one is asked, all of them."""
    if seen.crs is None and Question.CRS not in seen.questions:
        return ()
    fitting = [
        Choice(each.key, _words(each.name, each.meridian), each.key == seen.crs)
        for each in seen.crs_candidates
    ]
    if not fitting and seen.crs is None:
        fitting = [Choice(zone.key, _words(zone.name, zone.meridian_text)) for zone in ZONES]
    if not fitting:
        return ()
    if seen.crs is None:
        return (Choice("", t("please choose"), chosen=True), *fitting)
    if any(choice.chosen for choice in fitting):
        return tuple(fitting)
    return (Choice(seen.crs, seen.crs_name or seen.crs, chosen=True), *fitting)


def _words(name: str, meridian: str) -> str | Text:
    if not meridian:
        return name
    return t("{name}, central meridian {meridian}", name=name, meridian=meridian)


def system_in(form: Posted, seen: Understanding) -> str | None:
    """Give the coordinate system that a person chose, None where it is that of the reading."""
    crs = form.text("crs")
    return crs if crs and crs != seen.crs and len(crs) <= _LONGEST else None


_LONGEST = 40
