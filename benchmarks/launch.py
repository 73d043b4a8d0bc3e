"""Starts one process, waits for it and writes what it used to the file descriptor given first.

On Linux the peak of memory of a process starts at that of the one that started it; so a measured
process is started by this small one, never by a benchmark that holds a million rows.
"""

import os
import sys


def main() -> None:
    """Run `argv[2:]`; write exit code, CPU seconds and peak KiB to descriptor `argv[1]`."""
    child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
    _, status, usage = os.wait4(child, 0)
    code = os.waitstatus_to_exitcode(status)
    told = f"{code} {usage.ru_utime + usage.ru_stime} {usage.ru_maxrss}"
    os.write(int(sys.argv[1]), told.encode())


main()
