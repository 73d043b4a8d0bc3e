import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.unit.contracts.samples import changed
from tinhdata.contracts import LoadedContract, load_contract
from tinhdata.db import Database, Tx
from tinhdata.journal import Entry, Journal
from tinhdata.kernel import FixedClock, Problem, new_id
from tinhdata.registry import (
    PACK_ACTOR,
    ContractState,
    ContractUnfit,
    ContractUnknown,
    ProposalOvertaken,
    RegisteredContract,
    Registry,
    SecondPersonMissing,
    SignatureMissing,
    VersionTaken,
    VersionTooLow,
    WrongState,
)

START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
OPERATOR, APPROVER, PROTECTOR = (new_id("per") for _ in range(3))
AGENCIES = frozenset({"A99.1", "A99.2"})
V = '"1.0.0"'
CONTACT = "dulieu@example.vn"
WORDED = (("Theo dõi hồ sơ.", "Theo dõi."), (V, '"1.0.1"'))
LOOSENED = (("mask, value: token", "mask, value: last-four"), (V, '"2.0.0"'))


class Desk:
    """The register with everything that it stands on, and what its hook was told."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FixedClock(START)
        self.journal = Journal(self.clock, b"k" * 32)
        self.told: list[tuple[str, ContractState]] = []
        self.registry = Registry(
            database, self.journal, self.clock, AGENCIES.__contains__, (self._listen,)
        )

    def _listen(self, _tx: Tx, registered: RegisteredContract) -> None:
        self.told.append((registered.hash, registered.state))

    def propose(self, loaded: LoadedContract, by: str = OPERATOR) -> RegisteredContract:
        with self.database.transaction() as tx:
            return self.registry.propose(tx, by, loaded, "mau.yaml")

    def approve(
        self, loaded: LoadedContract, by: str = APPROVER, *, signed: bool = True
    ) -> RegisteredContract:
        """Approve a proposal, which the data protection officer has signed where that is needed."""
        with self.database.transaction() as tx:
            proposed = self.registry.by_hash(loaded.hash).state is ContractState.PROPOSED
            if signed and proposed and self.registry.needs_signature(loaded.hash):
                self.registry.sign(tx, PROTECTOR, loaded.hash)
            return self.registry.approve(tx, by, loaded.hash)

    def sign(self, loaded: LoadedContract, by: str = PROTECTOR) -> RegisteredContract:
        with self.database.transaction() as tx:
            return self.registry.sign(tx, by, loaded.hash)

    def activate(self, loaded: LoadedContract) -> RegisteredContract:
        with self.database.transaction() as tx:
            return self.registry.activate(tx, APPROVER, loaded.hash)

    def retire(self, loaded: LoadedContract) -> RegisteredContract:
        with self.database.transaction() as tx:
            return self.registry.retire(tx, APPROVER, loaded.hash)

    def in_force(self, loaded: LoadedContract) -> LoadedContract:
        self.propose(loaded)
        self.approve(loaded)
        self.activate(loaded)
        return loaded

    def entries(self) -> tuple[Entry, ...]:
        with self.database.read() as tx:
            return self.journal.read(tx)


@pytest.fixture
def desk(database: Database) -> Desk:
    desk = Desk(database)
    desk.in_force(communes())
    desk.told.clear()
    return desk


def loaded(*replacements: tuple[str, str]) -> LoadedContract:
    return load_contract(changed(*replacements), "mau.yaml")


def communes(*replacements: tuple[str, str]) -> LoadedContract:
    """Give the list of codes that the sample refers to."""
    return loaded(
        ("id: ho-so-vi-du", "id: danh-muc-xa"),
        ("name: ma_ho_so", "name: ma"),
        ("        relationships: [{to: danh-muc-xa.ma}]\n", ""),
        ("semanticType, value: commune-code", "unit, value: x"),
        *replacements,
    )


def test_a_contract_comes_into_force_by_two_persons_and_every_step_is_journalled(
    desk: Desk,
) -> None:
    contract = loaded()
    proposed = desk.propose(contract)
    desk.clock.move(timedelta(hours=1))
    approved = desk.approve(contract)
    active = desk.activate(contract)
    assert (proposed.state, approved.state) == (ContractState.PROPOSED, ContractState.APPROVED)
    assert desk.registry.active("ho-so-vi-du") == active
    assert active.contract == contract.contract
    assert (active.proposed_by, active.approved_by, active.source) == (
        OPERATOR,
        APPROVER,
        "mau.yaml",
    )
    assert (active.proposed_at, active.approved_at) == (START, START + timedelta(hours=1))
    assert not active.is_approved_automatically
    mine = [entry for entry in desk.entries() if entry.subject == "ho-so-vi-du"]
    assert [entry.kind for entry in mine] == [
        "contract.proposed",
        "contract.signed",
        "contract.approved",
        "contract.activated",
    ]
    assert {entry.data["hash"] for entry in mine} == {contract.hash}
    assert all(OPERATOR not in str(entry) and APPROVER not in str(entry) for entry in mine)
    assert [state for _, state in desk.told] == ["proposed", "approved", "active"]


def test_proposing_the_same_bytes_again_changes_nothing(desk: Desk) -> None:
    first = desk.propose(loaded())
    before = desk.entries()
    flow = load_contract(loaded().canonical, "other.json")
    assert desk.propose(flow, by=APPROVER) == first
    assert desk.entries() == before


def test_the_same_version_with_other_bytes_is_an_error(desk: Desk) -> None:
    desk.propose(loaded())
    with pytest.raises(VersionTaken, match=r"Version 1\.0\.0 of ho-so-vi-du"):
        desk.propose(loaded(("Theo dõi hồ sơ.", "Theo dõi.")))


@pytest.mark.parametrize(
    ("change", "version", "needed"),
    [
        (("Theo dõi hồ sơ.", "Theo dõi."), "0.9.0", "1.0.1"),
        (("[Trực tiếp, Trực tuyến]", "[Trực tiếp, Trực tuyến, Khác]"), "1.0.1", "1.1.0"),
        (("name: le_phi", "name: phi"), "1.1.0", "2.0.0"),
    ],
)
def test_the_version_must_say_how_much_changes(
    desk: Desk, change: tuple[str, str], version: str, needed: str
) -> None:
    desk.in_force(loaded())
    with pytest.raises(VersionTooLow, match=needed):
        desk.propose(loaded(change, (V, f'"{version}"')))
    assert desk.propose(loaded(change, (V, f'"{needed}"'))).state is ContractState.PROPOSED


def test_a_contract_of_an_unknown_agency_is_refused(desk: Desk) -> None:
    with pytest.raises(ContractUnfit, match=r"A99\.3"):
        desk.propose(loaded(("A99.1", "A99.3")))
    assert desk.registry.versions("ho-so-vi-du") == ()


def test_nobody_approves_his_own_proposal(desk: Desk) -> None:
    desk.propose(loaded())
    with pytest.raises(SecondPersonMissing):
        desk.approve(loaded(), by=OPERATOR)
    assert [r.state for r in desk.registry.versions("ho-so-vi-du")] == [ContractState.PROPOSED]


def test_the_demo_pack_approves_its_own_and_the_record_says_so(desk: Desk) -> None:
    desk.propose(loaded(), by=PACK_ACTOR)
    approved = desk.approve(loaded(), by=PACK_ACTOR)
    assert approved.is_approved_automatically
    entry = next(e for e in reversed(desk.entries()) if e.kind == "contract.approved")
    assert (entry.actor, entry.data["automatic"]) == (PACK_ACTOR, True)


def test_loosening_the_protection_needs_the_signature_of_a_third_person(desk: Desk) -> None:
    desk.in_force(loaded())
    looser = loaded(*LOOSENED)
    desk.propose(looser)
    with pytest.raises(SignatureMissing):
        desk.approve(looser, signed=False)
    with pytest.raises(SecondPersonMissing):
        desk.sign(looser, by=OPERATOR)
    desk.sign(looser, by=APPROVER)
    with pytest.raises(SecondPersonMissing):
        desk.approve(looser, by=APPROVER)
    approved = desk.approve(looser, by="per_khac")
    assert (approved.signed_by, approved.signed_at) == (APPROVER, START)


def test_a_signature_is_one_event_and_given_once(desk: Desk) -> None:
    desk.in_force(loaded())
    looser = loaded(*LOOSENED)
    desk.propose(looser)
    assert desk.sign(looser).signed_by == PROTECTOR
    assert desk.sign(looser, by="per_khac").signed_by == PROTECTOR
    signed = [e for e in desk.entries() if e.kind == "contract.signed"]
    assert [e.data["hash"] for e in signed].count(looser.hash) == 1
    desk.approve(looser)
    with pytest.raises(WrongState):
        desk.sign(looser)


def test_a_first_contract_with_personal_columns_waits_for_the_signature(desk: Desk) -> None:
    first = loaded()
    desk.propose(first)
    assert desk.registry.needs_signature(first.hash)
    with pytest.raises(SignatureMissing):
        desk.approve(first, signed=False)
    desk.sign(first)
    assert desk.approve(first).state is ContractState.APPROVED


def test_personal_columns_that_were_signed_for_before_need_no_other_signature(desk: Desk) -> None:
    desk.in_force(loaded())
    later = loaded((V, '"1.0.1"'))
    desk.propose(later)
    assert not desk.registry.needs_signature(later.hash)
    with pytest.raises(WrongState):
        desk.sign(later)
    assert desk.approve(later).signed_by is None


def test_even_the_pack_does_not_loosen_the_protection_alone(desk: Desk) -> None:
    desk.in_force(loaded())
    desk.propose(loaded(*LOOSENED), by=PACK_ACTOR)
    with pytest.raises(SignatureMissing):
        desk.approve(loaded(*LOOSENED), by=PACK_ACTOR, signed=False)


def test_activating_retires_the_version_before_and_old_hashes_still_give_their_contract(
    desk: Desk,
) -> None:
    first = desk.in_force(loaded())
    desk.told.clear()
    second = desk.in_force(loaded(*WORDED))
    assert desk.registry.active("ho-so-vi-du").hash == second.hash
    old = desk.registry.by_hash(first.hash)
    assert (old.state, old.contract) == (ContractState.RETIRED, first.contract)
    assert desk.registry.canonical(first.hash) == first.canonical
    assert desk.told[-2:] == [
        (first.hash, ContractState.RETIRED),
        (second.hash, ContractState.ACTIVE),
    ]


def test_a_version_that_was_overtaken_cannot_come_into_force(desk: Desk) -> None:
    desk.in_force(loaded())
    slow, fast = loaded(*WORDED), loaded((V, '"1.1.0"'), (CONTACT, "a@example.vn"))
    for contract in (slow, fast):
        desk.propose(contract)
        desk.approve(contract)
    desk.activate(fast)
    with pytest.raises(VersionTooLow):
        desk.activate(slow)
    assert desk.registry.active("ho-so-vi-du").hash == fast.hash


def test_verbs_refuse_the_wrong_state_and_repeat_without_effect(desk: Desk) -> None:
    desk.propose(loaded())
    with pytest.raises(WrongState):
        desk.activate(loaded())
    desk.approve(loaded())
    with pytest.raises(WrongState):
        desk.approve(loaded())
    assert desk.activate(loaded()) == desk.activate(loaded())
    desk.retire(loaded())
    before = desk.entries()
    assert desk.retire(loaded()).state is ContractState.RETIRED
    assert desk.entries() == before
    with pytest.raises(ContractUnknown):
        desk.registry.active("ho-so-vi-du")


def test_a_dataset_may_refer_to_its_own_key(desk: Desk) -> None:
    itself = loaded(("danh-muc-xa.ma", "ho-so-vi-du.ma_ho_so"))
    desk.propose(itself)
    assert desk.approve(itself).state is ContractState.APPROVED


@pytest.mark.parametrize("target", ["khong-co.ma", "danh-muc-xa.khong_co", "danh-muc-xa.kenh"])
def test_a_reference_that_leads_to_no_key_is_refused(desk: Desk, target: str) -> None:
    contract = loaded(("danh-muc-xa.ma", target))
    desk.propose(contract)
    with pytest.raises(ContractUnfit, match=target):
        desk.approve(contract)


def test_a_key_that_others_refer_to_does_not_go_away(desk: Desk) -> None:
    desk.in_force(loaded())
    wider = communes(("name: ma_xa\n", "name: ma_xa\n        primaryKey: true\n"), (V, '"2.0.0"'))
    desk.propose(wider)
    with pytest.raises(ContractUnfit, match="ho-so-vi-du"):
        desk.approve(wider)


def test_the_lists_show_what_is_in_force_and_what_waits(desk: Desk) -> None:
    desk.in_force(loaded())
    newer = loaded(*WORDED)
    desk.propose(newer)
    assert [r.dataset for r in desk.registry.all_active()] == ["danh-muc-xa", "ho-so-vi-du"]
    assert [r.hash for r in desk.registry.waiting()] == [newer.hash]
    assert [r.version for r in desk.registry.versions("ho-so-vi-du")] == ["1.0.0", "1.0.1"]
    comparison = desk.registry.comparison(newer.hash)
    assert comparison is not None
    assert [change.kind for change in comparison.changes] == ["text-changed"]
    assert desk.registry.comparison(loaded().hash) is None


def test_a_transaction_that_fails_leaves_no_trace(desk: Desk) -> None:
    before = desk.entries()

    def fail() -> None:
        with desk.database.transaction() as tx:
            desk.registry.propose(tx, OPERATOR, loaded())
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fail()
    assert desk.entries() == before
    with pytest.raises(ContractUnknown):
        desk.registry.by_hash(loaded().hash)


def test_two_who_activate_at_once_leave_one_version_in_force(desk: Desk) -> None:
    desk.in_force(loaded())
    rivals = [loaded((V, f'"1.{n}.0"'), (CONTACT, f"a{n}@example.vn")) for n in (1, 2)]
    for rival in rivals:
        desk.propose(rival)
        desk.approve(rival)
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def activate(contract: LoadedContract) -> None:
        start.wait()
        try:
            desk.activate(contract)
            outcomes.append("done")
        except Problem as problem:
            outcomes.append(problem.code)

    threads = [threading.Thread(target=activate, args=(rival,)) for rival in rivals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "done" in outcomes
    assert desk.registry.active("ho-so-vi-du").version == "1.2.0"
    states = [r.state for r in desk.registry.versions("ho-so-vi-du")]
    assert states.count(ContractState.ACTIVE) == 1


def test_of_two_who_propose_a_first_version_at_once_one_is_told_that_it_is_taken(
    desk: Desk,
) -> None:
    rivals = [loaded((CONTACT, f"b{n}@example.vn")) for n in range(4)]
    start = threading.Barrier(len(rivals))
    outcomes: list[str] = []

    def propose(contract: LoadedContract) -> None:
        start.wait()
        try:
            desk.propose(contract)
            outcomes.append("done")
        except Problem as problem:
            outcomes.append(problem.code)

    threads = [threading.Thread(target=propose, args=(rival,)) for rival in rivals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == sorted(["done", *[VersionTaken.code] * 3])
    assert len(desk.registry.versions("ho-so-vi-du")) == 1


def test_the_database_itself_refuses_two_versions_in_force(desk: Desk) -> None:
    desk.in_force(loaded())
    desk.propose(loaded(*WORDED))
    with pytest.raises(sa.exc.IntegrityError), desk.database.transaction() as tx:
        tx.execute(sa.text("UPDATE contract_version SET state = 'active'"))


def test_a_proposal_made_over_the_head_of_another_is_told(desk: Desk) -> None:
    desk.in_force(loaded())
    seen = desk.registry.mark("ho-so-vi-du")
    desk.propose(loaded(*WORDED))
    second = loaded(("Theo dõi hồ sơ.", "Xem hồ sơ."), (V, '"1.0.2"'))
    with pytest.raises(ProposalOvertaken, match=r"1\.0\.1"), desk.database.transaction() as tx:
        desk.registry.propose(tx, OPERATOR, second, seen=seen)
    now = desk.registry.mark("ho-so-vi-du")
    assert now != seen
    with desk.database.transaction() as tx:
        desk.registry.propose(tx, OPERATOR, second, text=b"# as typed\n", seen=now)
    assert desk.registry.text(second.hash) == b"# as typed\n"
    assert desk.registry.text(loaded().hash) is None


def test_the_next_version_is_large_enough_and_free(desk: Desk) -> None:
    assert desk.registry.next_version(loaded().contract) is None
    desk.in_force(loaded())
    worded = loaded(("Theo dõi hồ sơ.", "Theo dõi."))
    assert desk.registry.next_version(worded.contract) == "1.0.1"
    desk.propose(loaded(*WORDED))
    other = loaded(("Theo dõi hồ sơ.", "Xem hồ sơ."))
    assert desk.registry.next_version(other.contract) == "1.0.2"
    breaking = loaded(("mask, value: token", "mask, value: last-four"), (V, '"1.1.0"'))
    assert desk.registry.next_version(breaking.contract) == "2.0.0"
    assert desk.registry.next_version(loaded(*LOOSENED).contract) is None


def test_everything_in_the_way_of_a_contract_is_told_before_it_is_proposed(desk: Desk) -> None:
    desk.in_force(loaded())
    assert desk.registry.refusals(loaded()) == ()
    elsewhere = loaded(("Theo dõi hồ sơ.", "Theo dõi."), ("A99.1", "A99.9"))
    found = desk.registry.refusals(elsewhere)
    assert [type(each) for each in found] == [VersionTaken, ContractUnfit]
    assert desk.registry.refusals(loaded(*WORDED)) == ()
    known = [(each.dataset, each.version) for each in desk.registry.everything()]
    assert known == [("danh-muc-xa", "1.0.0"), ("ho-so-vi-du", "1.0.0")]


def test_a_draft_cannot_be_proposed_while_a_person_has_something_to_fill_in(desk: Desk) -> None:
    draft = load_contract(changed(("Theo dõi hồ sơ.", '"CẦN ĐIỀN: mục đích"')), "ho-so.yaml")
    with pytest.raises(ContractUnfit, match=r"ho-so\.yaml:[0-9]+"):
        desk.propose(draft)
    assert desk.registry.versions(draft.contract.id) == ()
    (told,) = desk.registry.refusals(draft)
    assert isinstance(told, ContractUnfit)
    assert "ho-so.yaml:" in str(told.text)


def test_taking_a_proposal_back_never_takes_a_contract_out_of_force(desk: Desk) -> None:
    desk.in_force(loaded())
    with desk.database.transaction() as tx, pytest.raises(WrongState):
        desk.registry.take_back(tx, OPERATOR, loaded().hash)
    assert desk.registry.active("ho-so-vi-du").version == "1.0.0"
    later = loaded((V, '"1.0.1"'))
    desk.propose(later)
    desk.approve(later)
    with desk.database.transaction() as tx:
        taken = desk.registry.take_back(tx, OPERATOR, later.hash)
        assert desk.registry.take_back(tx, OPERATOR, later.hash) == taken
    assert taken.state is ContractState.RETIRED
