"""What a platform said with each upload is put together for one report."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from tests.unit.ncmec import full
from tests.unit.referral.samples import item
from wardline import records
from wardline.referral.facts import also_known, gather


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
    ] == [["old@forum.example"], ["new@forum.example"]]

    def meant(number: int) -> records.ReportFacts:
        mail = records.Email(address=f"{number}@forum.example")
        person = records.Party(person=records.Person(emails=(mail,)), account_reference=f"a-{number}")
        incidents = (records.EmailMessage(emails=(mail,)),) if number == 0 else ()
        return records.ReportFacts(recipients=(person,), incidents=incidents)

    crowd = gather([saying(1, meant(number), after=timedelta(hours=number)) for number in range(101)])
    assert crowd.incidents == (records.EmailMessage(),)


def test_a_person_known_from_several_uploads_is_joined_field_by_field() -> None:
    first = records.Person(
        first_name="A", age=11, emails=(records.Email(address="a@b.example", verified=True, verified_at=full.AT),), phones=(full.phone(),)
    )  # fmt: skip
    second = records.Person(
        last_name="B", age=12, emails=(records.Email(address="a@b.example", kind=records.EmailKind.HOME), records.Email(address="c@d.example")),
    )  # fmt: skip
    both = records.Person(
        first_name="A", last_name="B", age=12, phones=(full.phone(),),
        emails=(
            records.Email(address="a@b.example", kind=records.EmailKind.HOME, verified=True, verified_at=full.AT),
            records.Email(address="c@d.example"),
        ),
    )  # fmt: skip

    def told(person: records.Person) -> records.ReportFacts:
        party = records.Party(account_reference="x", person=person)
        return records.ReportFacts(
            account=records.Party(person=person), victims=(party,), recipients=(party,)
        )

    known = gather([saying(1, told(first)), saying(2, told(second), after=timedelta(hours=1))])
    assert known.account == records.Party(person=both)
    assert known.victims == known.recipients == (records.Party(account_reference="x", person=both),)
    other = records.Party(account_reference="y", person=second)
    apart = gather([saying(1, told(first)), saying(2, records.ReportFacts(victims=(other,)))])
    assert len(apart.victims) == 2


def test_an_address_that_is_no_longer_verified_loses_its_date() -> None:
    def told(**known: object) -> records.ReportFacts:
        mail = records.Email(address="a@b.example", **known)  # type: ignore[arg-type]  # fields by name
        return account(person=records.Person(emails=(mail,)))

    known = gather(
        [
            saying(1, told(verified=True, verified_at=full.AT)),
            saying(2, told(verified=False), after=timedelta(hours=1)),
        ]
    )
    assert known.account is not None
    assert known.account.person is not None
    assert known.account.person.emails == (records.Email(address="a@b.example", verified=False),)


def test_an_account_that_belongs_to_it_is_joined_too() -> None:
    def told(**known: object) -> records.ReportFacts:
        other = records.AssociatedAccount(kind=records.AssociationKind.LINKED, account_reference="o", **known)  # type: ignore[arg-type]  # fields by name
        return account(associated=(other,))

    known = gather(
        [
            saying(1, told(screen_name="s", approximate_age=30)),
            saying(2, told(date_of_birth=date(1990, 1, 1)), after=timedelta(hours=1)),
        ]
    )
    assert known.account is not None
    assert known.account.associated == (
        records.AssociatedAccount(
            kind=records.AssociationKind.LINKED, account_reference="o", screen_name="s", date_of_birth=date(1990, 1, 1)
        ),
    )  # fmt: skip


def test_of_more_than_a_list_may_hold_the_newest_are_in_the_report() -> None:
    def told(number: int) -> records.ReportFacts:
        event = full.event(at=full.AT + timedelta(minutes=number))
        victim = records.Party(person=records.Person(first_name=f"v{number}"))
        return records.ReportFacts(
            account=records.Party(ip_events=(event,), prior_reports=(f"{1000 + number}",)),
            victims=(victim,),
        )

    known = gather([saying(1, told(number), after=timedelta(hours=number)) for number in range(150)])
    assert known.account is not None
    assert len(known.account.ip_events) == len(known.account.prior_reports) == len(known.victims) == 100
    assert known.account.ip_events[-1].at == full.AT + timedelta(minutes=149)
    assert {"1149", "1050"} <= set(known.account.prior_reports)
    assert "1000" not in known.account.prior_reports
    assert known.victims[-1].person == records.Person(first_name="v149")


def test_what_could_not_be_read_is_named_with_what_opens_by_itself() -> None:
    facts = records.ReportFacts(
        account=records.Party(profile_urls=("https://forum.example/u?token=1",)),
        left_out=("account.person.age",),
    )
    assert gather([saying(1, facts)]).left_out == (
        "account.person.age", "web addresses with credentials or a signature: 1",
    )  # fmt: skip


def test_more_people_than_a_report_may_name_are_no_error_though_an_incident_names_one_that_is_gone() -> None:
    def some(first: int) -> tuple[records.Party, ...]:
        mails = (records.Email(address=f"{number}@mail.example") for number in range(first, first + 60))
        return tuple(
            records.Party(account_reference=each.address, person=records.Person(emails=(each,)))
            for each in mails
        )

    message = records.EmailMessage(
        emails=(records.Email(address="0@mail.example"), records.Email(address="59@mail.example"))
    )
    told = records.ReportFacts(recipients=some(0), incidents=(message,))
    joined = also_known(records.ReportFacts(recipients=some(100)), told)
    assert joined is not None
    assert len(joined.recipients) == records.MOST_OF_A_KIND
    assert joined.incidents == (records.EmailMessage(emails=(records.Email(address="59@mail.example"),)),)
