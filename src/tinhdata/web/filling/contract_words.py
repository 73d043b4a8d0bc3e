"""What the pages about contracts call things: states, verdicts, the four sides of a change."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from tinhdata.contracts import Bump, Change, Comparison, Finding, Severity, Verdict
from tinhdata.kernel import Text, t
from tinhdata.registry import ContractState
from tinhdata.web.contexts.contracts import Axis, Compared, Found
from tinhdata.web.contexts.shell import Badge, Tone

STATES: Mapping[ContractState, Badge] = MappingProxyType(
    {
        ContractState.PROPOSED: Badge(t("Waiting for approval"), Tone.BUSY),
        ContractState.APPROVED: Badge(t("Approved, not in force"), Tone.BUSY),
        ContractState.ACTIVE: Badge(t("Now in force"), Tone.GOOD),
        ContractState.RETIRED: Badge(t("Out of force"), Tone.CALM),
    }
)

_OK, _WARN, _BREAK, _BLOCK = Verdict
_TONES = {_OK: Tone.GOOD, _WARN: Tone.WARN, _BREAK: Tone.BAD, _BLOCK: Tone.BAD}
_CONSUMERS = {
    _OK: t("Nothing to change"),
    _WARN: t("Should take note"),
    _BREAK: t("Have to change something"),
    _BLOCK: t("Have to change something"),
}
_PRODUCERS = {
    _OK: t("Files stay good"),
    _WARN: t("Should be told"),
    _BREAK: t("Good files may fail now"),
    _BLOCK: t("Good files may fail now"),
}
_PRIVACY = {
    _OK: t("Protection stays as it is"),
    _WARN: t("Look at it once more"),
    _BREAK: t("Needs a signature"),
    _BLOCK: t("Needs a signature"),
}
_BUMPS = {
    Bump.NONE: t("The number may stay"),
    Bump.PATCH: t("The third number rises"),
    Bump.MINOR: t("The second number rises"),
    Bump.MAJOR: t("The first number rises"),
}


def compared(comparison: Comparison) -> Compared:
    """Give what changes, for those who read, those who deliver, the people in it, the version."""
    changes = comparison.changes
    version = t(
        "From {old} to {new} at least.", old=comparison.old_version, new=comparison.next_version
    )
    bump = comparison.bump
    tone = Tone.BAD if bump is Bump.MAJOR else Tone.WARN if bump is Bump.MINOR else Tone.GOOD
    return Compared(
        old_version=comparison.old_version,
        axes=(
            _axis(t("Who uses the data"), _CONSUMERS, changes, [c.consumer for c in changes]),
            _axis(t("Who delivers the data"), _PRODUCERS, changes, [c.producer for c in changes]),
            _axis(t("Privacy and law"), _PRIVACY, changes, [c.privacy for c in changes]),
            Axis(
                t("Version number"),
                Badge(_BUMPS[bump], tone),
                (version,) if bump is not Bump.NONE else (),
            ),
        ),
        needs_signatures=comparison.needs_signatures,
    )


def found(findings: Sequence[Finding]) -> tuple[Found, ...]:
    """Give findings with the number of their line."""
    return tuple(
        Found(
            int(each.where.rpartition(":")[2]),
            each.text,
            each.fix,
            Tone.BAD if each.severity in (Severity.ERROR, Severity.CRITICAL) else Tone.WARN,
        )
        for each in findings
    )


def _axis(
    title: Text,
    words: Mapping[Verdict, Text],
    changes: Sequence[Change],
    verdicts: Sequence[Verdict],
) -> Axis:
    gravest = max(verdicts, default=Verdict.OK)
    concerned = sorted(
        ((verdict, change.text) for verdict, change in zip(verdicts, changes, strict=True)),
        key=lambda pair: -pair[0],
    )
    return Axis(
        title,
        Badge(words[gravest], _TONES[gravest]),
        tuple(text for verdict, text in concerned if verdict > Verdict.OK),
    )
