"""What things are called on the pages: levels, types, dimensions, marks; names from the pack. Pure.

Sectors and licences are named by the pack's code lists `sectors` and `licences`; what they do not
name is shown by its code.
"""

from collections.abc import Mapping
from types import MappingProxyType

from tinhdata.catalogue import Area, DatabaseKind, DatasetRecord
from tinhdata.contracts import AccessLevel, Column, Dimension, LogicalType, Personal, Severity
from tinhdata.kernel import Text, t
from tinhdata.pack import Pack
from tinhdata.web.contexts.shell import Badge, Tone
from tinhdata.web.filling.freshness import Freshness

LEVELS: Mapping[AccessLevel, Text] = MappingProxyType(
    {
        AccessLevel.OPEN: t("Open data"),
        AccessLevel.SHARED: t("Shared data"),
        AccessLevel.PRIVATE: t("Private data"),
    }
)

DIMENSIONS: Mapping[Dimension, tuple[Text, Text]] = MappingProxyType(
    {
        Dimension.ACCURATE: (
            t("Accurate"),
            t("Rows whose values have the right type, range and form."),
        ),
        Dimension.COMPLETE: (t("Complete"), t("Rows in which every required cell is filled.")),
        Dimension.CLEAN: (
            t("Clean"),
            t("Rows without repetition, contradiction or stray characters."),
        ),
        Dimension.REFERENCES: (
            t("References"),
            t("Rows whose codes stand in the code lists they refer to."),
        ),
    }
)
"""Name and meaning of each dimension that is measured when data is delivered."""

AREAS: Mapping[Area, Text] = MappingProxyType(
    {
        Area.COMMUNE: t("By commune"),
        Area.POINT: t("On the map"),
        Area.PROVINCE: t("Province as a whole"),
    }
)
"""How closely a dataset says where something is."""

GEOMETRY = t("geometry")
TYPES: Mapping[LogicalType, Text] = MappingProxyType(
    {
        LogicalType.STRING: t("text"),
        LogicalType.INTEGER: t("whole number"),
        LogicalType.NUMBER: t("number"),
        LogicalType.BOOLEAN: t("yes or no"),
        LogicalType.DATE: t("date"),
        LogicalType.TIMESTAMP: t("date and time"),
    }
)

SEVERITIES: Mapping[Severity, Text] = MappingProxyType(
    {
        Severity.INFO: t("Noted; the row is published."),
        Severity.WARNING: t("The row is published with a mark."),
        Severity.ERROR: t("The row waits in quarantine until it is mended."),
        Severity.CRITICAL: t("The whole delivery is held."),
    }
)
"""What happens where a rule of this severity fails."""

PERSONAL: Mapping[Personal, Text] = MappingProxyType(
    {Personal.BASIC: t("personal data"), Personal.SENSITIVE: t("sensitive personal data")}
)

DATABASE_KINDS: Mapping[DatabaseKind, tuple[Text, Text]] = MappingProxyType(
    {
        DatabaseKind.SHARED: (
            t("Shared databases"),
            t("Used by every agency of the province, so that nothing is kept twice."),
        ),
        DatabaseKind.SECTORAL: (
            t("Sectoral databases"),
            t("Kept by one agency for the work of its sector."),
        ),
    }
)

NUMERIC = frozenset({LogicalType.INTEGER, LogicalType.NUMBER})
TEMPORAL = frozenset({LogicalType.DATE, LogicalType.TIMESTAMP})

_LEVEL_MARKS = {
    AccessLevel.OPEN: (Tone.GOOD, "lock-open"),
    AccessLevel.SHARED: (Tone.CALM, "users"),
    AccessLevel.PRIVATE: (Tone.CALM, "lock"),
}


def level_badge(level: AccessLevel) -> Badge:
    """Mark who may see the rows."""
    tone, icon = _LEVEL_MARKS[level]
    return Badge(LEVELS[level], tone, icon)


def badges(record: DatasetRecord, fresh: Freshness) -> tuple[Badge, ...]:
    """Give the marks of a dataset: its level, whether it is made up, whether it is late."""
    marks = [level_badge(record.access_level)]
    if record.simulated:
        marks.append(Badge(t("Simulated"), Tone.SIMULATED))
    if fresh.is_late:
        marks.append(late_badge(fresh))
    return tuple(marks)


def late_badge(fresh: Freshness) -> Badge:
    """Mark by how many days an update is overdue."""
    one = fresh.days_late == 1
    said = t("One day late") if one else t("{days} days late", days=fresh.days_late)
    return Badge(said, Tone.LATE)


def sector_name(pack: Pack, sector: str, language: str) -> str:
    """Give what the pack calls a sector."""
    return code_label(pack, "sectors", sector, language)


def licence_name(pack: Pack, licence: str | None, language: str) -> str | None:
    """Give what the pack calls a licence."""
    return None if licence is None else code_label(pack, "licences", licence, language)


def code_label(pack: Pack, code_list: str, code: str, language: str) -> str:
    """Give the label of `code` in a code list of the pack, the code itself where there is none."""
    for entry in pack.code_lists.get(code_list, ()):
        if entry.code == code:
            return entry.label.in_language(language)
    return code


def label_of(column: Column, language: str) -> str:
    """Give the heading of a column."""
    return column.label.in_language(language)
