"""Alarms, and checkpoints of the log, by e-mail."""

from __future__ import annotations

import ipaddress
import smtplib
import ssl
from collections.abc import Sequence
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from enum import StrEnum

from wardline import records
from wardline.errors import ConfigurationError, NotifierError, WitnessError


class SmtpSecurity(StrEnum):
    """How the connection is protected."""

    STARTTLS = "starttls"
    """Encrypted before anything is said; a server that cannot is refused. Source: RFC 3207."""
    TLS = "tls"
    """Encrypted from the first byte, usually port 465. Source: RFC 8314."""
    PLAIN = "plain"
    """Not encrypted; only to this machine."""


class SmtpNotifier:
    """A ``ports.Notifier`` that sends each alarm as a short plain-text message. Safe to share between threads.

    The same alarm always has the same ``Message-ID``, so that a mailbox can drop a repeat. It is a ``ports.Witness`` as well: a signed
    checkpoint in a mailbox of somebody else's is a copy that nobody here can change.

    Args:
        name: What the settings call it.
        host: The mail server.
        port: 1 to 65535.
        sender: Address the messages come from.
        recipients: Addresses, at least one.
        user: Name to sign in with; None to send without signing in.
        password: Belongs to ``user``. Never shown.
        security: Protection of the connection.
        tls: Instead of the system's trusted certificates.
        timeout_seconds: For each wait for the server.

    Raises:
        ConfigurationError: The values do not fit together.
    """

    def __init__(
        self,
        name: str,
        *,
        host: str,
        port: int,
        sender: str,
        recipients: Sequence[str],
        user: str | None = None,
        password: str | None = None,
        security: SmtpSecurity = SmtpSecurity.STARTTLS,
        tls: ssl.SSLContext | None = None,
        timeout_seconds: float = 10,
    ) -> None:
        if not recipients:
            raise ConfigurationError(f"notifier {name}: no recipients, expected at least one address")
        if (user is None) != (password is None):
            raise ConfigurationError(
                f"notifier {name}: a user without a password or the reverse, expected both or neither"
            )
        if security is SmtpSecurity.PLAIN and not _is_loopback(host):
            raise ConfigurationError(
                f"notifier {name}: unencrypted to another machine, expected starttls or tls"
            )
        self._name, self._host, self._port, self._timeout = name, host, port, timeout_seconds
        self._sender, self._recipients = (
            _address(name, sender),
            tuple(_address(name, one) for one in recipients),
        )
        self._user, self._password, self._security = user, password, security
        self._tls = tls or ssl.create_default_context()

    @property
    def name(self) -> str:
        """What the settings call it."""
        return self._name

    def notify(self, alarm: records.Alarm) -> None:
        """Deliver an alarm. See ``ports.Notifier``. It counts as delivered when the server took it for every recipient."""
        why = self._send(self._alarm_message(alarm))
        if why is not None:
            raise NotifierError(f"notifier {self._name}: {why}")

    def keep(self, checkpoint: records.Checkpoint) -> None:
        """Send a checkpoint. See ``ports.Witness``."""
        why = self._send(self._checkpoint_message(checkpoint))
        if why is not None:
            raise WitnessError(f"witness {self._name}: {why}")

    def kept(self) -> list[str]:
        """Give nothing back: what was sent lies in mailboxes. ``wardline audit verify --against`` reads a saved mail."""
        return []

    def _send(self, message: EmailMessage) -> str | None:
        """Send one message; gives why it did not reach everybody."""
        try:
            with self._connect() as server:
                refused = server.send_message(message)
        except (smtplib.SMTPException, OSError) as error:
            # The cause is left out: its text may hold addresses.
            code = getattr(error, "smtp_code", None)
            answered = f"answered {code}" if code else type(error).__name__
            return f"not sent ({answered}), expected the mail server to take it"
        if refused:
            return f"refused for {len(refused)} of {len(self._recipients)} recipients, expected none"
        return None

    def _connect(self) -> smtplib.SMTP:
        if self._security is SmtpSecurity.TLS:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=self._timeout, context=self._tls
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=self._timeout)
        try:
            if self._security is SmtpSecurity.STARTTLS:
                server.starttls(context=self._tls)
            if self._user is not None and self._password is not None:
                server.login(self._user, self._password)
        except (smtplib.SMTPException, OSError):
            server.close()
            raise
        return server

    def _message(self, message_id: str, subject: str, at: datetime) -> EmailMessage:
        message = EmailMessage()
        message["Subject"] = f"[Wardline] {subject}"
        message["From"] = self._sender
        message["To"] = self._recipients
        message["Date"] = format_datetime(at)
        message["Message-ID"] = f"<{message_id}@{self._sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"  # keeps holiday replies away. Source: RFC 3834
        return message

    def _checkpoint_message(self, checkpoint: records.Checkpoint) -> EmailMessage:
        message = self._message(
            f"checkpoint-{checkpoint.size}", f"audit log, {checkpoint.size} entries", checkpoint.at
        )
        message.set_content(
            f"{checkpoint.note}\n"
            "Keep this message. The lines above say, signed, what the audit log was at this time. Should the log ever be doubted, save the\n"
            "message as a file and run `wardline audit verify --against FILE`.\n"
        )
        return message

    def _alarm_message(self, alarm: records.Alarm) -> EmailMessage:
        subject = _one_line(alarm.subject_id)
        message = self._message(alarm.id, f"{alarm.kind.value}: {subject}", alarm.raised_at)
        message.set_content(
            f"{alarm.message}\n\n"
            f"Alarm:   {alarm.id}\nKind:    {alarm.kind.value}\nAbout:   {subject}\n"
            f"Raised:  {alarm.raised_at:%d %B %Y, %H:%M:%S} UTC\n\n"
            "See `wardline alarm list` for everything that is open.\n"
        )
        return message


def _address(name: str, text: str) -> Address:
    """Read an e-mail address; it is not repeated in the error."""
    try:
        address = Address(addr_spec=text)
    except (ValueError, IndexError, HeaderParseError):
        raise ConfigurationError(f"notifier {name}: malformed e-mail address, expected name@domain") from None
    if not (address.username and address.domain and text.isascii()):
        raise ConfigurationError(f"notifier {name}: malformed e-mail address, expected name@domain")
    return address


def _one_line(text: str) -> str:
    """Keep text from starting a new header line."""
    return "".join(character if character.isprintable() else " " for character in text)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
