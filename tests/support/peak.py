"""The most memory that this process ever held.

`getrusage` will not do: Linux carries the peak of the process that started this one over the
`exec`, so that a child of a large pytest reads the size of pytest.
"""

import re
from pathlib import Path


def peak_mib() -> int:
    """Give the peak of resident memory since the program started, in MiB."""
    found = re.search(r"^VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1]) // 1024
