"""What goes wrong with accounts, sign-in and permission."""

from tinhdata.kernel import Problem, Refused, Text, t


class SignInNeeded(Refused):
    """Nobody is signed in, and this needs a person."""

    code = "sign-in-needed"


class SignInRefused(Problem):
    """The name or the password is wrong; which of them is never said."""

    code = "sign-in-refused"

    def __init__(self) -> None:
        super().__init__(
            t("The login name or the password is not right."),
            fix=t("Check both and try again; after several wrong tries there is a pause."),
        )


class SignInPaused(Problem):
    """Too many wrong tries; `seconds` is how long nothing is tried for this name or address."""

    code = "sign-in-paused"

    def __init__(self, seconds: int) -> None:
        super().__init__(
            t(
                "There were too many wrong tries. Sign-in is paused for {seconds} s.",
                seconds=seconds,
            ),
            fix=t("Wait, then try again, or ask the operator for a new password."),
        )
        self.seconds = seconds


class AccountInvalid(Problem):
    """A login name, password, role or agency of an account cannot be used as given.

    `where` is `login`, `password` or `agency`: which of them.
    """

    code = "account-invalid"


class LoginTaken(Problem):
    """Another person has this login name."""

    code = "login-taken"

    def __init__(self, login: str) -> None:
        super().__init__(
            t("The login name {login} is taken.", login=login), fix=t("Choose another one.")
        )


class AccessNotFound(Problem):
    """There is no such agency, person or key."""

    code = "access-not-found"

    def __init__(self, text: Text) -> None:
        super().__init__(text, fix=t("Check the code or choose from the list."))
