"""Who follows a dataset or a filter is told of each change once, and of nothing else."""

import csv
import io
import json
import re
from datetime import timedelta

import pytest

from tests.data.expectations import PACK
from tests.integration.feedback.province import GROUPS, Province
from tinhdata.access import Role
from tinhdata.deliveries import State
from tinhdata.feedback import Follow, FollowState, ItemUnknown, NewFollow, SavedFilter
from tinhdata.notify import Channel
from tinhdata.warehouse import Filter, Op

_FILE = PACK / "samples" / f"{GROUPS}.csv"


def follow(province: Province, new: NewFollow) -> Follow:
    with province.platform.db.transaction() as tx:
        return province.platform.feedback.follows.start(tx, new, "ai-do")


def by_mail() -> NewFollow:
    return NewFollow(GROUPS, Channel.MAIL, "nguoidan@example.vn")


def by_hook(province: Province, saved: SavedFilter | None = None) -> NewFollow:
    return NewFollow(
        GROUPS,
        Channel.WEBHOOK,
        province.hook.address,
        saved=saved or SavedFilter(),
        address=f"/datasets/{GROUPS}",
    )


def rows() -> list[list[str]]:
    return list(csv.reader(io.StringIO(_FILE.read_text(encoding="utf-8-sig"))))


def publish(province: Province, table: list[list[str]]) -> str:
    """Deliver and publish a changed file; give the release's id."""
    written = io.StringIO()
    csv.writer(written).writerows(table)
    deliveries = province.platform.deliveries
    officer, approver = province.person(Role.OFFICER), province.person(Role.APPROVER)
    sent = deliveries.receive(officer, GROUPS, [written.getvalue().encode()], "moi.csv")
    province.work()
    deliveries.publish(officer, sent.delivery.id)
    province.work()
    if deliveries.get(officer, sent.delivery.id).state is State.AWAITING:
        deliveries.approve(approver, sent.delivery.id)
        province.work()
    done = deliveries.get(officer, sent.delivery.id)
    assert done.release is not None, done.state
    return done.release


def changed(*lines: int) -> list[list[str]]:
    """Give the table with another name on some lines; the header is line 0."""
    table = rows()
    for line in lines:
        table[line][1] += " (sửa)"
    return table


def test_a_mail_address_is_asked_first_and_told_after_it_confirmed(province: Province) -> None:
    follows, db = province.platform.feedback.follows, province.platform.db
    new = follow(province, by_mail())
    publish(province, changed(1))
    (asked,) = province.box.mails
    link = re.search(r"https://dulieu\.example(/follows/\S+)", asked.get_content())
    assert link is not None
    assert link[1] == f"/follows/{new.id}/confirm?token={new.token}"
    with db.transaction() as tx:
        follows.confirm(tx, new.id, new.token)
    publish(province, changed(2))
    assert len(province.box.mails) == 2
    told = province.box.mails[1]
    assert f"https://dulieu.example/datasets/{GROUPS}" in told.get_content()
    assert told["List-Unsubscribe"].startswith(f"<https://dulieu.example/follows/{new.id}/stop")
    with db.transaction() as tx:
        follows.stop(tx, new.id, new.token)
    publish(province, changed(3))
    assert len(province.box.mails) == 2
    with pytest.raises(ItemUnknown):
        follows.get(new.id, new.token)


def test_a_webhook_hears_of_the_release_with_its_figures(province: Province) -> None:
    follow(province, by_hook(province))
    publish(province, changed(1))
    (posted,) = province.hook.posted
    told = json.loads(posted.body)["data"]
    assert (told["dataset"], told["updated"], told["inserted"]) == (GROUPS, 1, 0)


def test_a_saved_filter_hears_only_of_its_own_rows(province: Province) -> None:
    mine = SavedFilter((Filter("ma", Op.EQ, ("01",)),))
    follow(province, by_hook(province, mine))
    publish(province, changed(2))
    assert province.hook.posted == []
    publish(province, changed(1, 2))
    (posted,) = province.hook.posted
    assert json.loads(posted.body)["data"]["rows_chosen"] == 1


def test_a_withdrawal_is_told_as_one(province: Province) -> None:
    follow(province, by_hook(province))
    release = publish(province, changed(1))
    approver = province.person(Role.APPROVER)
    province.platform.deliveries.withdraw(approver, release, "Nhầm tệp", "Luật Dữ liệu, Điều 13")
    province.work()
    kinds = [json.loads(posted.body)["type"] for posted in province.hook.posted]
    assert kinds == ["release", "withdrawal"]
    feed = province.platform.notify.notices([GROUPS])
    assert [each.notice.kind for each in feed][:2] == ["withdrawal", "release"]


def test_what_nobody_confirms_is_forgotten_after_a_week(province: Province) -> None:
    new = follow(province, by_mail())
    province.work()
    province.clock.move(timedelta(days=8))
    province.work()
    with pytest.raises(ItemUnknown):
        province.platform.feedback.follows.get(new.id, new.token)
    assert province.events("follow.ended")[-1]["why"] == "unconfirmed"


def test_a_wrong_token_neither_confirms_nor_ends(province: Province) -> None:
    new = follow(province, by_mail())
    follows = province.platform.feedback.follows
    with province.platform.db.transaction() as tx:
        for verb in (follows.confirm, follows.stop):
            with pytest.raises(ItemUnknown):
                verb(tx, new.id, "x" * 32)
    assert follows.get(new.id, new.token).state is FollowState.UNCONFIRMED
