"""A report with everything that a report can say, all of it invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from wardline import records
from wardline.testing.authority_contract import REPORTED_AT, sample_file, sample_report

AT = REPORTED_AT - timedelta(days=3)
_LATER = AT + timedelta(hours=1)


def event(name: str = "Login", at: datetime | None = AT) -> records.IpEvent:
    return records.IpEvent(ip_address="2001:db8::7", event=name, at=at, port=40000, possible_proxy=True)


def device() -> records.Device:
    return records.Device(id_type="IMEI", id_value="000000000000000", event=records.EventName.LOGIN, at=AT)


def email(address: str = "somebody@forum.example") -> records.Email:
    return records.Email(address=address, kind=records.EmailKind.HOME, verified=True, verified_at=AT)


def phone() -> records.Phone:
    return records.Phone(
        number="2025550100", kind=records.PhoneKind.MOBILE, verified=True, verified_at=AT, calling_code="+1", extension="7"
    )  # fmt: skip


def address() -> records.PostalAddress:
    return records.PostalAddress(
        street="1 Invented Street", city="Town", zip_code="00000", us_state="TX", other_state="None", country="US",
        kind=records.AddressKind.HOME,
    )  # fmt: skip


def person(name: str = "Invented", mail: str = "somebody@forum.example") -> records.Person:
    return records.Person(
        first_name=name, last_name="Nobody", phones=(phone(),), emails=(email(mail),), addresses=(address(),), age=30,
        age_disputed=True, date_of_birth=date(1990, 2, 28),
    )  # fmt: skip


def disabling(*, permanent: bool = False) -> records.Disabling:
    return records.Disabling(
        at=AT, user_notified=True, user_notified_at=_LATER, reenabled_at=None if permanent else _LATER
    )


def location() -> records.Location:
    return records.Location(country="US", region="TX", city="Town", verified=True, at=AT)


def associated() -> records.AssociatedAccount:
    return records.AssociatedAccount(
        kind=records.AssociationKind.LINKED, platform="Other Forum", third_party=True, first_name="Invented", middle_name="M",
        last_name="Nobody", age_disputed=False, date_of_birth=date(1990, 2, 28), phones=(phone(),), emails=(email(),),
        all_emails_reported=True, addresses=(address(),), service="mail", account_reference="other-1",
        profile_urls=("https://other.example/p",), screen_name="other", display_names=("Other",), profile_bio="Of nobody.", group="g",
        compromised=False, temporarily_disabled=disabling(), permanently_disabled=disabling(permanent=True), ip_events=(event(),),
        devices=(device(),), prior_reports=("4200001",), note="Linked by the same address.",
    )  # fmt: skip


def party(reference: str | None = None, mail: str = "somebody@forum.example") -> records.Party:
    return records.Party(
        person=person(mail=mail), account_reference=reference, service="messages", compromised=False, screen_name="nobody",
        display_names=("Nobody", "Nobody 2"), profile_urls=("https://forum.example/u/1",), profile_bio="Two\nlines.",
        ip_events=(event(), event("Registration")), devices=(device(),), temporarily_disabled=disabling(),
        permanently_disabled=disabling(permanent=True), location=location(), all_emails_reported=True, prior_reports=("4200001",),
        note="Invented for a test.",
    )  # fmt: skip


def account() -> records.Party:
    return replace(party(), group="g-1", vehicle="A red one", third_party=False, associated=(associated(), replace(associated(), date_of_birth=None, approximate_age=30)))  # fmt: skip


def recipient() -> records.Party:
    return replace(party("recipient-1", "recipient@forum.example"), group="g-1")


def victim() -> records.Party:
    known = replace(
        party("child-1", "child@forum.example"), screen_name="screenname77", display_names=("Displayname77",), school="School Seventyseven",
        associated=(replace(associated(), note=None),), note="Nothing more is known.",
    )  # fmt: skip
    told = replace(
        person(mail="child@forum.example"), first_name="Firstname77", last_name="Lastname77", age=12, date_of_birth=date(2013, 3, 4),
        phones=(replace(phone(), number="2025550177"),), addresses=(replace(address(), street="77 Other Street"),),
    )  # fmt: skip
    return replace(known, person=told)


INCIDENTS: tuple[records.Incident, ...] = (
    records.WebPage(urls=("https://forum.example/page",), hosted_elsewhere=True, note="n"),
    records.EmailMessage(emails=(email(),), content="An excerpt.", note="n"),
    records.Newsgroup(name="group", emails=(email(),), content="c", note="n"),
    records.Chat(client="Forum", room="Room", content="12:00 one: hello\n12:01 two: hello", note="n"),
    records.Gaming(game="Game", console="Console", content="c", note="n"),
    records.Telephone(phone=phone(), latitude=48.1, longitude=-11.5, note="n"),
    records.Offline(place="A place", addresses=(address(),), note="n"),
    records.PeerToPeer(client="Client", ip_events=(event(),), file_names="one.png, two.png", note="n"),
)


def facts() -> records.ReportFacts:
    return records.ReportFacts(
        account=account(), recipients=(recipient(),), victims=(victim(),), incidents=INCIDENTS, law_enforcement=police(),
        devices=(device(),), metadata=metadata(), possible_proxy=False, supplemental=False,
    )  # fmt: skip


def police() -> records.LawEnforcement:
    return records.LawEnforcement(
        agency="Agency", case_number="C-1", officer=replace(person(), age=None, date_of_birth=None, age_disputed=None), reported=True,
        served_process=True, served_process_abroad=True, abroad_country="DE",
    )  # fmt: skip


def metadata() -> tuple[records.Metadata, ...]:
    return (
        records.Metadata(
            kind=records.MetadataKind.EXIF, pairs=(records.NamedValue(name="Make", value="Invented"),)
        ),
        records.Metadata(
            kind=records.MetadataKind.HASH, pairs=(records.NamedValue(name="Other", value="0"),)
        ),
    )


def report_of(known: records.ReportFacts) -> records.Report:
    """Put facts into a report as building does."""
    plain = sample_report()
    first = replace(
        plain.files[0], annotations=tuple(records.FileAnnotation), devices=known.devices, metadata=known.metadata,
    )  # fmt: skip
    supplemental = replace(sample_file(2), supplemental=True)
    return replace(
        plain, files=(first, supplemental), annotations=tuple(records.ReportAnnotation), incidents=known.incidents,
        law_enforcement=known.law_enforcement, recipients=known.recipients, victims=known.victims,
        person=replace(plain.person, facts=known.account, prior_reports=("4200002", "4200003")),
    )  # fmt: skip


def whole_report() -> records.Report:
    report = report_of(facts())
    reporter = replace(
        report.reporter,
        terms_of_service="Terms.",
        company_template="Of this company.",
        more=person(),
        contact=police().officer,
    )
    return replace(report, reporter=reporter)


def batched_report(*others: str) -> records.Report:
    plain = sample_report(files=1)
    return replace(
        plain, escalation=None, urls=(), batch=records.Batch(account_references=others or ("account-2", "account-3")),
        files=(replace(plain.files[0], batched=True, annotations=(records.FileAnnotation.VIRAL, records.FileAnnotation.GENERATIVE_AI)),),
    )  # fmt: skip


def text_report() -> records.Report:
    """Give a report without a file."""
    plain = sample_report(files=1)
    return replace(plain, files=(), urls=(), kind=records.IncidentKind.ENTICEMENT, incidents=(INCIDENTS[3],))
