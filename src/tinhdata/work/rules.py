"""When work is tried again and when a schedule is due next. Pure."""

from datetime import datetime, timedelta

from tinhdata.kernel import Problem, Text, t
from tinhdata.work.model import Trial

LONGEST_DELAY = timedelta(minutes=5)


def retry_delay(attempts: int, first: timedelta) -> timedelta:
    """Give how long to wait after attempt number `attempts`: `first`, then doubled each time."""
    return min(first * (1 << min(attempts - 1, 20)), LONGEST_DELAY)


def is_worth_another_try(error: BaseException, attempts: int, trial: Trial) -> bool:
    """Say whether `error` may be gone next time.

    A Problem says what a person has to mend, so the same attempt would end the same way; only
    those that the verb's owner named pass with time. Anything else is an accident and tried again.
    """
    if attempts >= trial.max_attempts:
        return False
    return not isinstance(error, Problem) or isinstance(error, trial.retry_on)


def reason(error: BaseException) -> Text:
    """Give what is kept about `error`: a Problem's text, else its kind without any values."""
    if isinstance(error, Problem):
        return error.text
    return t("The work stopped unexpectedly ({kind}).", kind=type(error).__name__)


def lost_reason(attempts: int) -> Text:
    """Give the reason for giving up a piece whose workers vanished each time."""
    return t("The program ended {attempts} times in the middle of this work.", attempts=attempts)


def next_due(due: datetime, every: timedelta, now: datetime) -> datetime:
    """Give the first moment of the rhythm `due`, `due + every`, ... after `now`.

    Missed moments are not made up for: after a night switched off the work is done once.
    """
    if due > now:
        return due
    return due + every * ((now - due) // every + 1)
