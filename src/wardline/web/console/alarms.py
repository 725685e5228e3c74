"""Alarms: what is wrong in words, what goes on meanwhile, and what a person does next."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.responses import Response

from wardline import records
from wardline.pipeline import alarm_order, sending_again
from wardline.records import AlarmKind, ReferralState
from wardline.web.console.desk import MANAGERS, OVERSEERS, REVIEWERS, Desk, Page
from wardline.web.console.rendering import go, page


@dataclass(frozen=True, slots=True)
class Words:
    """What a kind of alarm means to the person who reads it."""

    title: str
    meanwhile: str
    """What happens and what is not lost until somebody acts."""
    todo: str


WORDS: dict[AlarmKind, Words] = {
    AlarmKind.FILING_FAILED: Words(
        "Reports do not get through",
        "Reports wait in their order and are sent again by themselves. Holds keep the evidence.",
        "The message says what was seen of the receiver, and where to look first. If it refuses the name or the password, correct them in wardline.toml.",
    ),
    AlarmKind.FILING_NEEDS_HUMAN: Words(
        "A report waits for a person",
        "The report stays where it stopped, and its evidence is held.",
        "Open the report. If its pack is made, file that and record the reference; else read what is wrong, put it right, and let it go on.",
    ),
    AlarmKind.RECEIVER_REMOVED: Words(
        "Packs wait for a receiver that is gone from the settings",
        "The packs stay, and so do the files that they report. Their clocks go on.",
        "If it was removed by mistake, put it back into wardline.toml. Else open each report that waits for a person: record its reference if it "
        "was filed, or pass it on to another receiver.",
    ),
    AlarmKind.REFERRAL_NEAR: Words(
        "Reports have used up much of their clock",
        "They are tried again by themselves. Nothing holds them back but what their page says.",
        "Open the most urgent one in the list of referrals, see why it is not filed, and put that right.",
    ),
    AlarmKind.REFERRAL_PAST: Words(
        "Reports are past their clock",
        "They are tried again by themselves, and their evidence is held.",
        "Open the most urgent one in the list of referrals, see why it is not filed, and put that right. If a child may be in danger, telephone.",
    ),
    AlarmKind.REFERRAL_UNAPPROVED: Words(
        "A report was filed without its second person",
        "It is filed: a report with a duty is never held back. It stands among those that are to be checked.",
        "Read it as the officer does. If it is wrong, have the case looked at again; a correction follows from the decision.",
    ),
    AlarmKind.REFERRAL_UNCHECKED: Words(
        "Reports that one person filed are not checked",
        "They are filed, and their evidence is held.",
        "Somebody who did not decide them opens each one, reads it, and says so on its page.",
    ),
    AlarmKind.KNOWN_LATE: Words(
        "Something was said that a filed report has not",
        "The report stays as it was sent: it takes nothing more.",
        "Open the report. If a child may be in danger, telephone first. Then tell the authority, naming the number of its report.",
    ),
    AlarmKind.RECEIPT_LACKS: Words(
        "A receipt lists fewer files than were sent",
        "The report is finished and is not sent again, for there would be two. All its files are held as reported.",
        "Ask the authority, naming the number of the report and the ids of the files, whether it has them. Close this when you know; what it does "
        "not have, send it in the way that it says.",
    ),
    AlarmKind.WEBHOOK_UNDELIVERED: Words(
        "A platform does not take an action",
        "The decision stands. What was hidden stays hidden on our side, but the platform may still show it.",
        "Ask the platform whether its webhook is up. If it refused for good, correct that and send it again, or have it carried out by hand.",
    ),
    AlarmKind.SCHEMA_CHANGED: Words(
        "An authority's schema changed",
        "Reports are written and checked by the new one from now on, if it could be read; what it has no place for is left out and named in "
        "the preview of each report.",
        "Look at the next report's preview before it is sent, and see whether a newer Wardline knows the new schema. Close this when you have.",
    ),
    AlarmKind.SCHEMA_UNSEEN: Words(
        "An authority's schema cannot be had",
        "Reports go on, by the schema that was seen last. A change would be noticed only when a report is refused.",
        "See whether the authority can be reached and whether the credentials are right. It is asked for again each minute.",
    ),
    AlarmKind.LIST_STALE: Words(
        "A hash list is old",
        "It goes on matching what it knows. What was added to it elsewhere since then is not found.",
        "Fetch the list again, or switch it off.",
    ),
    AlarmKind.LIST_NOT_SYNCED: Words(
        "A hash list cannot be fetched",
        "It goes on matching what it knows. What was added to it elsewhere since then is not found.",
        "See on the list's page what is wrong. If its exchange is down, wait. If more changed than may, make sure that it is right, and let two "
        "people agree to it there.",
    ),
    AlarmKind.ENTRY_HELD: Words(
        "Entries of a hash list are held",
        "Nothing is restricted for them. Each upload near them goes to a person.",
        "See on the list's page why they are held. Release those that are right. Tell the list's owner of those that are wrong.",
    ),
    AlarmKind.DESTRUCTION_STOPPED: Words(
        "A destruction on request stopped",
        "What was destroyed until then is gone. The rest is kept.",
        "See why in the log, and tell nobody that everything is gone. When nothing stands against it any more, propose the rest again with every hold that "
        "runs then. Close this when that is done.",
    ),
    AlarmKind.PRESERVATION_ENDING: Words(
        "A request to preserve is about to end",
        "Its files are held until then. What nothing else holds is destroyed within minutes after that.",
        "Ask whoever asked for it whether it is renewed. If so, extend it before it ends; a request under 18 USC 2703(f) once, afterwards record "
        "the order or the request that it rests on. Otherwise leave it: this goes away when it is past.",
    ),
    AlarmKind.FENCED: Words(
        "This is a restored copy",
        "Reports, actions and messages wait. Nothing is destroyed. Uploads are taken and cases decided as usual.",
        "Make sure that the installation it was copied from is gone and cannot start again. Then whoever runs the machine lifts the fence: "
        "wardline fence lift.",
    ),
    AlarmKind.COPY_FAILED: Words(
        "A hash list's copy on disk was damaged, or could not be made",
        "Uploads are compared with all of the list as before. Each process reads it from the database, which takes longer when it starts, "
        "and more memory.",
        "See whether the data disk fails or is full. The copy is made again by itself, and all of data/indexes may be removed at any time.",
    ),
    AlarmKind.DISK_FULL: Words(
        "The data disk is nearly full",
        "When it is full, uploads are refused, never released unseen. Nothing that is stored is lost.",
        "Free space on the data disk, or give it more.",
    ),
    AlarmKind.EVIDENCE_UNCLAIMED: Words(
        "Sealed files belong to no record",
        "Nothing was destroyed, and nothing will be while there are so many.",
        "If the database came from an older back-up, restore a newer one. Otherwise call the person responsible.",
    ),
    AlarmKind.DETECTOR_FAILING: Words(
        "A detector gives no answer",
        "Everything that is posted where it is asked goes to a person. Nothing is released unseen for its sake.",
        "See whether whoever runs it says that it is down, and whether its secret is right. If more comes to people than they can look at, "
        "take its scope out of wardline.toml until it is well.",
    ),
    AlarmKind.DETECTOR_CHANGED: Words(
        "A detector became another one",
        "Its answers are not used. Everything that is posted where it is asked goes to a person.",
        "Ask whoever runs it what changed. To use the new version, name it in wardline.toml; it starts without evidence and without certificate.",
    ),
    AlarmKind.CASE_STUCK: Words(
        "Nobody is left who may take a case",
        "The case waits and stays as it is. What is hidden stays hidden.",
        "Add a moderator or a lead under People and keys.",
    ),
    AlarmKind.QUEUE_UNSTAFFED: Words(
        "Nobody may take from a queue",
        "Its cases wait and stay as they are. What is hidden stays hidden.",
        "Give somebody the skill under People and keys, or move the cases to another queue.",
    ),
    AlarmKind.TARGET_NEAR: Words(
        "Cases come near their target",
        "They are handed out in their order, which is by harm and not by target.",
        "See on the team's page which queue is behind. More people, or others, take from it if they have the skills.",
    ),
    AlarmKind.TARGET_PAST: Words(
        "Cases are past their target",
        "They wait in their order. Nothing is decided, hidden or shown because of it.",
        "See on the team's page which they are. A lead may give the oldest to somebody.",
    ),
    AlarmKind.RESTRICTED_LONG: Words(
        "Content is hidden for too long without a decision",
        "It stays hidden where a verified list knows it, until a person decides. These cases go first now.",
        "Have the oldest decided, or give it to somebody.",
    ),
    AlarmKind.CALIBRATION_POOR: Words(
        "Probabilities are not what they say",
        "The queue goes by score, the likeliest violation first.",
        "See on the team's page how far they are off. Let lists or detectors that are wrong be corrected; the order comes back by itself.",
    ),
    AlarmKind.CLUSTER_DISPUTED: Words(
        "People disagree about files that look alike",
        "What had spread is taken back and waits in the queue; nothing spreads in this cluster any more.",
        "Open the cluster's page and have its cases decided. Tell the authority if a report was wrong.",
    ),
    AlarmKind.KIND_UNTAKEN: Words(
        "Nobody takes cases of a kind",
        "They wait and stay as they are. Nobody is asked why they do not take them.",
        "Look for people who can. If it stays so, let other people learn this kind of work.",
    ),
    AlarmKind.DANGER_UNATTENDED: Words(
        "A child may be in danger now, and nobody can take the case",
        "It is the first that is handed out. Nobody is handed it beyond what they may take.",
        "Look for somebody who can take it now, or take it yourself.",
    ),
    AlarmKind.COMPLAINT_LATE: Words(
        "An answer is late that was promised",
        "The appeal, flag or message waits; nothing of it is lost.",
        "Have the appeal decided first. If the platform does not take messages, mend its webhook.",
    ),
    AlarmKind.REPORT_WRONG: Words(
        "A filed report says what was overturned since",
        "The evidence is held as before. The authority does not know yet.",
        "Tell the authority, naming the number of its report.",
    ),
    AlarmKind.OPINION_MISSING: Words(
        "Decisions take effect without a second opinion",
        "What one person decided stands, and is done. Where others can still be asked, they are.",
        "Add a moderator or a lead, or see who can give the opinions that wait.",
    ),
    AlarmKind.CERTIFICATE_SUSPENDED: Words(
        "A machine decided more wrongly than it may",
        "Its certificate is suspended, and everything goes to people. What it had restricted came back into the queue.",
        "Look at what was decided wrongly. A new certificate needs evidence from after this moment, and two people.",
    ),
    AlarmKind.CERTIFICATE_ENDED: Words(
        "A certificate ended",
        "Everything that it decided goes to people.",
        "See under Automation why it ended. If it shall go on, propose a new one.",
    ),
    AlarmKind.SCORES_MOVED: Words(
        "Uploads score otherwise than before",
        "Nothing was switched off. The watch over the certificate goes on.",
        "See whether what people upload there changed, or the detector did. This warns of harmless changes too.",
    ),
    AlarmKind.CLOCK_JUMPED: Words(
        "The clock jumped, or the service stood still for long",
        "Nothing is destroyed by a date that may be wrong; people go on working.",
        "Compare the clock with another one and set it. Resolve this once it is right: then retention goes on.",
    ),
    AlarmKind.WORK_FAILED: Words(
        "A task goes on failing",
        "It is tried again by itself, at longer and longer intervals.",
        "Look for its record in the service's own log, and mend the cause.",
    ),
    AlarmKind.WORK_WAITS: Words(
        "Work waits and nothing moves",
        "Nothing is lost. What waits in that queue happens late: reports, what platforms are asked to do, or what follows a decision.",
        "Read the service's own log, then start the service anew. If an outside service hangs, it is named in its own alarm.",
    ),
    AlarmKind.DECODER_KILLED: Words(
        "A decoder was stopped",
        "The file that it was reading went to a person. Others are read as before.",
        "If this happens again and again, find out who sends such files: somebody may be probing.",
    ),
    AlarmKind.LOG_UNVERIFIED: Words(
        "The audit log does not verify",
        "The service goes on as it is until somebody stops it. Each page says in its last line that the log does not verify.",
        "Stop the service, copy the disk before anything is changed, and find out who could write to the database. Close this only when "
        "it is known what happened.",
    ),
    AlarmKind.PASSKEY_COPIED: Words(
        "A security key may have been copied",
        "It signs nobody in any more. Nothing that was done before is undone.",
        "Talk to the key's owner, take their keys away under People and keys, and look in the audit log at what they did lately.",
    ),
    AlarmKind.WITNESS_SILENT: Words(
        "A witness does not take the log's checkpoints",
        "The log goes on and is signed. What is signed meanwhile has no copy that nobody here can change.",
        "See whether the witness's file or address is right and can be reached. It is tried again each minute.",
    ),
    AlarmKind.ALARM_UNDELIVERED: Words(
        "Alarms do not reach somebody",
        "They are on this page, and are sent when the notifier answers again.",
        "Correct the notifier in wardline.toml, or see why it is down. Look here more often until then.",
    ),
}  # fmt: skip
_OF_A_MESSAGE = Words(
    "A platform does not take a message",
    "Nobody has been told. What was decided stands, and is carried out.",
    "Ask the platform why it refuses, and correct its webhook; then send it again.",
)
_SHOWN = 5
"""Of one kind so many are shown: a kind of which there are hundreds hides no other."""
_PAGES = (
    (re.compile(r"referral-[0-9a-z]{26}"), "/referrals/{}", "Open the report", OVERSEERS),
    (re.compile(r"hash-list-[0-9a-z]{26}"), "/hash-lists/{}", "Open the list", OVERSEERS),
    (re.compile(r"case-[0-9a-z]{26}"), "/cases/{}", "Open the case", REVIEWERS),
    (re.compile(r"certificate-[0-9a-z]{26}"), "/automation#{}", "See what the machine may do", OVERSEERS),
    (
        re.compile(r"[123]:(half|four-fifths|past)|checks"),
        "/referrals",
        "See the reports on their way",
        OVERSEERS,
    ),
    (re.compile("log"), "/audit", "See the audit log", OVERSEERS),
)
"""Pages about a record: what its id looks like, where the page is, what the link says, who may open it."""


def show(desk: Desk) -> Response:
    """List the open alarms, the most urgent first: of each kind as many as somebody can deal with, and how many others there are."""
    found = alarm_order.most_urgent_first(desk.wardline.parts, desk.wardline.open_alarms(user=desk.user))
    shown, left = _some_of_each(found)
    return page(
        desk, "alarms", alarms=[(each, _words(each), _link(desk, each), left.get(each.id, 0), sending_again.is_possible(each)) for each in shown],
        manages=desk.user.role in MANAGERS, notified=[each.name for each in desk.wardline.parts.notifiers],
    )  # fmt: skip


def _some_of_each(found: list[records.Alarm]) -> tuple[list[records.Alarm], dict[str, int]]:
    """Give the first of each kind, and under the id of the last that is shown of a kind how many more of it there are."""
    kinds: dict[AlarmKind, list[records.Alarm]] = {}
    for each in found:
        kinds.setdefault(each.kind, []).append(each)
    shown = {each.id for of_kind in kinds.values() for each in of_kind[:_SHOWN]}
    left = {
        of_kind[_SHOWN - 1].id: len(of_kind) - _SHOWN for of_kind in kinds.values() if len(of_kind) > _SHOWN
    }
    return [each for each in found if each.id in shown], left


def _words(alarm: records.Alarm) -> Words:
    is_message = alarm.subject_id.startswith("message-")
    return _OF_A_MESSAGE if alarm.kind is AlarmKind.WEBHOOK_UNDELIVERED and is_message else WORDS[alarm.kind]


def resolve(desk: Desk) -> Response:
    """Close an alarm that a person dealt with."""
    desk.wardline.resolve_alarm(desk.record("alarm"), user=desk.user)
    return go("/alarms")


def send_again(desk: Desk) -> Response:
    """Send once more what a platform refused, and close its alarm."""
    desk.wardline.send_again(desk.record("alarm"), user=desk.user)
    return go("/alarms")


def _link(desk: Desk, alarm: records.Alarm) -> tuple[str, str] | None:
    """Find the page about what an alarm is about, if this person may open it."""
    if alarm.kind is AlarmKind.RECEIVER_REMOVED:
        return f"/referrals?state={ReferralState.NEEDS_HUMAN}", "See the reports that wait for a person"
    for pattern, address, says, roles in _PAGES:
        if pattern.fullmatch(alarm.subject_id) and desk.user.role in roles:
            return address.format(alarm.subject_id), says
    return None


PAGES = (
    Page("GET", "/alarms", OVERSEERS, show),
    Page("POST", "/alarms/{alarm_id}/resolve", MANAGERS, resolve),
    Page("POST", "/alarms/{alarm_id}/sending", MANAGERS, send_again),
)
