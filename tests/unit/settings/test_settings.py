from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardline import records, settings
from wardline.errors import ConfigurationError, NotInitialisedError
from wardline.records import Letter, MediaFormat, Visibility
from wardline.referral import Clocks, LeftOut
from wardline.triage import Response

FOLDER = Path("somewhere")
_PROFILE = "[matching.category_profiles.vics-us]\n"


def refused(text: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(words)):
        settings.parse(FOLDER, text)


def test_an_empty_file_gives_every_default() -> None:
    chosen = settings.parse(FOLDER, "")
    assert chosen == settings.Settings(folder=FOLDER.resolve())
    assert chosen.data == FOLDER.resolve() / "data"
    assert not chosen.installation.production


def test_values_are_read_by_their_kind(tmp_path: Path) -> None:
    (tmp_path / settings.FILE_NAME).write_text(
        '[installation]\ndata = "/elsewhere"\n[review]\nundo_seconds = 0\n[triage]\nverified_match = "review"\n'
        '[intake.private_scanning.legal_basis]\nUS = "a statute"\n[matching]\nhashers = ["md5"]\n'
        '[[platforms]]\nname = "a"\nurl = "https://a.example/hooks"\nsecret_file = "keys/a.secret"\n',
        "utf-8",
    )
    chosen = settings.load(tmp_path)
    assert chosen.data == Path("/elsewhere")
    assert chosen.review.undo_seconds == 0.0
    assert isinstance(chosen.review.undo_seconds, float)
    assert chosen.triage.verified_match is Response.REVIEW
    assert chosen.intake.private_scanning.legal_basis == {"US": "a statute"}
    assert chosen.matching.hashers == ("md5",)
    assert [(each.name, each.secret_file) for each in chosen.platforms] == [("a", Path("keys/a.secret"))]


def test_a_folder_without_the_file_is_not_initialised(tmp_path: Path) -> None:
    with pytest.raises(NotInitialisedError):
        settings.load(tmp_path)


def test_a_category_profile_says_which_documents_it_is_for_and_what_their_numbers_mean() -> None:
    text = f"{_PROFILE}document = 'US'\n[matching.category_profiles.vics-us.categories]\n0 = 'skip'\n1 = 'A1'\nnone = 'take'\n"
    meaning = records.CategoryMeaning
    assert settings.parse(FOLDER, text).matching.category_profiles == {
        "vics-us": records.CategoryProfile(
            document="US", categories={"0": meaning.SKIP, "1": meaning.A1, "none": meaning.TAKE}
        )
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[intake]\nmax_byte = 1", "unknown key intake.max_byte, expected max_bytes"),
        ("[nonsense]", "unknown key nonsense"),
        ('folder = "/etc"', "unknown key folder"),
        ("[server]\nport = true", "server.port has the wrong kind of value, expected a whole number"),
        ('[server]\nport = "8460"', "server.port has the wrong kind of value"),
        ("[server]\nport = 8460.0", "server.port has the wrong kind of value"),
        ('[triage]\nverified_match = "release"', 'expected "review" or "act"'),
        ("[installation]\nproduction = 1", "expected true or false"),
        ('[[platforms]]\nname = "a"', "platforms[0].url is missing"),
        ("platforms = 1", "platforms has the wrong kind of value"),
        ("[intake.private_scanning.legal_basis]\nUS = 1", "has the wrong kind of value"),
        (f"{_PROFILE}document = 1", "vics-us.document has the wrong kind of value, expected text"),
        (f"{_PROFILE}categories = {{1 = 'A1'}}", "category_profiles.vics-us.document is missing"),
        (f"{_PROFILE}document = 'US'", "category_profiles.vics-us.categories is missing"),
        (f"{_PROFILE}document = 'US'\ncategories = {{}}", "category_profiles.vics-us is empty"),
        (f"{_PROFILE}document = ' '\ncategories = {{1 = 'A1'}}", "category_profiles.vics-us is empty"),
        (
            f"{_PROFILE}document = 'US'\ncategories = {{1 = 'C1'}}",
            'categories.1 has the wrong kind of value, expected "A1" or',
        ),
        (
            f"{_PROFILE}document = 'US'\ncategories = {{01 = 'A1'}}",
            "vics-us.categories has a key that is no category",
        ),
        (
            f"{_PROFILE}document = 'US'\ncategories = {{1 = 'A1', one = 'A1'}}",
            "has a key that is no category",
        ),
        (
            f"{_PROFILE}documents = 'US'",
            "unknown key matching.category_profiles.vics-us.documents, expected document",
        ),
        ("[matching]\ncategory_profiles = 1", "matching.category_profiles has the wrong kind of value"),
        ("[matching.category_profiles]\nvics-us = 'A1'", "vics-us has the wrong kind of value"),
        ("[review\n", "not TOML"),
        ('[installation]\nname = "two words"', "installation.name has other characters"),
        ('[installation]\nname = ""', "installation.name has other characters"),
        ("[review]\nlease_minutes = nan", "review.lease_minutes is outside its range"),
        ("[review]\nundo_seconds = inf", "review.undo_seconds is outside its range"),
        ("[preservation]\nafter_filing_days = 364.9", "preservation.after_filing_days is outside its range"),
    ],
)
def test_what_is_wrong_is_refused_by_name(text: str, words: str) -> None:
    refused(text, words)


@pytest.mark.parametrize(
    "section",
    [
        "platforms",
        "notifiers",
        "matching.exchanges",
        "audit.witnesses",
        "review.queues",
        "detectors",
        "automation.scopes",
    ],
)
def test_a_name_is_given_once(section: str) -> None:
    fields = {
        "platforms": 'name = "a"\nurl = "https://a.example"\nsecret_file = "s"\n', "notifiers": 'name = "a"\nadapter = "smtp"\n',
        "audit.witnesses": 'name = "a"\nadapter = "file"\n',
        "matching.exchanges": 'name = "a"\nadapter = "local"\n',
        "review.queues": 'name = "a"\n',
        "detectors": 'name = "a"\nadapter = "http"\nversion = "1"\n',
        "automation.scopes": 'name = "a"\nsurfaces = ["post"]\ndetectors = ["a"]\n',
    }  # fmt: skip
    refused(f"[[{section}]]\n{fields[section]}" * 2, f"{section} has one name twice")


def section_with(path: str) -> str:
    """Give the head of the section that a setting stands in, with what it needs beside."""
    if path.startswith("review.queues."):
        return '[[review.queues]]\nname = "a"'
    if path.startswith("matching.exchanges."):
        return '[[matching.exchanges]]\nname = "a"\nadapter = "local"'
    if path.startswith("audit.witnesses."):
        return '[[audit.witnesses]]\nname = "a"\nadapter = "file"'
    if path.startswith("detectors."):
        return '[[detectors]]\nname = "a"\nadapter = "http"\nversion = "1"'
    if path.startswith("automation.scopes."):
        return '[[automation.scopes]]\nname = "a"\nsurfaces = ["post"]\ndetectors = ["a"]'
    return f"[{path.rpartition('.')[0]}]"


@pytest.mark.parametrize("path", settings.RANGES)
def test_both_ends_of_a_range_are_inside_it(path: str) -> None:
    head, name = section_with(path), path.rpartition(".")[2]
    low, high = settings.RANGES[path]
    given_low = settings.parse(FOLDER, f"{head}\n{name} = {int(low) + 1}")
    whole = isinstance(settings.values_of(given_low, path)[0], int)
    for value in (low, high):
        settings.parse(FOLDER, f"{head}\n{name} = {int(value) if whole else float(value)}")
    for value in (low - 1, high + 1 if whole else high * 1.01):
        refused(f"{head}\n{name} = {int(value) if whole else float(value)}", f"{path} is outside its range")


@pytest.mark.parametrize("name", ["general", "two words", "", "x" * 65])
def test_a_queue_has_a_name_of_its_own(name: str) -> None:
    refused(f'[[review.queues]]\nname = "{name}"', "review.queues has a name that none may have")


def test_a_queue_says_what_comes_into_it() -> None:
    text = """
        [[review.queues]]
        name = "german"
        surfaces = ["post"]
        languages = ["de"]
        formats = ["jpeg", "gif"]
        categories = ["A", "other"]
        visibility = "private"
        skills = ["german"]
        target_hours = 12
    """
    (queue,) = settings.parse(FOLDER, text).review.queues
    assert (queue.formats, queue.categories) == (
        (MediaFormat.JPEG, MediaFormat.GIF),
        (Letter.A, Letter.OTHER),
    )
    assert (queue.visibility, queue.skills, queue.target_hours) == (Visibility.PRIVATE, ("german",), 12.0)
    refused('[[review.queues]]\nname = "a"\ncategories = ["C"]', "review.queues")
    refused('[[review.queues]]\nname = "a"\nskills = ["two words"]', "a skill of review.queues a")


@given(st.text(max_size=200))
def test_a_text_without_settings_changes_nothing_or_is_refused(text: str) -> None:
    try:
        chosen = settings.parse(FOLDER, text)
    except ConfigurationError:
        return
    assert chosen == settings.Settings(folder=FOLDER.resolve())


_DUTY = "[referral.packs.nca-pack]\n[referral.duties.GB]\n"


def test_a_duty_names_receivers_that_there_are() -> None:
    chosen = settings.parse(FOLDER, f'{_DUTY}receivers = ["nca-pack"]\nbasis = "a law"\n').referral
    assert chosen.duties["GB"].receivers == ("nca-pack",)
    assert chosen.duties["GB"].reported_elsewhere == ()
    assert list(chosen.packs) == ["nca-pack"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{_DUTY}receivers = []\n", "referral.duties.GB.receivers is empty"),
        (f"{_DUTY}basis = 'a law'\n", "referral.duties.GB.receivers is missing"),
        (f"{_DUTY}receivers = ['ncmec']\n", "names a receiver that is none"),
        (
            f"{_DUTY}receivers = ['nca-pack']\nreported_elsewhere = ['ncmec']\n",
            "names a receiver that is none",
        ),
        (f"{_DUTY.replace('GB', 'uk')}receivers = ['nca-pack']\n", "no region"),
        (f"{_DUTY.replace('GB', 'UK')}receivers = ['nca-pack']\n", "the United Kingdom is GB"),
        (f"{_DUTY}receivers = ['nca-pack']\nbasis = '{'x' * 301}'\n", "referral.duties.GB.basis is too long"),
        (f"[referral.packs.nca-pack]\nlabel = '{'x' * 301}'\n", "referral.packs.nca-pack has a label"),
    ],
)
def test_a_duty_that_could_leave_a_report_undone_is_refused(text: str, words: str) -> None:
    refused(text, words)


_BATCHES = (
    '[referral]\nauthority = "ncmec"\n[referral.viral_batches.ncmec]\nagreed_with = "their team, by mail"\n'
    'agreed_on = "2026-11-27"\n'
)


def test_what_was_agreed_about_batched_reports_is_read_and_off_by_default() -> None:
    assert settings.parse(FOLDER, "").referral.viral_batches == {}
    found = settings.parse(FOLDER, _BATCHES).referral.viral_batches["ncmec"]
    assert (found.leaves_out, found.wait_hours, found.no_duty_in) == ((), 0.0, ())
    text = f'{_BATCHES}leaves_out = ["upload-address", "file-name"]\nwait_hours = 6\nno_duty_in = ["CH"]\n'
    found = settings.parse(FOLDER, text).referral.viral_batches["ncmec"]
    assert found.leaves_out == (LeftOut.UPLOAD_ADDRESS, LeftOut.FILE_NAME)
    assert (found.wait_hours, found.no_duty_in) == (6.0, ("CH",))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (_BATCHES.replace("authority", "#"), "is not where reports go"),
        (_BATCHES.replace("their team, by mail", " "), "agreed_with is empty"),
        (_BATCHES.replace('agreed_with = "their team, by mail"\n', ""), "agreed_with is missing"),
        (_BATCHES.replace("2026-11-27", "November"), "agreed_on is no day"),
        (f'{_BATCHES}leaves_out = ["everything"]\n', "leaves_out"),
        (f'{_BATCHES}wait_hours = 25\nno_duty_in = ["CH"]\n', "wait_hours is outside its range"),
        (f"{_BATCHES}wait_hours = 1\n", "wait_hours without no_duty_in"),
        (f'{_BATCHES}no_duty_in = ["ch"]\n', "no_duty_in has what is no region"),
        (f'{_BATCHES}no_duty_in = ["US"]\n', "no_duty_in has US"),
        (f'{_BATCHES}no_duty_in = ["GB"]\n', "no_duty_in has GB"),
        (
            f'{_BATCHES}no_duty_in = ["FR"]\n[referral.duties.FR]\nreceivers = ["ncmec"]\n',
            "no_duty_in has FR",
        ),
    ],
)
def test_an_agreement_that_nobody_could_show_or_that_would_keep_back_what_is_owed_is_refused(
    text: str, words: str
) -> None:
    refused(text, words)


def test_hours_that_a_region_does_not_name_are_those_that_hold_everywhere() -> None:
    text = "[referral.region_clocks]\nGB = { third_hours = 24 }\n[referral.clocks]\nfirst_hours = 0.5\n"
    sent = settings.parse(FOLDER, text).referral
    assert sent.clocks == Clocks(first_hours=0.5)
    assert sent.region_clocks == {"GB": Clocks(first_hours=0.5, third_hours=24)}
    with pytest.raises(ConfigurationError, match=r"unknown key referral\.clocks\.fist_hours"):
        settings.parse(FOLDER, text.replace("first", "fist"))
    with pytest.raises(ConfigurationError, match=r"referral\.region_clocks\.GB has the wrong kind"):
        settings.parse(FOLDER, text.replace("{ third_hours = 24 }", "24"))
