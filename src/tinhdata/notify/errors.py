"""What notifications refuse."""

from tinhdata.kernel import Problem


class RecipientInvalid(Problem):
    """The mail address or web address cannot be written to."""

    code = "recipient-invalid"


class MailMissing(Problem):
    """No mail server is configured, so nothing can be sent by mail."""

    code = "mail-not-configured"
