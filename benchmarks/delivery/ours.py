"""Our side: deliver files in a process of its own, and say when each was released and ready.

Run as `python -m benchmarks.delivery.ours MODE FILE…`, MODE being `replace` or `upsert`; prints a
JSON object with the seconds of the last file.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import yaml
from tests.support.big_delivery import DATASET, make_pack

from tinhdata.access import Actor, ActorKind, Role
from tinhdata.bootstrap import Platform, install_pack, open_platform
from tinhdata.deliveries import State
from tinhdata.settings import Settings

_PIECE = 1 << 20


def main() -> None:
    """Deliver the files in order."""
    mode, paths = sys.argv[1], [Path(name) for name in sys.argv[2:]]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pack = _in_mode(make_pack(folder / "pack"), mode)
        platform = open_platform(Settings(store=folder / "store", pack=pack, demo=True))
        try:
            install_pack(platform)
            platform.work.run_until_idle("bench")
            for path in paths:
                told = _deliver(platform, path)
        finally:
            platform.close()
    sys.stdout.write(json.dumps(told) + "\n")


def _in_mode(pack: Path, mode: str) -> Path:
    (path,) = (pack / "contracts").rglob(f"{DATASET}.yaml")
    contract = yaml.safe_load(path.read_text(encoding="utf-8"))
    delivery = {"property": "delivery", "value": {"mode": mode}}
    kept = [each for each in contract["customProperties"] if each["property"] != "delivery"]
    contract["customProperties"] = [*kept, delivery]
    path.write_text(yaml.safe_dump(contract, allow_unicode=True), encoding="utf-8")
    return pack


def _deliver(platform: Platform, path: Path) -> dict[str, object]:
    agency = platform.registry.active(DATASET).contract.agency
    officer = Actor("per_bench", "", ActorKind.PERSON, frozenset({Role.OFFICER}), agency)
    deliveries, started = platform.deliveries, time.perf_counter()
    took = {}
    found = deliveries.receive(officer, DATASET, _pieces(path), path.name).delivery.id
    took["received"] = time.perf_counter() - started
    _until(platform, officer, found, State.CHECKED)
    took["checked"] = time.perf_counter() - started
    deliveries.publish(officer, found)
    _until(platform, officer, found, State.RELEASED)
    took["released"] = time.perf_counter() - started
    done = deliveries.get(officer, found)
    release = platform.warehouse.get(done.release or "")
    while not platform.warehouse.has_cache(release) and platform.work.run_once("bench"):
        pass
    took["ready"] = time.perf_counter() - started
    platform.work.run_until_idle("bench")
    return {
        **took,
        "rows": release.rows,
        "made": done.rows.made,
        "held": done.rows.quarantined,
        "served": platform.warehouse.has_cache(release),
    }


def _until(platform: Platform, officer: Actor, delivery: str, state: State) -> None:
    """Do one piece of work after the other until the delivery stands in `state`."""
    while (now := platform.deliveries.get(officer, delivery)).state is not state:
        if not platform.work.run_once("bench"):
            raise RuntimeError(f"the delivery ended as {now.state}: {now.problem}")


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


if __name__ == "__main__":
    main()
