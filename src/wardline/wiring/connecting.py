"""Putting the parts of an installation together."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from wardline import (
    enforcement,
    intake,
    kernels,
    plugins,
    ports,
    preservation,
    records,
    referral,
    review,
    settings,
    triage,
)
from wardline.errors import BusyError, ConfigurationError, SecretFileError, WardlineError
from wardline.pipeline import Exchange, Parts, Rules, Wardline, Witnessing, alarms, log_key
from wardline.pipeline.durable import DurableWork
from wardline.pipeline.filing_rules import Emergency, FilingRules
from wardline.settings import PlatformSettings, ReporterSettings, Settings
from wardline.wiring.accounts import account_rules, providers
from wardline.wiring.automation import automation_rules
from wardline.wiring.detectors import scopes
from wardline.wiring.late_media import LateMedia
from wardline.wiring.layout import KeyFiles, store_door
from wardline.wiring.master_keys import FileKeys
from wardline.wiring.receivers import kept_packs, receivers
from wardline.wiring.secret_files import read_secret
from wardline.wiring.vault_places import StatedVault, require_evidence_here


def _no_write_point(name: str) -> None:
    """Nobody tries crashes here."""


@dataclass(slots=True)
class Installation:
    """An open installation. Close it, or use it in a ``with`` statement."""

    settings: Settings
    wardline: Wardline
    _lock: IO[bytes] | None = field(default=None)

    def durable_work(self, *, poll_seconds: float = 0.2) -> DurableWork:
        """Give the durable work of this process, not started yet.

        Raises:
            BusyError: Another process of this installation runs it, and the store allows one only.
            OtherLogKeyError: See ``require_log_key``.
        """
        self.require_log_key()
        if self.one_worker:
            self._lock = _lock(self.settings.data / "work.lock")
        engine: Any = getattr(self.wardline.parts.store, "engine", None)
        if engine is None:
            raise ConfigurationError(
                f"store {self.settings.store.adapter}: runs no durable work, expected SQLite or PostgreSQL"
            )
        return DurableWork(self.wardline.parts, engine, poll_seconds=poll_seconds)

    def require_log_key(self) -> None:
        """Require that the log was signed with the key that is loaded, before anything is signed with it.

        Not when the installation is opened: whoever asks what is wrong must still be able to read.

        Raises:
            OtherLogKeyError: It was signed with another one, or with this one under another name of the installation.
        """
        log_key.require(self.wardline.parts)

    @property
    def one_worker(self) -> bool:
        """Whether only one process of this installation may run the durable work."""
        return not store_door(self.settings).many_workers

    def master_keys(self) -> FileKeys:
        """Give the keys that the vault's objects are sealed under."""
        return FileKeys(self.settings.keys)

    def start_decoders(self) -> frozenset[str]:
        """Start the decode sandbox now, before the first upload waits for it. Gives the layers that hold around it.

        Raises:
            SandboxUnavailableError: A layer that must hold does not.
        """
        media: Any = self.wardline.parts.media
        started = media.start() if isinstance(media, LateMedia) else media
        return frozenset(started.layers()) if hasattr(started, "layers") else frozenset()

    def close(self) -> None:
        """End the decoders, the store's writer and the lock."""
        self.wardline.close()
        if self._lock is not None:
            self._lock.close()

    def __enter__(self) -> Installation:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def connect(folder: str | Path = ".") -> Wardline:
    """Open the installation in a folder. Close what you get.

    Raises:
        NotInitialisedError, ConfigurationError, SecretFileError: It is not set up; the message says what to do.
    """
    return open_installation(settings.load(Path(folder))).wardline


def open_installation(
    chosen: Settings, *, reached: ports.WritePoint = _no_write_point, clock: ports.Clock | None = None, evidence: Callable[[Settings], None] = require_evidence_here,
) -> Installation:  # fmt: skip
    """Choose the adapters that the settings name and join them.

    Args:
        chosen: The settings.
        reached: Called at every write point; fault tests stop the process there.
        clock: Another source of time, for tests.
        evidence: Requires that the settings name the vault that holds the evidence.

    Raises:
        ConfigurationError: Its evidence is in another vault than its settings name.
    """
    kernels.select(chosen.matching.kernels)
    evidence(chosen)
    time = clock or plugins.load("clocks", "system")()
    keys = KeyFiles.read(chosen.keys)
    authority, others = receivers(chosen, time, log_key=keys.log, reached=reached)
    indexes = _indexes(chosen, reached, lambda list_id, message: _copy_failed(parts, list_id, message))
    parts = Parts(
        vault=StatedVault(open_vault(chosen, reached, time), chosen),
        media=LateMedia(lambda: _media(chosen, lambda reason: _decoder_died(parts, reason))),
        clock=time, rules=_automated(chosen, _rules(chosen)), make_index=indexes.make, copies=indexes.copies,
        open_list=partial(plugins.load("hash_lists", "file"), profiles=chosen.matching.category_profiles), entropy=secrets.token_bytes, idempotency_secret=keys.idempotency,
        log_origin=f"wardline.invalid/{chosen.installation.name}", log_key=Ed25519PrivateKey.from_private_bytes(keys.log),
        wording=_wording(chosen), exchanges=_exchanges(chosen, time), authority=authority, receivers=others, packs=kept_packs(chosen), platforms=_platforms(chosen, time), notifiers=_notifiers(chosen, time), witnesses=_witnesses(chosen, time), providers=providers(chosen, time),
        category_profiles=chosen.matching.category_profiles, write_vics=plugins.load("hash_lists", "vics-writer"),
        free_bytes=partial(_free_bytes, os.fspath(chosen.data)), reached=reached,
        # Last, for it holds connections: when any of the others cannot be made, there is nothing to close.
        store=store_door(chosen).open(reached=reached),
    )  # fmt: skip
    return Installation(settings=chosen, wardline=Wardline(parts))


def open_vault(chosen: Settings, reached: ports.WritePoint, time: ports.Clock) -> ports.Vault:
    """Open the vault that settings name."""
    kept = chosen.preservation
    secret = _secret_of(chosen, kept.vault_secret_file, f"vault {kept.vault}")
    made: ports.Vault = plugins.load("vaults", kept.vault)(
        chosen.data / "vault",
        FileKeys(chosen.keys),
        kept.vault_options,
        secret,
        reached=reached,
        now=time.now,
    )
    return made


def _free_bytes(folder: str) -> int:
    """Say how much more may be written. Every upload asks, so that nothing else is asked with it."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def _decoder_died(parts: Parts, reason: str) -> None:
    message = f"A decoder was replaced ({reason}). The file went to a person; if this goes on, someone may be probing the decoder."
    with suppress(
        WardlineError
    ):  # the sandbox expects no error here: the file goes to a person even when the alarm cannot be raised
        alarms.raise_alarm(parts, records.AlarmKind.DECODER_KILLED, "media", message)


def _copy_failed(parts: Parts, list_id: str, message: str) -> None:
    with suppress(WardlineError):  # looking up goes on even when the alarm cannot be raised
        alarms.raise_alarm(parts, records.AlarmKind.COPY_FAILED, list_id, message)


def _indexes(chosen: Settings, reached: ports.WritePoint, told: Callable[[str, str], None]) -> ports.Indexes:
    made: ports.Indexes = plugins.load("indexes", chosen.matching.index)(
        chosen.data / "indexes", told=told, reached=reached, least_free_bytes=chosen.alarms.min_free_bytes
    )
    return made


def _rules(chosen: Settings) -> Rules:
    kept, reporter = chosen.preservation, chosen.referral.reporter
    return Rules(
        max_bytes=chosen.intake.max_bytes,
        private_scanning=intake.PrivateScanning(legal_basis=chosen.intake.private_scanning.legal_basis),
        policy=triage.Policy(verified_match=chosen.triage.verified_match, unverified_match=chosen.triage.unverified_match),
        lease=timedelta(minutes=chosen.review.lease_minutes), undo_window=timedelta(seconds=chosen.review.undo_seconds),
        weights=chosen.review.weights, look_ahead=timedelta(hours=chosen.review.look_ahead_hours),
        oldest_share=chosen.review.oldest_percent / 100, queues=chosen.review.queues, targets=chosen.review.targets,
        order=chosen.review.order, calibration=chosen.review.calibration,
        restricted_most=timedelta(days=chosen.review.restricted_most_days),
        restricted_share=chosen.review.restricted_percent / 100, restore_unverified=chosen.review.restore_unverified, audit_share=chosen.review.clusters.audit_percent / 100,
        opinions=review.SecondOpinions(
            gravest=chosen.review.opinions.gravest, random_share=chosen.review.opinions.random_percent / 100,
            most_wait=timedelta(hours=chosen.review.opinions.most_hours),
        ),
        golden_share=chosen.review.golden.percent / 100, golden_violating=chosen.review.golden.violating, wellbeing=chosen.review.wellbeing.limits(),
        periods=preservation.Periods(
            provisional=timedelta(days=kept.provisional_days), after_filing=timedelta(days=kept.after_filing_days),
            before_filing=timedelta(days=kept.before_filing_days), after_clearance=timedelta(days=kept.after_clearance_days),
            unlink_after_clearance=timedelta(days=kept.unlink_after_clearance_days),
        ),
        clock_gap=timedelta(days=kept.pause_after_days) if kept.pause_after_days else None,
        remind_before=timedelta(days=kept.remind_days) if kept.remind_days else None,
        reporter=_reporter(reporter),
        list_stale_after=timedelta(hours=chosen.matching.list_stale_hours),
        list_change=chosen.matching.list_change_percent / 100, entry_daily_matches=chosen.matching.entry_daily_matches,
        look_back=timedelta(days=chosen.matching.look_back_days), min_free_bytes=chosen.alarms.min_free_bytes,
        accounts=account_rules(chosen),
        check_log_every=timedelta(hours=chosen.audit.check_hours),
        ladder=_ladder(chosen.enforcement.strikes), promises=_promises(chosen.complaints), filing=_filing(chosen.referral),
    )  # fmt: skip


def _automated(chosen: Settings, rules: Rules) -> Rules:
    """Add the scopes, with the detectors that they ask, and what a machine may decide there."""
    found = scopes(chosen, lambda each: _secret_of(chosen, each.secret_file, f"detector {each.name}"))
    return replace(rules, scopes=found, automation=automation_rules(chosen, found))


def _ladder(strikes: settings.StrikeSettings) -> enforcement.Ladder:
    return enforcement.Ladder(
        category_a=strikes.category_a, category_b=strikes.category_b, other_rule=strikes.other_rule,
        lifetime=timedelta(days=strikes.expire_days), warn_at=strikes.warn_at, suspend_at=strikes.suspend_at,
    )  # fmt: skip


def _filing(chosen: settings.ReferralSettings) -> FilingRules:
    return FilingRules(
        clocks=referral.Clocked(everywhere=chosen.clocks, regions=chosen.region_clocks),
        approval=chosen.approval,
        emergency={
            region: Emergency(phone=each.phone, words=each.words) for region, each in chosen.emergency.items()
        },
        duties=chosen.duties,
        batches=chosen.viral_batches,
    )


def _promises(complaints: settings.ComplaintSettings) -> enforcement.Promises:
    return enforcement.Promises(
        appeal_period=timedelta(days=complaints.appeal_days),
        acknowledge_within=timedelta(hours=complaints.acknowledge_hours),
        answer_within=timedelta(days=complaints.outcome_days),
        statements=complaints.statement_of_reasons,
    )


def _wording(chosen: Settings) -> ports.Wording:
    said = chosen.complaints
    files = {kind: chosen.folder / path for kind, path in said.templates.items()}
    made: ports.Wording = plugins.load("wordings", said.wording)(
        service=chosen.referral.reporter.platform,
        territory=said.territory,
        terms=said.terms,
        redress=said.redress,
        files=files,
    )
    return made


def _media(chosen: Settings, on_worker_death: Callable[[str], None]) -> ports.Media:
    caps = chosen.intake
    media: ports.Media = plugins.load("media", "sandbox")(
        [plugins.locate("hashers", name) for name in chosen.matching.hashers], workers=caps.decode_workers, max_bytes=caps.max_bytes, max_pixels=caps.max_pixels,
        max_frames=caps.max_frames, seconds=caps.decode_seconds, heic=caps.heic, on_worker_death=on_worker_death,
    )  # fmt: skip
    return media


def _exchanges(chosen: Settings, time: ports.Clock) -> dict[str, Exchange]:
    return {
        each.name: Exchange(
            exchange=plugins.load("exchanges", each.adapter)(
                each.name, each.options, _secret_of(chosen, each.secret_file, f"exchange {each.name}"), folder=chosen.folder,
                now=time.now,
            ),
            interval=timedelta(minutes=each.interval_minutes), feedback=each.feedback,
        )
        for each in chosen.matching.exchanges
    }  # fmt: skip


def _secret_of(chosen: Settings, path: Path | None, what: str) -> bytes:
    return read_secret(chosen.folder / path, what) if path else b""


def _reporter(given: ReporterSettings) -> records.Reporter:
    business = records.EmailKind.BUSINESS
    return records.Reporter(
        first_name=given.first_name, last_name=given.last_name, email=given.email, platform=given.platform,
        terms_of_service=given.terms_of_service, legal_url=given.legal_url, company_template=given.company_template,
        more=records.Person(phones=(records.Phone(number=given.phone, kind=records.PhoneKind.BUSINESS),)) if given.phone else None,
        contact=records.Person(emails=(records.Email(address=given.contact_email, kind=business),)) if given.contact_email else None,
    )  # fmt: skip


def _platforms(chosen: Settings, time: ports.Clock) -> dict[str, ports.Platform]:
    return {
        each.name: plugins.load("platforms", each.adapter)(
            each.name,
            each.url,
            _webhook_secret(chosen, each),
            now=time.now,
        )
        for each in chosen.platforms
    }


def _webhook_secret(chosen: Settings, platform: PlatformSettings) -> bytes:
    path, what = chosen.folder / platform.secret_file, f"platform {platform.name}"
    if not path.exists():
        raise SecretFileError(
            f"{what}: its file {path.name} is not there, expected the secret of its webhooks",
            remedy="Make one, which the platform gets too: docs/how-to/connect-a-platform.md#another-platform-or-one-that-comes-later. If there was one, "
            "restore it from its back-up, or point the setting at it.",
        )
    return read_secret(path, what)


def _notifiers(chosen: Settings, time: ports.Clock) -> tuple[ports.Notifier, ...]:
    made: list[ports.Notifier] = []
    for each in chosen.notifiers:
        secret = _secret_of(chosen, each.secret_file, f"notifier {each.name}")
        made.append(plugins.load("notifiers", each.adapter)(each.name, each.options, secret, now=time.now))
    return tuple(made)


def _witnesses(chosen: Settings, time: ports.Clock) -> dict[str, Witnessing]:
    return {
        each.name: Witnessing(
            witness=plugins.load("witnesses", each.adapter)(
                each.name, each.options, _secret_of(chosen, each.secret_file, f"witness {each.name}"), now=time.now
            ),
            interval=timedelta(minutes=each.interval_minutes),
        )
        for each in chosen.audit.witnesses
    }  # fmt: skip


def _lock(path: Path) -> IO[bytes]:
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+b")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise BusyError(
            "durable work: runs in another process of this installation, expected one only"
        ) from None
    return file
