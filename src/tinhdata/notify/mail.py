"""Mails: plain text in the recipient's language, handed to the configured server."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from tinhdata.kernel import t
from tinhdata.locale import say
from tinhdata.notify.model import MailServer, Sending

_TIMEOUT = 20


def compose(sending: Sending, server: MailServer, portal: str) -> EmailMessage:
    """Write the mail of a message; addresses of the portal are made whole by `portal`."""
    to, message = sending.recipient, sending.message
    mail = EmailMessage()
    mail["From"] = server.sender
    mail["To"] = to.address
    # What people wrote may stand in a subject; a header has no second line.
    mail["Subject"] = " ".join(say(message.subject, to.language).split())
    mail["Date"] = formatdate(sending.created_at.timestamp())
    mail["Message-ID"] = make_msgid(sending.id, server.sender.rpartition("@")[2].strip("> "))
    mail["Content-Language"] = to.language
    mail["Auto-Submitted"] = "auto-generated"
    lines = [say(line, to.language) for line in message.lines]
    lines.append(f"{portal}{message.link}")
    if message.stop is not None:
        stop = f"{portal}{message.stop}"
        mail["List-Unsubscribe"] = f"<{stop}>"
        # Mail programs stop it themselves with this (RFC 8058).
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        lines.append(say(t("To get no more of these mails: {address}", address=stop), to.language))
    mail.set_content("\n\n".join(lines) + "\n")
    return mail


def send(mail: EmailMessage, server: MailServer) -> None:
    """Hand a mail over; raises OSError and smtplib.SMTPException."""
    with _connected(server) as connection:
        if server.tls == "starttls":
            connection.starttls(context=ssl.create_default_context())
        if server.user is not None:
            connection.login(server.user, server.password or "")
        connection.send_message(mail)


def _connected(server: MailServer) -> smtplib.SMTP:
    if server.tls == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, timeout=_TIMEOUT, context=context)
    return smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT)
