"""The room of reports in the furnished house: each way that one can be filed, and those about which a person has to say something."""

from __future__ import annotations

import secrets
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.acceptance import batching
from tests.acceptance.stories import reveal_all, violation
from tests.acceptance.test_an_incident_without_a_file import decided as decided_words
from tests.acceptance.test_an_incident_without_a_file import told
from tests.acceptance.test_files_that_look_alike import like
from wardline import ports, records, referral, review
from wardline.adapters.authorities.pack import NcaPack, SignedPack
from wardline.pipeline import Complaint, fencing, seeing
from wardline.pipeline.filing_rules import Emergency, FilingRules
from wardline.records import ActionKind, FactKind, Outcome
from wardline.testing import pictures
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import Person

if TYPE_CHECKING:
    from tests.browser.furnished import Furnished

RULES = FilingRules(
    emergency={"GB": Emergency(phone="999", words="Police. Give the reference of the report.")},
    duties={
        "GB": referral.Duty(receivers=("nca-pack",), basis="Online Safety Act 2023, section 66"),
        "IE": referral.Duty(receivers=("signed-pack",)),
    },
    batches={"ncmec": batching.without_wait(wait_hours=24.0, no_duty_in=("CH",))},
)
_SPREAD, _WAITING, _ALIKE = 79, 80, 81
"""Scenes that nothing else in the house is near."""


def receivers(folder: Path, clock: VirtualClock) -> dict[str, ports.Authority]:
    """Give those to whom a person files."""
    folder.mkdir(mode=0o700)
    given: dict[str, Any] = {
        "environment": "sandbox", "clock_now": clock.now, "folder": folder,
        "key": Ed25519PrivateKey.from_private_bytes(b"l" * 32), "entropy": secrets.token_bytes,
    }  # fmt: skip
    return {"nca-pack": NcaPack(**given), "signed-pack": SignedPack(**given)}


REFERENCE = f"IRP-2026-{'0' * (referral.LONGEST_REFERENCE - 9)}"
"""As long as one may be, and with no place to break it."""

_READ = ("waits", "filed", "fallen", "filed before", "batched", "words", "linked")
"""Reports whose page for the officer is opened; the others' look like one of these."""


class Room:
    """Fill the house with reports. Nobody's cases may be in hand yet, for time goes by."""

    def __init__(self, made: Furnished, receivers: dict[str, ports.Authority]) -> None:
        self.made, self.line = made, made.line
        self._receivers = receivers
        self._ines, self._tom = (self.line.person(name) for name in ("ines", "tom"))
        self._seed = _ALIKE
        self.cases: dict[str, records.Case] = {}
        """By what is seen of their reports."""

    def furnish(self) -> None:
        """Let each report come to where it is looked at."""
        self._of_the_old_installation()
        line, ada, cases = self.line, self.made.users["ada"], self.cases
        cases["waits"], cases["taken"], cases["filed"], cases["fallen"] = (
            self._decided("GB") for _ in range(4)
        )
        cases["gone"] = self._decided("IE")
        cases["batched"], cases["joined"], _ = (
            self._spread(f"account-of-many-{place}") for place in range(3)
        )
        cases["like"] = self._like(85, self._ines)
        told_of = line.wardline.tell(
            told(account_reference="account-of-words"), api_key=line.platform_key().record
        )
        cases["words"] = line.case_of(told_of)
        decided_words(line, cases["words"], self._ines)
        self._pass_time()
        for name in ("taken", "filed"):
            line.wardline.take_pack(self._report(name), user=ada)
        line.wardline.record_reference(self._report("filed"), user=ada, reference=REFERENCE)
        del self._receivers["signed-pack"]
        self._overturn(cases["fallen"])
        cases["linked"] = self._like(40, self._tom)
        cases["waits for others"] = self._spread("account-that-waits", seed=_WAITING, region="CH")
        self._pass_time()
        self.made.reports = {name: self._report(name) for name in cases}

    def open(self) -> None:
        """Let a lead see what is seen by those alone who gave a reason, which holds for half an hour."""
        for name in ("like", "linked"):
            seeing.look_into(self.line.parts, self.cases[name].id, self.made.users["lea"], "Who else has it?")
        self.made.also += [("lea", f"/referrals/{self.made.reports[name]}/officer") for name in _READ]
        self.made.also += [
            ("lea", f"/cases/{self.cases['linked'].id}/{page}") for page in ("account", "record")
        ]

    def _of_the_old_installation(self) -> None:
        """What was on its way when a back-up was made: a pack that somebody took, a report that is asked for, and one that was filed before."""
        line, ada, cases = self.line, self.made.users["ada"], self.cases
        cases["restored"] = self._decided("GB")
        self._pass_time()
        line.wardline.take_pack(self._report("restored"), user=ada)
        cases["asked for"], cases["filed before"] = self._decided("FR"), self._decided("FR")
        fencing.raise_(line.parts)
        self._pass_time()
        line.wardline.lift_fence(user=ada)
        line.wardline.record_filed_before(self._report("filed before"), user=ada, number="4711")

    def _decided(self, region: str) -> records.Case:
        """Have an upload of an account in a region decided."""
        self._seed += 1
        content = pictures.encode(pictures.scene(self._seed, (96, 64)))
        case = self._uploaded(content, f"account-in-{region}-{self._seed}", region=region)
        return self._judged(case, self._ines, looks=False)

    def _like(self, quality: int, person: Person) -> records.Case:
        case = self._uploaded(like(quality, seed=_ALIKE), f"account-with-quality-{quality}")
        linked = "an account of another service, by its own profile: somebody-else"
        return self._judged(case, person, linked=linked)

    def _spread(self, account: str, *, seed: int = _SPREAD, region: str = "FR") -> records.Case:
        return batching.decided(self.line, self._ines, account, seed=seed, region=region)

    def _uploaded(self, content: bytes, account: str, **context: Any) -> records.Case:
        line = self.line
        return line.case_of(
            line.submit(
                content, flag="spam", account=account, content_reference=f"post of {account}", **context
            )
        )

    def _judged(
        self, case: records.Case, person: Person, *, linked: str = "", looks: bool = True
    ) -> records.Case:
        line = self.line
        claimed = line.wardline.claim(case.id, user=person.user)
        if looks:
            reveal_all(line, claimed, person)
        if linked:
            line.wardline.add_fact(case.id, user=person.user, kind=FactKind.LINKED, text=linked)
        line.wardline.decide(case.id, user=person.user, judgement=violation(claimed))
        return case

    def _overturn(self, case: records.Case) -> None:
        """Have another person find nothing wrong, on the user's appeal."""
        line, lea = self.line, self.made.users["lea"]
        action = next(
            each for each in line.store.actions_of(case.id) if each.kind is ActionKind.REMOVE_CONTENT
        )
        line.wardline.appeal(
            Complaint(text="It is my garden.", action_id=action.id), api_key=line.platform_key().record
        )
        line.run_due()
        line.wardline.claim(case.id, user=lea)
        line.wardline.decide(case.id, user=lea, judgement=review.Judgement(outcome=Outcome.NOT_VIOLATION))

    def _report(self, name: str) -> str:
        return self.line.store.referrals(case_id=self.cases[name].id)[0].id

    def _pass_time(self) -> None:
        self.line.pass_time(self.line.parts.rules.undo_window + timedelta(minutes=1))
