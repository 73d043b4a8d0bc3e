"""What people do: deliver, mend, publish, approve, correct, waive, withdraw.

Each act looks at what stands and does what is missing, as a person does who comes back after the
machine went down. What the platform acknowledged is said at once, before anything else happens.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from tests.crash.files import COLUMNS, DATASETS, Act, Fate, Line, Mode, Sent, first, second, third
from tinhdata.access import Actor
from tinhdata.bootstrap import Platform
from tinhdata.deliveries import Delivery, Kind, State
from tinhdata.quality import CellMend, ItemQuery, QuarantinedItem
from tinhdata.warehouse import Release, ReleaseState

OFFICER, APPROVER = "canbo", "duyet"
_ALL = ItemQuery(limit=1_000)


@dataclass(frozen=True, slots=True)
class Said:
    """What the platform acknowledged to a person: a verb that returned, and what it was about."""

    verb: str
    delivery: str = ""
    release: str = ""
    item: int = 0
    column: str = ""
    value: str = ""


Say: TypeAlias = Callable[[Said], None]


def halves(content: bytes) -> Iterator[bytes]:
    """Give a file in two pieces, as a slow line would."""
    middle = len(content) // 2
    yield content[:middle]
    yield content[middle:]


class People:
    """An officer and an approver before one platform, and the worker that works for them."""

    def __init__(self, platform: Platform, mode: Mode, say: Say = lambda _said: None) -> None:
        self._deliveries = platform.deliveries
        self._platform = platform
        self._mode = mode
        self._say = say
        self._dataset = DATASETS[mode]
        self.officer = platform.access.actor(OFFICER)
        self.approver = platform.access.actor(APPROVER)

    def do(self, act: Act) -> None:
        """Do `act`, or what is missing of it."""
        match act:
            case Act.BEGIN:
                self.deliver(first(self._mode))
            case Act.DELIVER:
                self.deliver(second(self._mode))
            case Act.CORRECT:
                self._correct()
            case Act.WAIVE:
                self._waive()
            case Act.WITHDRAW:
                self._withdraw()

    def deliver_next(self) -> Delivery:
        """Deliver and publish the file that comes after everything."""
        return self.deliver(third(self._mode))

    def deliver(self, sent: Sent) -> Delivery:
        """Send a file, mend what is to be mended, have it published."""
        received = self._deliveries.receive(
            self.officer, self._dataset, halves(sent.content), sent.name
        )
        self._say(Said("receive", received.delivery.id))
        delivery = self.settled(received.delivery.id)
        if delivery.state is State.CHECKED and sent.count(Fate.MENDED):
            self._mend(delivery, sent.line(Fate.MENDED))
        return self._publish(delivery)

    def settled(self, delivery: str) -> Delivery:
        """Let all work be done and give the delivery as it stands then."""
        self._platform.work.run_until_idle("crash")
        return self._deliveries.get(self.officer, delivery)

    def _publish(self, delivery: Delivery) -> Delivery:
        if delivery.state is State.CHECKED:
            delivery = self._deliveries.publish(self.officer, delivery.id)
            self._say(Said("publish", delivery.id))
        if delivery.state is State.AWAITING:
            delivery = self._deliveries.approve(self.approver, delivery.id)
            self._say(Said("approve", delivery.id))
        return self.settled(delivery.id)

    def _mend(self, delivery: Delivery, line: Line) -> int:
        item = self._item(delivery, line)
        assert line.mend is not None
        place, value = line.mend
        column = COLUMNS[self._mode][place]
        self._deliveries.mend(self.officer, delivery.id, [CellMend(item.item, column, value)])
        self._say(Said("mend", delivery.id, item=item.item, column=column, value=value))
        return item.item

    def _item(self, delivery: Delivery, line: Line) -> QuarantinedItem:
        items = self._deliveries.items(self.officer, delivery.id, _ALL).items
        (found,) = (
            item
            for item in items
            if tuple(item.cells[column] or "" for column in COLUMNS[self._mode]) == line.cells
        )
        return found

    def _correct(self) -> None:
        parent = self._second()
        child = self._child(parent, waives=False)
        if child is None:
            item = self._mend(parent, second(self._mode).line(Fate.CORRECTED))
            child = self._deliveries.correct(self.officer, parent.id, [item])
            self._say(Said("correct", child.id))
        self._publish(self.settled(child.id))

    def _waive(self) -> None:
        parent = self._second()
        child = self._child(parent, waives=True)
        if child is None:
            item = self._item(parent, second(self._mode).line(Fate.WAIVED)).item
            child = self._deliveries.waive(
                self.approver, parent.id, [item], "Nguồn xác nhận là đúng", "Quy chế thử nghiệm"
            )
            self._say(Said("waive", child.id))
        self.settled(child.id)

    def _withdraw(self) -> None:
        """Withdraw the newest release alone, then the second file with what is built on it."""
        *_, newest = self._releases_from(2)
        if newest.state is ReleaseState.CURRENT:
            self._withdraw_one(newest)
        oldest, *_ = self._releases_from(2)
        if oldest.state is not ReleaseState.WITHDRAWN:
            self._withdraw_one(oldest)

    def _withdraw_one(self, release: Release) -> None:
        gone = self._deliveries.withdraw(
            self.approver, release.id, "Công bố nhầm", "Quy chế thử nghiệm", with_later=True
        )
        for each in gone:
            self._say(Said("withdraw", release=each.id))
        # What was served of them is put away as work.
        self._platform.work.run_until_idle("crash")

    def _releases_from(self, number: int) -> list[Release]:
        found = self._platform.warehouse.releases(self._dataset)
        return sorted((r for r in found if r.number >= number), key=lambda r: r.number)

    def _second(self) -> Delivery:
        name = second(self._mode).name
        page = self._deliveries.page(self.officer, dataset=self._dataset, limit=100)
        (found,) = (d for d in page.items if d.filename == name and d.kind is Kind.DELIVERY)
        return found

    def _child(self, parent: Delivery, *, waives: bool) -> Delivery | None:
        children = self._deliveries.children(self.officer, parent.id)
        assert sum(child.waives is waives for child in children) <= 1, children
        return next((child for child in children if child.waives is waives), None)


def actor_of(platform: Platform) -> Actor:
    """Give who may look at everything of a dataset."""
    return platform.access.actor(OFFICER)
