"""Who follows what: asked for, confirmed, told of each change once, ended."""

import hmac
import secrets
from dataclasses import replace
from datetime import timedelta

from tinhdata.db import Database, Tx
from tinhdata.feedback import events, store
from tinhdata.feedback.changes import Changes
from tinhdata.feedback.errors import ItemUnknown, TooManyItems
from tinhdata.feedback.model import Follow, FollowState, NewFollow, SavedFilter
from tinhdata.journal import Event, Journal
from tinhdata.kernel import Clock, JSONObject, Text, new_id, t
from tinhdata.notify import Channel, Message, Notice, Notify, Recipient, new_secret
from tinhdata.registry import Registry
from tinhdata.warehouse import Release, ReleaseState, Warehouse
from tinhdata.work import WorkContext, WorkQueue

TELL = "feedback.tell"
CLEAN = "feedback.clean"
_CONFIRMED_WITHIN = timedelta(days=7)
_MOST_FAILURES = 20
_MOST_UNCONFIRMED = 3
"""Mails that ask one address to confirm something, before it has confirmed any of them."""
_FAILING = timedelta(days=14)
_VISITOR = "anonymous"
_PLATFORM = "system:feedback"


class Follows:
    """The follows of datasets and saved filters."""

    def __init__(
        self,
        db: Database,
        journal: Journal,
        clock: Clock,
        work: WorkQueue,
        registry: Registry,
        warehouse: Warehouse,
        notify: Notify,
    ) -> None:
        self._db = db
        self._journal = journal
        self._clock = clock
        self._work = work
        self._registry = registry
        self._warehouse = warehouse
        self._notify = notify
        self._changes = Changes(registry, warehouse)
        work.register(TELL, self._tell)
        work.register(CLEAN, self._clean)
        work.schedule(CLEAN, timedelta(hours=6))

    def start(self, tx: Tx, new: NewFollow, sender: str) -> Follow:
        """Write a follow; one by mail waits until the address confirmed it.

        Raises RecipientInvalid, MailMissing, and TooManyItems where an address was asked often.
        """
        self._notify.check(new.channel, new.recipient)
        by_mail = new.channel is Channel.MAIL
        if by_mail and store.unconfirmed_by(tx, new.recipient) >= _MOST_UNCONFIRMED:
            raise TooManyItems(
                t("{count} mails wait at this address for its answer.", count=_MOST_UNCONFIRMED),
                fix=t("Open the link in one of them first."),
            )
        current = self._warehouse.current(new.dataset)
        follow = Follow(
            id=new_id("flw"),
            dataset=new.dataset,
            channel=new.channel,
            recipient=new.recipient,
            language=new.language,
            saved=new.saved,
            address=new.address,
            state=FollowState.UNCONFIRMED if by_mail else FollowState.ACTIVE,
            since=self._clock.now(),
            token=secrets.token_urlsafe(24),
            secret="" if by_mail else new_secret(),
            last_release=None if current is None else current.id,
        )
        if not by_mail:
            self._replace(tx, follow)
        store.add_follow(tx, follow, sender)
        if by_mail:
            self._notify.send(tx, _recipient(follow), self._question(follow), f"{follow.id}/ask")
        else:
            self._started(tx, follow)
        return follow

    def get(self, follow_id: str, token: str) -> Follow:
        """Give a follow to whoever has its token; raises ItemUnknown."""
        with self._db.read() as tx:
            return self._known(tx, follow_id, token)

    def confirm(self, tx: Tx, follow_id: str, token: str) -> Follow:
        """Begin to tell the address that confirms, once; raises ItemUnknown."""
        follow = self._known(tx, follow_id, token)
        if follow.state is FollowState.UNCONFIRMED:
            self._replace(tx, follow)
            store.set_follow(tx, follow.id, FollowState.ACTIVE)
            self._started(tx, follow)
        return replace(follow, state=FollowState.ACTIVE)

    def stop(self, tx: Tx, follow_id: str, token: str) -> Follow:
        """End a follow and forget its address; raises ItemUnknown, also where it ended before."""
        follow = self._known(tx, follow_id, token)
        self._end(tx, follow, "wish")
        return replace(follow, state=FollowState.ENDED)

    def of_dataset(self, dataset: str) -> int:
        """Count who follows a dataset."""
        with self._db.read() as tx:
            return len(store.follows(tx, dataset, FollowState.ACTIVE))

    def on_release(self, tx: Tx, dataset: str, release: Release | None) -> None:
        """Put what changed of open data into its feed, and tell followers of it afterwards.

        A release that was told before is current again because a later one was withdrawn.
        """
        if release is None or not self._changes.is_public(release):
            return
        if self._notify.publish(tx, self._notice(release)) is not None:
            self._work.enqueue(tx, TELL, {"release": release.id}, release.id)
            return
        moment = self._clock.now().isoformat()
        self._notify.publish(tx, self._notice(release, moment))
        args: JSONObject = {"release": release.id, "withdrawn": moment}
        self._work.enqueue(tx, TELL, args, f"{release.id}/{moment}")

    # ------------------------------------------------------------------------------------------

    def _tell(self, context: WorkContext, args: JSONObject) -> None:
        release = self._warehouse.get(str(args["release"]))
        withdrawn = args.get("withdrawn")
        notice = self._notice(release, None if withdrawn is None else str(withdrawn))
        if release.state is not ReleaseState.CURRENT or not self._changes.is_public(release):
            # Of a later one followers are told by its own piece of work.
            return
        with self._db.read() as tx:
            followers = store.follows(tx, release.dataset, FollowState.ACTIVE)
        # Whoever follows the same rows since the same release is told the same.
        known: dict[tuple[str | None, SavedFilter], bool] = {}
        for follow in followers:
            if follow.last_release == release.id:
                continue
            asked = (follow.last_release, follow.saved)
            if asked not in known:
                known[asked] = self._changes.differ(self._last(follow), release, follow.saved)
            is_change = known[asked]
            with self._db.transaction() as tx:
                context.guard(tx)
                if is_change:
                    self._tell_one(tx, follow, release, notice)
                store.set_told(tx, follow.id, release.id)

    def _last(self, follow: Follow) -> Release | None:
        if follow.last_release is None:
            return None
        last = self._warehouse.get(follow.last_release)
        return None if last.state is ReleaseState.WITHDRAWN else last

    def _tell_one(self, tx: Tx, follow: Follow, release: Release, notice: Notice) -> None:
        recipient = _recipient(follow)
        if self._notify.failures(recipient.id, _FAILING) >= _MOST_FAILURES:
            self._end(tx, follow, "unreachable")
            return
        lines: tuple[Text, ...] = (notice.body,)
        facts = dict(notice.facts)
        if not follow.saved.is_empty:
            rows = self._changes.rows(release, follow.saved)
            lines = (*lines, _rows_left(rows))
            facts["rows_chosen"] = rows
        message = Message(
            subject=notice.title,
            lines=lines,
            link=follow.address or notice.link,
            stop=f"/follows/{follow.id}/stop?token={follow.token}",
            kind=notice.kind,
            facts=facts,
        )
        self._notify.send(tx, recipient, message, f"{follow.id}/{notice.key}")

    def _notice(self, release: Release, withdrawn: str | None = None) -> Notice:
        """Say what is new; `withdrawn` is the moment at which a later release was withdrawn."""
        name = self._registry.by_hash(release.contract_hash).contract.name.vi
        counts, dataset = release.counts, release.dataset
        facts: JSONObject = {
            "dataset": dataset,
            "release": release.number,
            "rows": release.rows,
            "inserted": counts.inserted,
            "updated": counts.updated,
            "deleted": counts.deleted,
        }
        title = t("New data: {name}", name=name)
        body = t(
            "Release no. {number} has {rows} rows: {inserted} new, {updated} changed, {deleted} "
            "gone.",
            number=release.number,
            rows=release.rows,
            inserted=counts.inserted,
            updated=counts.updated,
            deleted=counts.deleted,
        )
        key = f"release/{release.id}"
        if withdrawn is not None:
            title = t("Data was withdrawn: {name}", name=name)
            body = t(
                "A later release was withdrawn; release no. {number} is the current one again.",
                number=release.number,
            )
            key = f"{key}/{withdrawn}"
        kind = "release" if withdrawn is None else "withdrawal"
        return Notice(dataset, kind, title, body, f"/datasets/{dataset}", key, facts)

    def _question(self, follow: Follow) -> Message:
        name = self._registry.active(follow.dataset).contract.name.vi
        return Message(
            subject=t("Confirm that you follow “{name}”", name=name),
            lines=(
                t("Someone, you we hope, asked us to write to this address when the data changes."),
                t("Open this address to confirm it. Whoever does nothing gets no further mail."),
            ),
            link=f"/follows/{follow.id}/confirm?token={follow.token}",
            kind="follow-asked",
        )

    def _started(self, tx: Tx, follow: Follow) -> None:
        self._journal.append(
            tx,
            Event(
                events.FOLLOWED,
                _VISITOR,
                follow.id,
                {
                    "dataset": follow.dataset,
                    "channel": follow.channel.value,
                    "filtered": not follow.saved.is_empty,
                },
            ),
        )

    def _replace(self, tx: Tx, follow: Follow) -> None:
        """End what tells the same address of the same rows already: once is enough."""
        for other in store.follows(tx, follow.dataset, FollowState.ACTIVE):
            if (other.channel, other.recipient.lower(), other.saved) == (
                follow.channel,
                follow.recipient.lower(),
                follow.saved,
            ):
                self._end(tx, other, "replaced")

    def _end(self, tx: Tx, follow: Follow, why: str) -> None:
        store.set_follow(tx, follow.id, FollowState.ENDED)
        actor = _VISITOR if why == "wish" else _PLATFORM
        facts: JSONObject = {
            "dataset": follow.dataset,
            "channel": follow.channel.value,
            "why": why,
        }
        self._journal.append(tx, Event(events.UNFOLLOWED, actor, follow.id, facts))

    def _known(self, tx: Tx, follow_id: str, token: str) -> Follow:
        found = store.follow(tx, follow_id)
        if (
            found is None
            or found.state is FollowState.ENDED
            or not hmac.compare_digest(found.token.encode(), token.encode())
        ):
            raise ItemUnknown(
                t("There is no such subscription any more."),
                fix=t("Nothing needs to be done: no further message is sent."),
            )
        return found

    def _clean(self, context: WorkContext, _args: JSONObject) -> None:
        with self._db.transaction() as tx:
            context.guard(tx)
            before = self._clock.now() - _CONFIRMED_WITHIN
            for follow_id in store.unconfirmed_before(tx, before):
                found = store.follow(tx, follow_id)
                if found is not None:
                    self._end(tx, found, "unconfirmed")


def _recipient(follow: Follow) -> Recipient:
    return Recipient(follow.id, follow.channel, follow.recipient, follow.language, follow.secret)


def _rows_left(rows: int | None) -> Text:
    if rows is None:
        return t("Your filter fits the dataset no more; please set it anew.")
    return t("Your filter finds {count} rows now.", count=rows)
