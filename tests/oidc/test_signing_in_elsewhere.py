"""People sign in with their account at a real provider. Nobody comes in whom nobody linked, and nobody as somebody else."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.oidc.back_channel import Told, listening
from tests.oidc.real_provider import CLIENT, SECRET, RealProvider, running
from tests.unit.pipeline.signing_in import CHEAP
from tests.web.client import Api
from tests.web.console.browser import HOST, PASSWORD, Browser, Seen, somebody
from wardline.adapters.identities import OidcProvider
from wardline.pipeline import Rules, changing_people, identities, people
from wardline.pipeline.account_rules import AccountRules, Provider
from wardline.ports import Claims
from wardline.records import Role
from wardline.testing.clock import VirtualClock
from wardline.testing.harness import REPORTER, Line
from wardline.web.app import create_app

pytestmark = pytest.mark.long

BACK = f"{HOST}/sign-in/with/example/back"


@pytest.fixture(scope="module")
def told() -> Iterator[Told]:
    with listening() as found:
        yield found


@pytest.fixture(scope="module")
def provider(told: Told) -> Iterator[RealProvider]:
    with running(BACK, told.address) as found:
        yield found


@pytest.fixture
def line(tmp_path: Path, provider: RealProvider) -> Iterator[Line]:
    """An installation that knows the provider. Its clock is the real one's, for the provider's tokens are dated by that."""
    clock = VirtualClock(datetime.now(UTC).replace(microsecond=0))
    rules = Rules(reporter=REPORTER, accounts=AccountRules(address=HOST))
    with Line(
        tmp_path, clock=clock, rules=rules, replaced={"password_hasher": CHEAP, "providers": _known(provider, clock)}
    ) as made:  # fmt: skip
        yield made


@pytest.fixture
def api(line: Line) -> Api:
    return Api(create_app(line.wardline, low_trust_answer_seconds=0))


def _known(provider: RealProvider, clock: VirtualClock, **changes: Any) -> dict[str, Provider]:
    """Set the provider up, with changes to what its word counts for."""
    asked = OidcProvider(
        "example", issuer=provider.issuer, client_id=CLIENT, secret=SECRET.encode(), name_claim="preferred_username",
        role_claim="groups" if changes.get("roles") else None, now=clock.now,
    )  # fmt: skip
    given: dict[str, Any] = {
        "name": "example",
        "label": "Example",
        "issuer": provider.issuer,
        "provider": asked,
    }
    return {"example": Provider(**{**given, **changes})}


def _counts_for(line: Line, provider: RealProvider, **changes: Any) -> None:
    known = _known(provider, line.clock, **changes)
    object.__setattr__(line.parts, "providers", known)


def _sent_to(seen: Seen) -> str:
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', seen.text)
    assert found, seen.text
    return html.unescape(found.group(1))


def _inside(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _arrive(browser: Browser, provider: RealProvider) -> Seen:
    """Sign in by the button, and come back."""
    away = browser.send(browser.get("/sign-in").form("/sign-in/with/example"))
    return browser.get(_inside(provider.visit(_sent_to(away))))


def _linked(line: Line, provider: RealProvider, name: str = "mika", role: Role = Role.MODERATOR) -> Any:
    user = somebody(line, name, role)
    identities.link(
        line.parts, user, Claims(issuer=provider.issuer, subject=name, name=name, roles=frozenset())
    )
    return user


# --- coming in ------------------------------------------------------------------------------------------------------------------------
def test_somebody_links_their_account_and_signs_in_with_it(
    api: Api, line: Line, provider: RealProvider
) -> None:
    user = somebody(line)
    provider.tell(login="subject-of-mika", people={})
    desk = Browser(api)
    desk.sign_in("mika")
    away = desk.send(desk.get("/you").form("/you/accounts/example/link"))
    address = _sent_to(away)
    assert "prompt=login" in address
    back = desk.get(_inside(provider.visit(address)))
    assert _sent_to(back) == "/you"
    (identity,) = line.store.identities_of(user.id)
    assert (identity.issuer, identity.subject) == (provider.issuer, "subject-of-mika")

    other = Browser(api)
    back = _arrive(other, provider)
    assert _sent_to(back) == "/"
    assert "Your queue" in other.get("/").text
    assert line.verify().ok


def test_nobody_comes_in_whom_nobody_linked_even_by_the_same_name(
    api: Api, line: Line, provider: RealProvider
) -> None:
    somebody(line)
    provider.tell(login="stranger", people={"stranger": {"preferred_username": "mika"}})
    browser = Browser(api)
    seen = _arrive(browser, provider)
    assert seen.status == 401
    assert "That did not work" in seen.text
    assert "wardline_session" not in browser.cookies
    assert [user.name for user in line.store.users()] == ["mika"]


def test_people_are_made_only_where_the_settings_say_so_and_never_over_somebody(
    api: Api, line: Line, provider: RealProvider
) -> None:
    somebody(line)
    _counts_for(line, provider, create_as=Role.AUDITOR)
    provider.tell(
        login="s-1",
        people={"s-1": {"preferred_username": "otto"}, "s-2": {"preferred_username": "mika"}, "s-3": {}},
    )
    _arrive(Browser(api), provider)
    otto = people.named(line.parts, "otto")
    assert otto.role is Role.AUDITOR
    for subject in ("s-2", "s-3"):
        provider.tell(login=subject)
        assert _arrive(Browser(api), provider).status == 401
    assert {user.name for user in line.store.users()} == {"mika", "otto"}
    assert Browser(api).sign_in("otto", PASSWORD).status == 401


def test_the_role_is_what_the_provider_says_at_each_sign_in(
    api: Api, line: Line, provider: RealProvider
) -> None:
    somebody(line, "root", Role.ADMIN)
    ada = _linked(line, provider, "ada", Role.ADMIN)
    _counts_for(line, provider, roles={"admins": Role.ADMIN, "moderators": Role.MODERATOR})
    for groups, role in ((["admins"], Role.ADMIN), (["moderators", "staff"], Role.MODERATOR)):
        provider.tell(login="ada", people={"ada": {"groups": groups}})
        assert _sent_to(_arrive(Browser(api), provider)) == "/"
        assert line.store.user(ada.id).role is role
    for groups in (["staff"], [], ["admins", "moderators"]):
        provider.tell(people={"ada": {"groups": groups}})
        assert _arrive(Browser(api), provider).status == 401
        assert line.store.user(ada.id).role is Role.MODERATOR


def test_the_last_administrator_is_not_made_less_by_a_claim(
    api: Api, line: Line, provider: RealProvider
) -> None:
    ada = _linked(line, provider, "ada", Role.ADMIN)
    _counts_for(line, provider, roles={"moderators": Role.MODERATOR})
    provider.tell(login="ada", people={"ada": {"groups": ["moderators"]}})
    assert _arrive(Browser(api), provider).status == 401
    assert line.store.user(ada.id).role is Role.ADMIN


def test_somebody_who_is_locked_out_is_locked_out_there_too(
    api: Api, line: Line, provider: RealProvider
) -> None:
    _linked(line, provider)
    changing_people.disable_user(line.parts, "mika")
    provider.tell(login="mika", people={})
    assert _arrive(Browser(api), provider).status == 401


# --- attacks --------------------------------------------------------------------------------------------------------------------------
def test_an_answer_with_another_state_or_in_another_browser_is_refused(
    api: Api, line: Line, provider: RealProvider
) -> None:
    _linked(line, provider)
    provider.tell(login="mika", people={})
    browser = Browser(api)
    away = browser.send(browser.get("/sign-in").form("/sign-in/with/example"))
    back = _inside(provider.visit(_sent_to(away)))
    assert Browser(api).get(back).status == 409
    spoiled = re.sub(r"state=[^&]+", "state=another", back)
    assert browser.get(spoiled).status == 403
    # The way is used up by the attempt: the right answer comes too late.
    assert browser.get(back).status == 409
    assert "wardline_session" not in browser.cookies


def test_a_code_is_worth_something_once(api: Api, line: Line, provider: RealProvider) -> None:
    _linked(line, provider)
    provider.tell(login="mika", people={})
    browser = Browser(api)
    away = browser.send(browser.get("/sign-in").form("/sign-in/with/example"))
    back = _inside(provider.visit(_sent_to(away)))
    cookies = dict(browser.cookies)
    assert _sent_to(browser.get(back)) == "/"
    assert Browser(api, cookies).get(back).status == 409

    # A code that was seen by somebody else is worth nothing on a way of their own: it is bound to the verifier of the first.
    thief = Browser(api)
    address = _sent_to(thief.send(thief.get("/sign-in").form("/sign-in/with/example")))
    state = re.search(r"state=([^&]+)", address)
    assert state
    assert thief.get(re.sub(r"state=[^&]+", f"state={state.group(1)}", back)).status == 401


def test_an_account_is_linked_to_one_person(api: Api, line: Line, provider: RealProvider) -> None:
    _linked(line, provider)
    somebody(line, "noor")
    provider.tell(login="mika", people={})
    noor = Browser(api)
    noor.sign_in("noor")
    away = noor.send(noor.get("/you").form("/you/accounts/example/link"))
    assert noor.get(_inside(provider.visit(_sent_to(away)))).status == 409
    assert line.store.identities_of(people.named(line.parts, "noor").id) == []


def test_nobody_is_sent_to_another_site_after_it(api: Api, line: Line, provider: RealProvider) -> None:
    _linked(line, provider)
    provider.tell(login="mika", people={})
    browser = Browser(api)
    away = browser.post("/sign-in/with/example", {"next": "//elsewhere.example"})
    assert _sent_to(browser.get(_inside(provider.visit(_sent_to(away))))) == "/"


# --- and out ----------------------------------------------------------------------------------------------------------------------------
def test_unlinking_ends_the_sessions_that_it_opened_and_no_others(
    api: Api, line: Line, provider: RealProvider
) -> None:
    _linked(line, provider)
    provider.tell(login="mika", people={})
    outside, inside = Browser(api), Browser(api)
    _arrive(outside, provider)
    inside.sign_in("mika")
    inside.send(inside.get("/you").form("/unlink"))
    assert "Sign in" in outside.get("/queue").text
    assert "Your queue" in inside.get("/queue").text
    assert _arrive(Browser(api), provider).status == 401


def _arrive_as(elsewhere: httpx.Client, browser: Browser, provider: RealProvider) -> Seen:
    away = browser.send(browser.get("/sign-in").form("/sign-in/with/example"))
    return browser.get(_inside(provider.visit_as(elsewhere, _sent_to(away))))


def test_signing_out_there_ends_what_rests_on_it_at_once_and_nothing_else(
    api: Api, line: Line, provider: RealProvider, told: Told
) -> None:
    user = _linked(line, provider)
    provider.tell(login="mika", people={})
    told.api = api
    here, there, by_password = Browser(api), Browser(api), Browser(api)
    by_password.sign_in("mika")
    with httpx.Client(trust_env=False) as one, httpx.Client(trust_env=False) as other:
        assert _sent_to(_arrive_as(one, here, provider)) == "/"
        assert _sent_to(_arrive_as(other, there, provider)) == "/"
        assert len(line.store.sessions_of(user.id)) == 3
        provider.sign_out(one)
        assert told.statuses == [200]
        assert "Sign in" in here.get("/queue").text
        assert "Your queue" in there.get("/queue").text
        assert "Your queue" in by_password.get("/queue").text
        # The same word once more ends nothing new, and nobody else's is worth anything.
        for body, status in ((told.bodies[0], 200), (b"logout_token=a.b.c", 400), (b"", 400)):
            answer = api.send("POST", told.path, content=body, headers=told.FORM)
            assert (answer.status_code, answer.headers["cache-control"]) == (status, "no-store")
        assert "Your queue" in there.get("/queue").text
        provider.sign_out(other)
    assert "Sign in" in there.get("/queue").text
    assert "Your queue" in by_password.get("/queue").text
    assert line.verify().ok


def test_signing_out_says_where_somebody_may_still_be_signed_in(
    api: Api, line: Line, provider: RealProvider
) -> None:
    _linked(line, provider)
    provider.tell(login="mika", people={})
    browser = Browser(api)
    _arrive(browser, provider)
    seen = browser.send(browser.get("/you").form("/sign-out"))
    assert "/sign-in/with/example/farewell" in seen.links
    answer = browser.request("GET", "/sign-in/with/example/farewell", {})
    assert answer.headers["location"].startswith(f"{provider.issuer}/session/end")


def test_a_grave_act_may_rest_on_the_provider_asking_anew(
    api: Api, line: Line, provider: RealProvider
) -> None:
    _linked(line, provider)
    provider.tell(login="mika", people={})
    desk = Browser(api)
    desk.sign_in("mika")
    # A short while, for the provider's clock is the real one and tokens live ten minutes.
    accounts = replace(line.parts.rules.accounts, proof=timedelta(seconds=30))
    object.__setattr__(line.parts, "rules", replace(line.parts.rules, accounts=accounts))
    line.clock.advance(timedelta(seconds=40))
    asked = desk.send(desk.get("/you").form("/unlink"))
    assert asked.status == 403
    away = _sent_to(desk.send(asked.form("/you/accounts/example/proof")))
    assert _sent_to(desk.get(_inside(provider.visit(away)))) == "/you"
    assert "Is it you?" not in desk.send(desk.get("/you").form("/unlink")).text


def test_keys_of_the_provider_may_change(api: Api, line: Line, provider: RealProvider) -> None:
    _linked(line, provider)
    provider.tell(login="mika", people={})
    assert _sent_to(_arrive(Browser(api), provider)) == "/"
    provider.tell(keys=1)
    line.clock.advance(timedelta(minutes=1))
    assert _sent_to(_arrive(Browser(api), provider)) == "/"


def test_passwords_work_while_the_provider_is_down(line: Line, provider: RealProvider, api: Api) -> None:
    somebody(line)
    known = _known(replace(provider, issuer="http://127.0.0.1:1"), line.clock)
    object.__setattr__(line.parts, "providers", known)
    browser = Browser(api)
    seen = browser.send(browser.get("/sign-in").form("/sign-in/with/example"))
    assert seen.status == 503
    assert "Sign in with your password meanwhile" in seen.text
    assert "Your queue" in browser.send(seen.form("/sign-in"), name="mika", password=PASSWORD).text
