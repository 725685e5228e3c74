"""What a platform said with each upload is put together for one report."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.unit.ncmec import full
from tests.unit.referral.samples import item
from wardline import records
from wardline.referral.facts import gather


def saying(
    number: int, facts: records.ReportFacts | None, *, after: timedelta = timedelta(0)
) -> records.Item:
    plain = item(number, after=after)
    assert plain.context is not None
    return replace(plain, context=replace(plain.context, facts=facts))


def account(**known: object) -> records.ReportFacts:
    return records.ReportFacts(account=records.Party(**known))  # type: ignore[arg-type]  # fields by name


def test_nothing_said_is_nothing_known() -> None:
    known = gather([saying(1, None), item(2)])
    assert (known.account, known.recipients, known.victims, known.incidents, known.law_enforcement) == (
        None,
        (),
        (),
        (),
        None,
    )


def test_the_newer_word_counts_and_what_only_the_older_said_stays() -> None:
    older = account(
        screen_name="old",
        school=None,
        profile_bio="Of the old.",
        display_names=("a", "b"),
        ip_events=(full.event(),),
    )
    newer = account(screen_name="new", display_names=("b", "c"), ip_events=(full.event("Upload"),))
    known = gather([saying(1, newer, after=timedelta(hours=1)), saying(2, older)]).account
    assert known is not None
    assert (known.screen_name, known.profile_bio, known.display_names) == (
        "new",
        "Of the old.",
        ("a", "b", "c"),
    )
    assert [each.event for each in known.ip_events] == ["Login", "Upload"]


def test_no_is_a_word_too() -> None:
    known = gather(
        [
            saying(1, account(compromised=True)),
            saying(2, account(compromised=False), after=timedelta(hours=1)),
        ]
    ).account
    assert known is not None
    assert known.compromised is False


def test_who_is_named_twice_is_in_the_report_once() -> None:
    facts = records.ReportFacts(
        victims=(full.victim(),), recipients=(full.recipient(),), incidents=full.INCIDENTS[3:4]
    )
    known = gather([saying(1, facts), saying(2, facts)])
    assert (len(known.victims), len(known.recipients), len(known.incidents)) == (1, 1, 1)


def test_an_address_that_opens_the_content_by_itself_is_left_out() -> None:
    opens, plain = "https://forum.example/u?token=1", "https://forum.example/u/1"
    facts = records.ReportFacts(
        account=replace(full.account(), profile_urls=(opens, plain)),
        incidents=(records.WebPage(urls=(opens, plain)),),
    )
    known = gather([saying(1, facts)])
    assert known.account is not None
    assert known.account.profile_urls == (plain,)
    assert known.incidents == (records.WebPage(urls=(plain,)),)


def test_an_email_address_of_nobody_in_the_report_is_left_out() -> None:
    def told(address: str) -> records.ReportFacts:
        person = records.Person(emails=(records.Email(address=address),))
        mail = records.EmailMessage(emails=(records.Email(address=address),), content=f"About {address}")
        return records.ReportFacts(account=records.Party(person=person), incidents=(mail,))

    known = gather(
        [saying(1, told("old@forum.example")), saying(2, told("new@forum.example"), after=timedelta(hours=1))]
    )
    assert [
        [email.address for email in each.emails]
        for each in known.incidents
        if isinstance(each, records.EmailMessage)
    ] == [[], ["new@forum.example"]]
