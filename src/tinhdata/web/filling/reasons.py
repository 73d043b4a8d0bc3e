"""Why a dataset was found, and how old it is, in words. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from tinhdata.catalogue import DatasetRecord, Match, Piece, Place, Reading, ReadingKind
from tinhdata.kernel import Text, t
from tinhdata.kernel.clock import local_day
from tinhdata.web.contexts.portal import Reason

_DAYS_AS_SUCH = 60

_PLACES: Mapping[Place, Text] = MappingProxyType(
    {
        Place.NAME: t("Name of the dataset"),
        Place.COLUMN: t("Column"),
        Place.VALUE: t("Value"),
        Place.TAG: t("Keyword"),
        Place.TOPIC: t("Sector"),
        Place.AGENCY: t("Agency"),
        Place.DATABASE: t("Database"),
        Place.DESCRIPTION: t("Description"),
        Place.AREA: t("Has rows by commune, so also for"),
    }
)
_LABELLED = {
    Place.VALUE: t("Value of the column “{column}”"),
    Place.DESCRIPTION: t("Meaning of the column “{column}”"),
    Place.COLUMN: t("Column “{column}”"),
}


def titled(matches: Sequence[Match], name: str) -> tuple[Piece, ...]:
    """Give the name with the words marked, where that very name was a reason."""
    for match in matches:
        if match.place is Place.NAME and "".join(piece.text for piece in match.snippet) == name:
            return match.snippet
    return ()


def reasons(matches: Sequence[Match], name: str, language: str) -> tuple[Reason, ...]:
    """Give the reasons that the marked name does not show already."""
    title = titled(matches, name)
    return tuple(_reason(match, language) for match in matches if match.snippet != title)


def _reason(match: Match, language: str) -> Reason:
    column = match.label.in_language(language)
    text = "".join(piece.text for piece in match.snippet)
    if not column or match.place not in _LABELLED:
        return Reason(_PLACES[match.place], match.snippet)
    if match.place is Place.COLUMN and text == match.label.vi == column:
        return Reason(_PLACES[match.place], match.snippet)
    label = _LABELLED[match.place]
    return Reason(Text(label.msgid, {"column": column}), match.snippet)


_READINGS = {
    ReadingKind.ABBREVIATION: t("“{written}” was read as {meant}."),
    ReadingKind.UNKNOWN: t("No dataset has the word “{written}”; the other words were used."),
    ReadingKind.FORMER_PLACE: t("{written} is a former name; today it is {meant}."),
}


def reading_texts(readings: Sequence[Reading]) -> tuple[Text, ...]:
    """Say what abbreviations and former places were read as; the rest explains itself."""
    return tuple(_reading(each) for each in readings if each.kind in _READINGS)


def _reading(reading: Reading) -> Text:
    said = _READINGS[reading.kind]
    return Text(said.msgid, {"written": reading.written, "meant": ", ".join(reading.meant)})


def age_text(record: DatasetRecord, today: date) -> Text | None:
    """Say how long ago the rows were last published or confirmed."""
    if record.up_to is None:
        return None
    days = (today - local_day(record.up_to)).days
    if days <= 0:
        return t("updated today")
    if days == 1:
        return t("updated yesterday")
    if days <= _DAYS_AS_SUCH:
        return t("updated {days} days ago", days=days)
    return t("updated {months} months ago", months=round(days / 30.4))
