"""What ``Wardline`` does with reports to an authority."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from wardline import ports, records, referral
from wardline.errors import InputError
from wardline.pipeline import (
    blind_filing,
    bundles,
    dry_run,
    duties,
    filed_before,
    filed_together,
    handing_over,
    knowing,
    people,
    previewing,
    refer,
    removed_receivers,
    retelling,
    second_person,
    taking_on,
    wrong_references,
)
from wardline.pipeline.parts import Parts
from wardline.records import FactKind, Priority, Scope

_MONTHS = 12


class FilingActs:
    """Part of ``Wardline``: referrals."""

    parts: Parts

    def visible_referrals(
        self, found: Sequence[records.Referral], *, user: records.User | None
    ) -> list[records.Referral]:
        """Leave out referrals where this person may have to judge one of the cases in the report."""
        return blind_filing.visible(self.parts, found, user)

    def referrals_to_do(
        self, what: referral.ToDo, *, user: records.User | None, most: int
    ) -> list[records.Referral]:
        """Give the reports that somebody has to do something about, the most urgent first; none that this person may have to judge."""
        store = self.parts.store
        if what is referral.ToDo.CHECK:
            found = store.unchecked_referrals(most=most)
        else:
            found = [each for priority in Priority for each in store.due_referrals(priority, most=most)]
        if what is referral.ToDo.APPROVE:
            found = [each for each in found if referral.waits(each)]
        return blind_filing.visible(self.parts, found[:most], user)

    def receipt_of(self, found: records.Referral) -> records.Receipt | None:
        """Give the receipt of the report that a referral is in; None before there is one."""
        return self.parts.store.receipt_of(bundles.lead_of(self.parts, found).id)

    def preview_referral(self, referral_id: str) -> previewing.ReferralPreview:
        """Show what a referral would send now, what police would miss in it, and what keeps it from being filed."""
        return previewing.preview(self.parts, referral_id)

    def dry_run_referral(self, referral_id: str, *, rehearsal: ports.Authority) -> dry_run.Played:
        """Play a referral against an authority that is none, and say what it answered. The referral stays as it is."""
        return dry_run.play(self.parts, referral_id, rehearsal)

    def file_again(self, referral_id: str, *, user: records.User) -> records.Referral:
        """Let a referral that waits for a person go on, after what was wrong was put right."""
        people.require_scope(user, Scope.MANAGE)
        blind_filing.opened(self.parts, referral_id, user)
        return refer.file_again(self.parts, referral_id, user)

    def may_take_on(self, referral_id: str, *, user: records.User) -> bool:
        """Say whether this person, from whom a report is kept, may file it all the same."""
        return blind_filing.may_take_on(self.parts, self.parts.store.referral(referral_id), user)

    def waits_for_opinion(self, referral_id: str, *, user: records.User) -> bool:
        """Say whether a report that this person may take on is kept for their opinion; otherwise it is for an appeal that they could decide."""
        return blind_filing.waits_for_opinion(self.parts, self.parts.store.referral(referral_id), user)

    def take_on_report(self, referral_id: str, *, user: records.User) -> records.Referral:
        """File a report of priority 1 that waits for a person, and give no opinion about its case any more; or read one of a case whose appeal waits."""
        return taking_on.take_on(self.parts, referral_id, user)

    def leave_appeals(
        self, case_ids: Collection[str], *, user: records.User, about: str = ""
    ) -> list[records.Case]:
        """Have this person answer no appeal of these cases, for they export something of them, ``about``. See ``pipeline.taking_on``."""
        return taking_on.stand_aside(self.parts, case_ids, user, about=about)

    def second_referral(
        self, referral_id: str, *, user: records.User, others: Collection[str] = ()
    ) -> records.Referral:
        """Approve a referral, or check one that was filed, as somebody who did not decide it; with others of its account that wait too."""
        people.require_scope(user, Scope.MANAGE)
        blind_filing.opened(self.parts, referral_id, user)
        return second_person.look(self.parts, referral_id, user, others)

    def waiting_with(self, found: records.Referral, *, user: records.User) -> tuple[records.Referral, ...]:
        """Give the other referrals about the same account that can be approved with one, and be one report."""
        waiting = bundles.waiting_with(self.parts, found, user)
        return tuple(each for each in waiting if second_person.may_look(self.parts, each, user))

    def pack_of(self, found: records.Referral) -> str | None:
        """Find the pack of a referral that waits to be filed, or was; None where there is none."""
        return handing_over.pack_of(self.parts, found)

    def basis_of(self, found: records.Referral) -> list[tuple[str, str]]:
        """Give the regions whose rule sends a referral where it goes, each with the law that the settings name."""
        return duties.basis_of(self.parts, found)

    def take_pack(self, referral_id: str, *, user: records.User) -> tuple[str, bytes]:
        """Give the pack of a referral with its file name, to be filed by a person. The log has it."""
        return handing_over.take(self.parts, referral_id, user)

    def record_reference(
        self, referral_id: str, *, user: records.User, reference: str, instead_of: str | None = None, within: str | None = None
    ) -> records.Referral:  # fmt: skip
        """Note that the receiver has a report that a person filed, by the reference that it gave: also ``within`` another one, with which it was filed
        as one. Or put right the one that was recorded."""
        if within is not None:
            if instead_of is not None:
                raise InputError("within: said with instead_of, expected one of both")
            return filed_together.record(self.parts, referral_id, user, reference=reference, within=within)
        found = self.parts.store.referral(referral_id)
        if instead_of is not None and filed_together.is_recorded_within(self.parts, found):
            return filed_together.apart(self.parts, found, user, reference=reference, instead_of=instead_of)
        if instead_of is not None:
            return wrong_references.correct(
                self.parts, referral_id, user, reference=reference, instead_of=instead_of
            )
        return handing_over.record(self.parts, referral_id, user, reference=reference)

    def exchange_references(
        self, referral_id: str, *, user: records.User, reference: str, instead_of: str
    ) -> records.Referral:
        """Give a report whose pack was filed the reference that was recorded for another one, and that one this one's."""
        return wrong_references.exchange(
            self.parts, referral_id, user, reference=reference, instead_of=instead_of
        )

    def give_up_pack(
        self, referral_id: str, *, user: records.User, pack_id: str | None = None, asked: Collection[str] = ()
    ) -> records.Referral:
        """Note that nobody filed a pack: another one is made, or, where the decision fell, nothing is reported. Whoever else took it, by ids
        of people, is asked first. Or that the old installation did not file a report whose decision fell."""
        if filed_before.is_fallen(self.parts, referral_id):
            return filed_before.deny(self.parts, referral_id, user)
        return handing_over.give_up(self.parts, referral_id, user, pack_id=pack_id, asked=asked)

    def pass_on_report(
        self, referral_id: str, *, user: records.User, to: str, pack_id: str | None = None, asked: Collection[str] = ()
    ) -> records.Referral:  # fmt: skip
        """Have a report whose receiver is gone from the settings made for another one."""
        return removed_receivers.pass_on(self.parts, referral_id, user, to=to, pack_id=pack_id, asked=asked)

    def withdraw_report(
        self, referral_id: str, *, user: records.User, pack_id: str | None = None, asked: Collection[str] = ()
    ) -> records.Referral:
        """End a report whose receiver is gone from the settings, where another receiver gets that of its decision."""
        return removed_receivers.withdraw(self.parts, referral_id, user, pack_id=pack_id, asked=asked)

    def record_filed_before(self, referral_id: str, *, user: records.User, number: str) -> records.Referral:
        """Note that the installation from which this one was restored filed a report, under the number that the authority shows."""
        return filed_before.record(self.parts, referral_id, user, number=number)

    def correct_filed_before(
        self, referral_id: str, *, user: records.User, number: str, instead_of: str, reason: str
    ) -> records.Referral:
        """Put the number right that a person told of a report that the old installation filed."""
        return retelling.correct(
            self.parts, referral_id, user, number=number, instead_of=instead_of, reason=reason
        )

    def exchange_filed_before(
        self, referral_id: str, *, user: records.User, number: str, instead_of: str, reason: str
    ) -> records.Referral:
        """Exchange the numbers that a person told of two reports that the old installation filed."""
        return retelling.exchange(
            self.parts, referral_id, user, number=number, instead_of=instead_of, reason=reason
        )

    def take_back_filed_before(
        self, referral_id: str, *, user: records.User, number: str, reason: str
    ) -> records.Referral:
        """Take back a person's word that the old installation filed a report: it did not, and the report waits for a person again."""
        return retelling.take_back(self.parts, referral_id, user, number=number, reason=reason)

    def may_second(self, found: records.Referral, *, user: records.User) -> bool:
        """Say whether this person is another than those who decided what a referral reports."""
        return second_person.may_look(self.parts, found, user)

    def add_fact(
        self, case_id: str, *, user: records.User, kind: FactKind, text: str, once: str | None = None
    ) -> records.Fact:
        """Write down what police need, for the report that may follow from a case in hand."""
        return knowing.add_to_case(self.parts, case_id, user, kind=kind, text=text, once=once)

    def add_to_referral(
        self, referral_id: str, *, user: records.User, kind: FactKind, text: str, once: str | None = None
    ) -> records.Referral:
        """Write down what police need, for a referral of which nothing was sent yet. A reason for danger makes it one of priority 1."""
        blind_filing.opened(self.parts, referral_id, user)
        return knowing.add_to_referral(self.parts, referral_id, user, kind=kind, text=text, once=once)

    def note_call(
        self, referral_id: str, *, user: records.User, region: str, at: datetime, once: str | None = None
    ) -> records.Fact:
        """Note that this person telephoned the emergency number of a region."""
        blind_filing.opened(self.parts, referral_id, user)
        return knowing.note_call(self.parts, referral_id, user, region=region, at=at, once=once)

    def completeness(self) -> list[tuple[datetime, int, int | None]]:
        """Give the beginning of each of the last twelve months (UTC), how many reports were filed in it, and how complete the middle one was."""
        found = []
        until = self.parts.now() + timedelta(
            days=1
        )  # whatever the clock does meanwhile, this month's are in it
        month = self.parts.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        for _ in range(_MONTHS):
            counted = self.parts.store.completeness_of(month, until)
            found.append((month, sum(counted.values()), referral.median(counted)))
            until = month
            month = month.replace(
                year=month.year - (month.month == 1), month=(month.month - 2) % 12 + 1
            )  # fmt: skip
        return found
