"""Every error Wardline raises, on two screens.

The six kinds say what the operator does next. Each leaf has a stable ``code`` (it ends the ``type`` of an HTTP problem and is printed
by the command line) and a one-sentence ``remedy``. Messages read ``<thing> <id>: <what is>, expected <what should be>`` and hold ids
only: never media, addresses, account names or hashes of suspected material.
"""

from __future__ import annotations

from typing import ClassVar


class WardlineError(Exception):
    """The root. Never raised itself."""

    code: ClassVar[str] = "wardline-error"
    remedy: ClassVar[str] = "Read the message; if it does not help, report it with the code."

    def __init__(self, message: str, *, remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self._remedy = remedy

    @property
    def advice(self) -> str:
        """What to do next: the particular advice given when raised, else the class's remedy."""
        return self._remedy or self.remedy


# --- fix the settings ---------------------------------------------------------------------------------------------------------------
class ConfigurationError(WardlineError):
    """The installation is not set up so that this can work."""

    code = "configuration"
    remedy = "Correct wardline.toml or the file it points to, then run `wardline check`."


class NotInitialisedError(ConfigurationError):
    code = "not-initialised"
    remedy = "Run `wardline init` in the folder that shall hold the installation."


class SecretFileError(ConfigurationError):
    code = "secret-file"
    remedy = "Restore the key file from its back-up, or point the setting at it; `wardline init` makes keys for a new installation only."


class SandboxUnavailableError(ConfigurationError):
    code = "sandbox-unavailable"
    remedy = "Run on Linux with seccomp or Landlock; `wardline check` says which layers this kernel has."


class SchemaVersionError(ConfigurationError):
    code = "schema-version"
    remedy = "Stop every process of this installation and run `wardline migrate`."


# --- the caller's mistake -----------------------------------------------------------------------------------------------------------
class InputError(WardlineError):
    """What was sent is not what this takes."""

    code = "invalid-input"
    remedy = "Correct what the message names, and try again."


class NotFoundError(InputError):
    code = "not-found"
    remedy = "Check the id; records disappear when their retention ends."


class TooLargeError(InputError):
    code = "too-large"
    remedy = "Send a smaller file, or raise the cap in wardline.toml after reading what it protects."


class IdempotencyMismatchError(InputError):
    code = "idempotency-mismatch"
    remedy = "Use a new Idempotency-Key for something new; a key may be repeated with the same body only."


# --- the state moved ----------------------------------------------------------------------------------------------------------------
class ConflictError(WardlineError):
    """Somebody else was first."""

    code = "conflict"
    remedy = "Load the record again and decide on what it is now."


class VersionConflictError(ConflictError):
    code = "version-conflict"


class LeaseLostError(ConflictError):
    code = "lease-lost"
    remedy = "Claim the case again; another moderator may have taken it when the lease ran out."


class AlreadyExistsError(ConflictError):
    code = "already-exists"
    remedy = "Choose another name, or change the record that exists."


class ReferenceTakenError(ConflictError):
    code = "reference-taken"
    remedy = "Look at the receiver's answer to this report: each has a reference of its own; two that were mixed up are exchanged (`--exchange`, or the page of either), and packs that were filed as one report are said to be one (`--within`, or the page of the second)."


class PackTakenError(ConflictError):
    code = "pack-taken"
    remedy = "Ask each of them. If one filed it, record its reference; if none did, say so again, with whom you asked."


class BusyError(ConflictError):
    code = "busy"
    remedy = "Another process of this installation does this work; stop it first."


# --- law, policy or role forbids ----------------------------------------------------------------------------------------------------
class RefusedError(WardlineError):
    """Known and well formed, and still not allowed."""

    code = "refused"
    remedy = "Ask somebody whose role allows it."


class NotAuthenticatedError(RefusedError):
    code = "not-authenticated"
    remedy = "Send `Authorization: Bearer <api key>`; `wardline api-key create` makes one."


class NotAllowedError(RefusedError):
    code = "not-allowed"


class LimitReachedError(RefusedError):
    """This person was shown as much as their team's limits allow for now."""

    code = "limit-reached"
    remedy = "Decide without looking, ask for a second opinion, or pass the case on; after the pause you can look again."


class NotTakenNowError(RefusedError):
    """Somebody else chose a case for this person, who is handed none of its kind at present."""

    code = "not-taken-now"
    remedy = "Give the case to somebody else or leave it in the queue; limits, breaks and choices look alike, and the person sees their own."


class SecondPersonError(RefusedError):
    code = "second-person"
    remedy = "This act needs two people: somebody other than the proposer approves it."


class NoLegalBasisError(RefusedError):
    code = "no-legal-basis"
    remedy = "Private surfaces are scanned only where `[intake.private_scanning]` names a legal basis for the region."


class AppealTooLateError(RefusedError):
    code = "appeal-too-late"
    remedy = "Tell the person where else they may turn: a body for disputes out of court, or a court."


class RateLimitedError(RefusedError):
    code = "rate-limited"
    remedy = "Slow down and try again after the time in Retry-After."


# --- an outside system --------------------------------------------------------------------------------------------------------------
class DependencyError(WardlineError):
    """Something outside failed; the same call may succeed later."""

    code = "dependency"
    remedy = "Wardline tries again by itself; `wardline alarm list` shows what is still failing."


class IdentityProviderError(DependencyError):
    code = "identity-provider"
    remedy = "Sign in with your password meanwhile; whoever runs this installation looks why the provider does not answer."


class StoreUnavailableError(DependencyError):
    code = "store-unavailable"
    remedy = "Check the database and its disk; uploads are refused, not lost, until it answers."


class StorageFullError(DependencyError):
    code = "storage-full"
    remedy = "Free disk space; uploads are refused, not lost, and work goes on by itself afterwards."


class VaultUnavailableError(StoreUnavailableError):
    """The object store that holds the vault did not answer, or not as it should."""

    code = "vault-unavailable"
    remedy = "Check the object store and the line to it; uploads are refused, not lost, and work goes on by itself once it answers."


class VaultDeniedError(StoreUnavailableError):
    """The object store does not let us do this: credentials, rights, a bucket that is not there, or a lock on what shall be destroyed."""

    code = "vault-denied"
    remedy = "Run `wardline check`: it says which right or setting of the bucket is missing; docs/how-to/keep-evidence-in-s3.md lists them."


class AuthorityError(DependencyError):
    """The authority did not take a call. The leaves say what is known about its effect."""

    code = "authority"


class AuthorityUnreachableError(AuthorityError):
    """The call certainly had no effect: it was never sent, or the answer says that nothing was saved."""

    code = "authority-unreachable"
    remedy = "Wardline tries again by itself; if that lasts, look at this machine's network, firewall and proxy first, then at the authority's status."


class AuthorityUncertainError(AuthorityError):
    """The call may have had its effect: the answer was lost or made no sense."""

    code = "authority-uncertain"
    remedy = "Wardline tries again by itself; if that lasts, look at the authority's status first, then at a proxy that may change answers or cut them off."


class AuthorityDeniedError(AuthorityError):
    """Credentials or permissions: answer codes 2xxx and 3xxx."""

    code = "authority-denied"
    remedy = "Check the authority's user name, password file and environment; filing goes on by itself once they are right."


class AuthorityRejectedError(AuthorityError):
    """The authority says that what was sent is wrong: answer codes 4xxx. Trying again will not help."""

    code = "authority-rejected"
    remedy = "Read the referral's problem; correct the data or the settings, then file it again."


class ReportGoneError(AuthorityError):
    """The report does not exist any more, for it expired (5001), or it was retracted (5101)."""

    code = "report-gone"


class ReportFinishedError(AuthorityError):
    """The report is already finished (5102). Carries the answer, which confirms it."""

    code = "report-finished"

    def __init__(self, message: str, *, body: bytes, awaits_filing: bool = False) -> None:
        super().__init__(message)
        self.body = body
        self.awaits_filing = awaits_filing
        """The receiver has nothing of it before a person files it."""


class HashExchangeError(DependencyError):
    """A hash exchange could not be reached, or what it answered is not of its form."""

    code = "hash-exchange"
    remedy = "Wardline asks again by itself, and the list stays as it is; if that lasts, ask the exchange's owner, and name the message."


class HashExchangeDeniedError(HashExchangeError):
    """The exchange does not take these credentials, or they do not allow this."""

    code = "hash-exchange-denied"
    remedy = "Check the exchange's options and its secret file, and whether its owner lets this machine's address in."


class PlatformError(DependencyError):
    code = "platform"


class NotifierError(DependencyError):
    code = "notifier"


class WitnessError(DependencyError):
    """A witness did not take a checkpoint, or cannot give back what it took."""

    code = "witness"
    remedy = "Checkpoints are handed over again by themselves; if that lasts, see whether the witness's file or address is right."


# --- stop and call someone ----------------------------------------------------------------------------------------------------------
class IntegrityError(WardlineError):
    """What is stored is not what was written."""

    code = "integrity"
    remedy = (
        "Stop the service, keep the disk as it is, and call the person responsible for this installation."
    )


class AuditLogError(IntegrityError):
    code = "audit-log"


class OtherLogKeyError(AuditLogError):
    """The log was signed with another key than the one that is loaded, or under another name of the installation."""

    code = "other-log-key"
    remedy = (
        "Put the file log.key back that signed this log, from the copy you keep elsewhere, and make no new one: nothing was changed, and under "
        "another key the log cannot go on."
    )


class EvidenceError(IntegrityError):
    code = "evidence"


class UnknownMasterKeyError(EvidenceError):
    """What wraps the data key of an object is not among the master keys that are loaded."""

    code = "unknown-master-key"
    remedy = (
        "Put the file vault.key back that these files were sealed under, from the copy you keep elsewhere, and make no new one: nothing was "
        "changed, and without that key the evidence cannot be opened."
    )
