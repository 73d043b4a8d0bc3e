"""Pure decisions about pulls: what changed at a table, which files are taken, what may be reached.

Nothing here reads a clock, a network or a file.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fnmatch import fnmatchcase
from types import MappingProxyType

from tinhdata.kernel import Text, t
from tinhdata.sources.cycles import duration
from tinhdata.sources.model import (
    GroupMark,
    MarkValue,
    RemoteFile,
    SeenGroup,
    Source,
    TableMark,
    TakenFile,
)

_UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".swp", "~")
_LATE_COMMITS = timedelta(minutes=15)
_LATE_NUMBERS = 1_000


# --- tables


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """How the pulled columns differ from those of the last pull."""

    gone: tuple[str, ...] = ()
    retyped: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    @property
    def breaks(self) -> bool:
        """Say whether something that was there is gone or of another type."""
        return bool(self.gone or self.retyped)

    def text(self) -> Text:
        """Say it in a sentence."""
        return t(
            "The columns at the source changed: gone: {gone}; of another type: {retyped}; "
            "new: {added}.",
            gone=", ".join(self.gone) or "–",
            retyped=", ".join(self.retyped) or "–",
            added=", ".join(self.added) or "–",
        )


def schema_change(before: TableMark, now: Sequence[tuple[str, str]]) -> SchemaChange | None:
    """Compare the columns that were pulled, and what came new; None where nothing differs.

    What becomes of columns that nobody pulled, and of their order, does not matter.
    """
    old, new = dict(before.schema), dict(now)
    found = SchemaChange(
        gone=tuple(name for name in before.used if name not in new),
        retyped=tuple(name for name in before.used if name in new and new[name] != old.get(name)),
        added=tuple(name for name in new if name not in old),
    )
    return found if found != SchemaChange() else None


def suspects(before: TableMark, now: Mapping[str, SeenGroup], overlap: timedelta) -> frozenset[str]:
    """Give the groups of rows that may not be as they were pulled.

    That is a group with another number of rows or another highest mark; and, while the window is
    open, each with rows at or above the bound: a row may be changed twice within one tick of the
    mark's clock, or be committed later than a row with a higher mark. The window closes with a pull
    that comes `overlap` after the highest mark was first met.
    """
    is_open = (
        before.pulled_at is None
        or before.top_seen_at is None
        or before.pulled_at - before.top_seen_at < overlap
    )
    return frozenset(
        key
        for key, group in now.items()
        if (old := before.groups.get(key)) is None
        or (old.count, old.top) != (group.count, group.top)
        or (is_open and group.recent > 0)
    )


def vanished_groups(before: TableMark, now: Mapping[str, SeenGroup]) -> tuple[str, ...]:
    """Give the groups that were pulled and of which the source holds no row any more."""
    return tuple(sorted(key for key in before.groups if key not in now))


def with_unpublished(
    before: TableMark, now: Mapping[str, SeenGroup], wanted: frozenset[str], open_: frozenset[str]
) -> frozenset[str]:
    """Give what the next delivery must hold besides `wanted`.

    A newer delivery that shares a period with an older one takes the older one's place as a whole,
    so it must hold every period of deliveries that are not published yet (`open_`).
    """
    waiting = {key for key, group in before.groups.items() if group.delivery in open_}
    return wanted | (waiting & set(now))


def is_same_content(
    before: TableMark | None, wanted: frozenset[str], content: Mapping[str, str]
) -> bool:
    """Say whether every group that was looked at holds what it held when it was pulled last."""
    return before is not None and all(
        key in before.groups and before.groups[key].content == content.get(key) for key in wanted
    )


@dataclass(frozen=True, slots=True)
class Pulled:
    """What one look at a table brought: columns, the groups seen, and the content of some."""

    schema: tuple[tuple[str, str], ...]
    used: tuple[str, ...]
    contract: str
    top: MarkValue | None
    seen: Mapping[str, SeenGroup]
    content: Mapping[str, str]
    at: datetime


def moved_mark(before: TableMark | None, pulled: Pulled, delivery: str | None) -> TableMark:
    """Give the mark after a pull; groups of `content` are held by `delivery` (None: as before)."""
    known: Mapping[str, GroupMark] = {} if before is None else before.groups
    groups: dict[str, GroupMark] = {}
    for key, group in pulled.seen.items():
        old = known.get(key)
        holder = delivery if key in pulled.content and delivery is not None else None
        holder = holder or (old.delivery if old else "")
        content = pulled.content.get(key) or (old.content if old else "")
        groups[key] = GroupMark(group.count, group.top, content, holder)
    is_same_top = before is not None and before.top == pulled.top
    return TableMark(
        schema=pulled.schema,
        used=pulled.used,
        contract=pulled.contract,
        delivery=delivery or (before.delivery if before else ""),
        top=pulled.top,
        top_seen_at=before.top_seen_at if before and is_same_top else pulled.at,
        pulled_at=pulled.at,
        groups=MappingProxyType(groups),
        called=before.called if before else MappingProxyType({}),
    )


def overlap_of(value: MarkValue | None, overlap: str | None) -> timedelta:
    """Give for how long rows may still appear below the highest mark."""
    said = None if overlap is None else duration(overlap)
    span = _LATE_COMMITS if said is None else said.rest + timedelta(days=31 * said.months)
    return max(span, timedelta(days=1)) if value and value.type == "date" else span


def bound_below(value: MarkValue, overlap: str | None) -> MarkValue:
    """Give the bound above which rows may still appear: the highest mark less the overlap."""
    span = overlap_of(value, overlap)
    match value.type:
        case "int":
            step = int(overlap) if overlap and overlap.isdecimal() else _LATE_NUMBERS
            return MarkValue("int", str(int(value.text) - step))
        case "decimal":
            number = Decimal(overlap) if overlap and overlap.isdecimal() else Decimal(_LATE_NUMBERS)
            return MarkValue("decimal", format(Decimal(value.text) - number, "f"))
        case "datetime":
            return MarkValue("datetime", (datetime.fromisoformat(value.text) - span).isoformat())
        case "date":
            return MarkValue("date", (date.fromisoformat(value.text) - span).isoformat())
        case _:
            return value


# --- files


def is_wanted(name: str, pattern: str) -> bool:
    """Say whether a file may be taken by its name: it fits, is not hidden and not half written."""
    lower = name.lower()
    if name.startswith(".") or lower.endswith((*_UNFINISHED, ".sha256")):
        return False
    return fnmatchcase(lower, pattern.lower())


def is_settled(file: RemoteFile, known: TakenFile | None, now: datetime, settle: timedelta) -> bool:
    """Say whether a file lies unchanged long enough to be whole.

    Either its own time says so, or it was seen with the same version so long ago: clocks of other
    machines go wrong, and some servers give no time at all.
    """
    if settle == timedelta(0):
        return True
    if file.modified is not None and now - file.modified >= settle:
        return True
    return known is not None and known.version == file.version and now - known.seen_at >= settle


def is_new(file: RemoteFile, known: TakenFile | None) -> bool:
    """Say whether the content of a file may differ from what was taken under its name."""
    taken = None if known is None else known.taken_version
    return file.version is None or file.version != taken


def in_order(files: Iterable[RemoteFile]) -> tuple[RemoteFile, ...]:
    """Give files in the order in which they came into being, as far as that is known."""
    floor = datetime.min.replace(tzinfo=UTC)

    def age(file: RemoteFile) -> tuple[datetime, str]:
        modified = file.modified
        return (floor if modified is None else modified, file.name)

    return tuple(sorted(files, key=age))


# --- addresses


def cycle_of(source: Source, contract_cycle: str | None) -> str | None:
    """Give the cycle in which a source is expected to bring something."""
    return source.cycle or contract_cycle
