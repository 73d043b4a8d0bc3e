"""What can go wrong with registers and terms of use."""

from tinhdata.kernel import Problem, t


class RegisterUnknown(Problem):
    """There is no register of this name, or the province has not published it."""

    code = "register-unknown"

    def __init__(self, name: str) -> None:
        super().__init__(
            t("There is no register “{name}”.", name=name[:100]),
            fix=t("The list of registers names those that the province publishes."),
        )


class TermsUnknown(Problem):
    """There is no edition of the terms of use with this number."""

    code = "terms-unknown"

    def __init__(self, version: str) -> None:
        super().__init__(
            t("There is no edition “{version}” of the terms of use.", version=version[:40]),
            fix=t("The page of the terms of use lists every edition."),
        )
