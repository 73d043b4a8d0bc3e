import signal
import urllib.request

import pytest

from tests.integration.cli.running import Shell


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_the_demo_serves_signs_people_in_and_ends_cleanly(demo: Shell, by: signal.Signals) -> None:
    with demo.running("serve", "--demo", "--port", "0", "--json") as server:
        told = server.document()
        address = str(told["address"])
        with urllib.request.urlopen(f"{address}health", timeout=30) as answer:
            assert answer.status == 200
        accounts = told["accounts"]
        assert isinstance(accounts, list)
        assert len(accounts) >= 3
        port = address.rstrip("/").rpartition(":")[2]
        second = demo.json("serve", "--port", port)
        assert (second.code, second.problem) == (7, "port-taken")
        ended = server.stop(by)
    assert ended.code == 0, ended.err


def test_a_worker_ends_cleanly(demo: Shell) -> None:
    with demo.running("worker") as worker:
        assert worker.line_of_notes()
        assert worker.stop(signal.SIGTERM).code == 0
