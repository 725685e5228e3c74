"""Intake: is it well formed, may it be scanned, have we seen it."""

from wardline.intake.reading_facts import read as read_facts
from wardline.intake.seen import LIFETIME, body_digest, incident_digest, key_digest, remember
from wardline.intake.telling import IncidentTold
from wardline.intake.telling import read as read_telling
from wardline.intake.telling import write as write_telling
from wardline.intake.upload import (
    CLOCK_TOLERANCE,
    PrivateScanning,
    Upload,
    check,
    digests,
    not_in_the_future,
)

__all__ = [
    "CLOCK_TOLERANCE",
    "LIFETIME",
    "IncidentTold",
    "PrivateScanning",
    "Upload",
    "body_digest",
    "check",
    "digests",
    "incident_digest",
    "key_digest",
    "not_in_the_future",
    "read_facts",
    "read_telling",
    "remember",
    "write_telling",
]
