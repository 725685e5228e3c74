"""Referrals: where each stands, what police need of it, and the report as its receiver will get it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from starlette.responses import Response

from wardline import records, referral
from wardline.errors import InputError, NotFoundError, ReferenceTakenError
from wardline.pipeline import ReferralPreview, bundles, filed_together, wrong_references
from wardline.pipeline.parts import Parts
from wardline.pipeline.wrong_references import is_word
from wardline.records import ReferralState
from wardline.referral import NeedState
from wardline.web import problems
from wardline.web.console import filing, packs, waiting_packs
from wardline.web.console.desk import MANAGERS, OVERSEERS, Desk, Page
from wardline.web.console.paging import Paged, paged
from wardline.web.console.rendering import HEADERS, go, page

_SHOWN = 50
_FILES_SHOWN = 6
_ALL = "all"
_MOST_COUNTED = 500
_SETTINGS_ATTEMPTS = 8
"""A referral that waits for the settings is tried as seldom as one that failed this often; see ``pipeline.refer``."""
_LINE = (
    ReferralState.DRAFT, ReferralState.OPENING, ReferralState.OPENED, ReferralState.FINISHING, ReferralState.FINISHED,
)  # fmt: skip
_OVER = frozenset({ReferralState.FINISHED, ReferralState.WITHDRAWN})
_UNDER_WAY = frozenset({ReferralState.OPENED, ReferralState.FINISHING})


@dataclass(frozen=True, slots=True)
class Stage:
    """One point of the line that a referral goes along."""

    name: str
    words: str
    reached: bool
    here: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """What a person wrote into a form of the page, and why it was not taken."""

    field: str
    """``reference`` or ``number``, or ``back`` of what takes a word back."""
    typed: str
    error: InputError | ReferenceTakenError
    reason: str = ""
    """What they wrote beside it."""
    other: str | None = None
    """Id of the report that has this number, and may take this one's for it."""
    together: str | None = None
    """Id of the report that has this number, and with which this one may have been filed as one."""


def index(desk: Desk) -> Response:
    """List referrals: first those on their way, the most urgent first, and those to be checked; then all, newest first, or those in one state."""
    store, state = desk.wardline.parts.store, _state(desk.asked("state"))
    found = store.newest_referrals(state=state, before=desk.asked("before") or None, most=_SHOWN)
    unfiled = {each.id for each in found if referral.awaits(each)}
    waiting = store.count_referrals(ReferralState.NEEDS_HUMAN, most=_MOST_COUNTED)
    return page(
        desk, "referrals", **filing.on_their_way(desk), together=waiting_packs.groups(desk), looked_at=waiting_packs.LOOKED_AT, referrals=desk.wardline.visible_referrals(found, user=desk.user), more=found[-1].id if len(found) == _SHOWN else None, state=state,
        unfiled=unfiled, unwanted=(referral.UNWANTED, referral.LOOK_FALLEN), waiting=f"{_MOST_COUNTED}+" if waiting == _MOST_COUNTED else str(waiting),
    )  # fmt: skip


def show(desk: Desk) -> Response:
    """Show one referral: its state, the checklist, and the preview, a page of its files at a time or, for printing, all."""
    if desk.wardline.may_take_on(desk.record("referral"), user=desk.user):
        is_urgent = desk.wardline.waits_for_opinion(desk.record("referral"), user=desk.user)
        return page(desk, "taking_on", referral_id=desk.record("referral"), is_urgent=is_urgent)
    return _page(desk, filing.opened(desk))


def _page(desk: Desk, referral_id: str, refused: Refused | None = None) -> Response:
    found = desk.wardline.preview_referral(referral_id)
    receipt, lead = (
        desk.wardline.receipt_of(found.referral),
        bundles.lead_of(desk.wardline.parts, found.referral),
    )
    orphans = lead.orphans
    unknown = [need for need in found.checklist if need.state is NeedState.NOT_KNOWN]
    return page(
        desk, "referral", status=problems.status_of(refused.error) if refused else 200, refused=refused, referral=found.referral, found=found, receipt=receipt, stages=stages(desk.wardline.parts, lead, receipt),
        files=_files(found, desk.asked("files")),
        score=referral.score(found.checklist), unknown=len(unknown), under_way=found.referral.state in _UNDER_WAY, is_over=found.referral.state in _OVER,
        numbered=[each for each in orphans if each != referral.UNKNOWN_ORPHAN],
        unnumbered=orphans.count(referral.UNKNOWN_ORPHAN), retry_minutes=_retry_minutes(found.referral),
        **filing.values_of(desk, found), **packs.values_of(desk, found.referral), packs_beside=waiting_packs.beside(desk, found.referral), reference_form=packs.RECORDED, several_packs=filed_together.packs_in(desk.wardline.parts, lead), recorded=packs.is_recorded(desk.wardline.parts, found.referral, receipt), is_word=receipt is not None and is_word(receipt), longest_why=wrong_references.LONGEST_WHY, manages=desk.user.role in MANAGERS, may_file=_may_file(found), opens_case=desk.user.role is records.Role.LEAD,
    )  # fmt: skip


def file_again(desk: Desk) -> Response:
    """Let a referral that waits for a person go on."""
    return go(f"/referrals/{desk.wardline.file_again(filing.opened(desk), user=desk.user).id}")


def record(desk: Desk) -> Response:
    """Note that the receiver has a report, by the reference that it gave, or put right the one that the form shows; or exchange it with that of another
    report. One that is refused comes back as it was written."""
    referral_id, typed, line = filing.opened(desk), desk.sent("reference"), desk.wardline
    instead_of = desk.sent("instead_of")
    try:
        if desk.sent("exchange"):
            found = line.exchange_references(
                referral_id, user=desk.user, reference=typed, instead_of=instead_of
            )
        else:
            found = line.record_reference(
                referral_id,
                user=desk.user,
                reference=typed,
                instead_of=instead_of or None,
                within=desk.sent("within") or None,
            )
    except (InputError, ReferenceTakenError) as error:
        return _page(desk, referral_id, _refused(desk, referral_id, "reference", typed, error))
    return go(f"/referrals/{found.id}")


def filed_before(desk: Desk) -> Response:
    """Note that the installation from which this one was restored filed a report, under the number that the authority shows; or put right the number
    that the form shows, with a reason, or exchange it with that of another report, or take back all of it. One that is refused comes back as it was written."""
    referral_id, typed, line = filing.opened(desk), desk.sent("number"), desk.wardline
    instead_of, reason = desk.sent("instead_of"), desk.sent("reason").strip()
    try:
        if desk.sent("take_back"):
            found = line.take_back_filed_before(
                referral_id, user=desk.user, number=desk.sent("take_back"), reason=reason
            )
        elif desk.sent("exchange"):
            found = line.exchange_filed_before(
                referral_id, user=desk.user, number=typed, instead_of=instead_of, reason=reason
            )
        elif instead_of:
            found = line.correct_filed_before(
                referral_id, user=desk.user, number=typed, instead_of=instead_of, reason=reason
            )
        else:
            found = line.record_filed_before(referral_id, user=desk.user, number=typed)
    except (InputError, ReferenceTakenError) as error:
        field = "back" if desk.sent("take_back") else "number"
        return _page(desk, referral_id, _refused(desk, referral_id, field, typed, error))
    return go(f"/referrals/{found.id}")


def _refused(
    desk: Desk, referral_id: str, field: str, typed: str, error: InputError | ReferenceTakenError
) -> Refused:
    parts = desk.wardline.parts
    other = together = None
    if isinstance(error, ReferenceTakenError):
        found = parts.store.referral(referral_id)
        if desk.sent("instead_of"):
            other = wrong_references.exchangeable(parts, found, typed, desk.user)
        elif field == "reference":
            together = filed_together.candidate(parts, found, typed, desk.user)
    return Refused(
        field, typed, error, desk.sent("reason"), other=None if other is None else other.id,
        together=None if together is None else together.id,
    )  # fmt: skip


def receipt(desk: Desk) -> Response:
    """Give the receipt, byte for byte."""
    of = desk.wardline.open_referral(desk.record("referral"), user=desk.user)
    found = desk.wardline.receipt_of(of)
    if found is None:
        raise NotFoundError(f"{desk.path('referral_id')}: has no receipt yet")
    form = (
        "json" if found.body.startswith(b"{") else "xml"
    )  # a person's record of the reference, or the receiver's own answer
    kind = "application/json" if form == "json" else "text/xml"
    return _attached(found.body, kind, f"receipt-{found.id if form == 'json' else found.remote_id}.{form}")


def document(desk: Desk) -> Response:
    """Give one document as it would be sent, byte for byte."""
    found = desk.wardline.preview_referral(filing.opened(desk))
    for each in found.preview.documents if found.preview is not None else ():
        if each.name == desk.path("name"):
            return _attached(each.body, each.media_type, f"{found.referral.id}-{each.name}")
    raise NotFoundError(f"{found.referral.id}: has no document of this name, expected one of its page")


def _files(found: ReferralPreview, asked: str) -> Paged[records.PreviewDocument]:
    """Choose the files of the preview to show; the first document is about the report itself."""
    every = found.preview.documents[1:] if found.preview is not None else ()
    if asked == _ALL:
        return paged(every, "", most=max(1, len(every)))
    return paged(every, asked, most=_FILES_SHOWN)


def stages(parts: Parts, found: records.Referral, receipt: records.Receipt | None) -> list[Stage]:
    """Say which points a referral has passed and at which it stands; at none while it waits for a person or is withdrawn."""
    handed = referral.awaits(found)  # all is there but the receiver's reference
    at = (
        _LINE.index(ReferralState.FINISHING if handed else found.state)
        if handed or found.state in _LINE
        else 0
    )
    last = len(_LINE) if receipt is not None else at
    words = (f"since {found.created_at.day} {found.created_at:%b, %H:%M}", *_words(parts, found, receipt))
    names = (*(state.value.capitalize() for state in _LINE), "Receipt")
    on_the_line = handed or found.state in _LINE
    return [
        Stage(name, each, reached=number <= last, here=number == last and on_the_line)
        for number, (name, each) in enumerate(zip(names, words, strict=True))
    ]


def _words(parts: Parts, found: records.Referral, receipt: records.Receipt | None) -> tuple[str, ...]:
    """Say what each stage means after the draft, by who files the report."""
    if receipt is not None and is_word(receipt):
        old = "by the old installation"
        return old, old, old, "by a person's word", "that word, starts the hold"
    files, is_pack = found.attached, packs.is_by_hand(parts, found, receipt)
    attached = f"{sum(file.described for file in files)} of {len(files)} file{'' if len(files) == 1 else 's'} {'in the pack' if is_pack else 'attached'}"
    attached = attached if files or not found.files else "no file to attach"
    if is_pack:
        return (
            "the pack is begun",
            attached,
            "a person files it",
            "its reference is recorded",
            "that record, starts the hold",
        )
    return (
        "the receiver gives a number", attached, "cannot be changed after", "the receiver has all of it", "kept as received, starts the hold",
    )  # fmt: skip


def _state(asked: str) -> ReferralState | None:
    try:
        return ReferralState(asked) if asked else None
    except ValueError:
        raise InputError("referrals: unknown state, expected one that a referral can be in") from None


def _may_file(found: ReferralPreview) -> bool:
    """Whether filing again would be taken; the server asks the same again."""
    return (
        found.referral.state is ReferralState.NEEDS_HUMAN and found.report is not None and not found.problems
    )


def _retry_minutes(found: records.Referral) -> int | None:
    """The longest wait from a failed try to the next, in whole minutes; None when nothing is tried again."""
    if found.attempts == 0 or found.state in (
        ReferralState.FINISHED,
        ReferralState.NEEDS_HUMAN,
        ReferralState.WITHDRAWN,
    ):
        return None
    wait = referral.retry_delay(max(found.attempts, _SETTINGS_ATTEMPTS), priority=found.priority)
    return -(-wait // timedelta(minutes=1))


def _attached(body: bytes, media_type: str, name: str) -> Response:
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=media_type, headers=headers)


PAGES = (
    Page("GET", "/referrals", OVERSEERS, index),
    Page("GET", "/referrals/{referral_id}", OVERSEERS, show),
    Page("POST", "/referrals/{referral_id}/filing", MANAGERS, file_again),
    Page("POST", "/referrals/{referral_id}/reference", MANAGERS, record),
    Page("POST", "/referrals/{referral_id}/filed-before", MANAGERS, filed_before, grave=True),
    Page("GET", "/referrals/{referral_id}/receipt", OVERSEERS, receipt),
    Page("GET", "/referrals/{referral_id}/documents/{name}", OVERSEERS, document),
)
