"""Security keys in a real browser, whose authenticator is Chromium's own virtual one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn

from tests.browser.chromium import Visitors
from tests.unit.pipeline.signing_in import CHEAP
from wardline.cli import serve
from wardline.pipeline import Rules, passkeys, people, sessions
from wardline.pipeline.account_rules import AccountRules
from wardline.records import AlarmKind, Role, SecondFactor
from wardline.testing.harness import REPORTER, Line
from wardline.web.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Page

PASSWORD = "a long enough password"


@dataclass
class Desk:
    """One window with one authenticator."""

    page: Page
    device: CDPSession
    authenticator: str

    def keys(self) -> list[dict[str, Any]]:
        """Give what the authenticator holds."""
        found: list[dict[str, Any]] = self.device.send(
            "WebAuthn.getCredentials", {"authenticatorId": self.authenticator}
        )["credentials"]
        return found

    def sign_in(self, name: str = "mika") -> None:
        """Fill in the form for signing in."""
        self.page.goto("/sign-in")
        self.page.fill("[name=name]", name)
        self.page.fill("[name=password]", PASSWORD)
        self.page.press("[name=password]", "Enter")

    def register(self, name: str = "blue key") -> None:
        """Register a key."""
        self.page.goto("/you/passkeys/new")
        self.page.fill("#name", name)
        self.page.click("text=Register the key")
        self.page.wait_for_url("**/you?done=key")

    def sign_out(self) -> None:
        self.page.click("text=Sign out")
        self.page.wait_for_url("**/sign-in")


@dataclass
class House:
    """An installation that serves at a name: keys are bound to names, and never to numbers."""

    line: Line
    visitors: Visitors

    def desk(self, *, verifies: bool = True) -> Desk:
        """Open a window whose authenticator asks for a finger, or only for a touch."""
        page = self.visitors.page()
        device = page.context.new_cdp_session(page)
        device.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "usb", "hasResidentKey": verifies, "hasUserVerification": verifies,
            "isUserVerified": verifies, "automaticPresenceSimulation": True,
        }  # fmt: skip
        made = device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        return Desk(page, device, made["authenticatorId"])

    def rule(self, **changes: Any) -> None:
        """Change the rules of sign-in."""
        accounts = replace(self.line.parts.rules.accounts, **changes)
        object.__setattr__(self.line.parts, "rules", replace(self.line.parts.rules, accounts=accounts))


@contextmanager
def _serving(folder: Path) -> Iterator[tuple[Line, str]]:
    with serve.listening("127.0.0.1", 0) as listener:
        address = f"http://localhost:{listener.getsockname()[1]}"
        rules = Rules(reporter=REPORTER, accounts=AccountRules(address=address))
        with Line(folder, rules=rules, replaced={"password_hasher": CHEAP}) as line:
            app = create_app(line.wardline, low_trust_answer_seconds=0)
            server = uvicorn.Server(
                uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off")
            )
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
            thread.start()
            try:
                yield line, address
            finally:
                server.should_exit = True
                thread.join(30)


@pytest.fixture
def house(browser: Browser, tmp_path: Path) -> Iterator[House]:
    with _serving(tmp_path) as (line, address):
        people.create_user(line.parts, "mika", Role.MODERATOR, PASSWORD)
        visitors = Visitors(browser, address, PASSWORD)
        yield House(line, visitors)
        assert visitors.close() == []


def test_a_key_is_registered_then_asked_for_after_the_password_and_named_and_removed(house: House) -> None:
    desk = house.desk()
    desk.sign_in()
    desk.register()
    user = people.named(house.line.parts, "mika")
    (kept,) = house.line.store.passkeys_of(user.id)
    assert kept.name == "blue key"

    desk.sign_out()
    desk.sign_in()
    desk.page.wait_for_selector("text=Now your security key")
    assert house.line.store.sessions_of(user.id) == []
    desk.page.click("text=Use the key")
    desk.page.wait_for_selector("text=Your queue")
    (session,) = house.line.store.sessions_of(user.id)
    assert session.strong

    desk.page.goto("/you")
    desk.page.fill(f"#{kept.id}", "red key")
    desk.page.click("text=Rename")
    desk.page.wait_for_load_state()
    assert house.line.store.passkeys_of(user.id)[0].name == "red key"
    desk.page.click(f"form[action='/you/passkeys/{kept.id}/removal'] button")
    desk.page.wait_for_load_state()
    assert house.line.store.passkeys_of(user.id) == []
    assert house.line.verify().ok


def test_a_passkey_signs_in_alone_where_it_asks_for_a_finger(house: House) -> None:
    desk = house.desk()
    desk.sign_in()
    desk.register()
    desk.sign_out()
    desk.page.click("text=Sign in with a passkey")
    desk.page.click("text=Use the key")
    desk.page.wait_for_selector("text=Your queue")


def test_several_keys_are_one_persons_and_the_same_one_is_not_taken_twice(house: House) -> None:
    desk = house.desk()
    desk.sign_in()
    desk.register("first")
    desk.page.goto("/you/passkeys/new")
    desk.page.fill("#name", "again")
    desk.page.click("text=Register the key")
    desk.page.wait_for_selector("text=This key is registered already.")
    user = people.named(house.line.parts, "mika")
    assert [each.name for each in house.line.store.passkeys_of(user.id)] == ["first"]


def test_a_key_that_only_wants_a_touch_is_no_passkey_and_a_second_factor(house: House) -> None:
    desk = house.desk(verifies=False)
    desk.sign_in()
    desk.register()
    desk.sign_out()
    desk.sign_in()
    desk.page.click("text=Use the key")
    desk.page.wait_for_selector("text=Your queue")


def test_a_key_whose_counter_goes_backwards_is_suspended_and_somebody_hears_of_it(house: House) -> None:
    desk = house.desk()
    desk.sign_in()
    desk.register()
    user = people.named(house.line.parts, "mika")
    (copied,) = desk.keys()
    desk.sign_out()
    desk.sign_in()
    desk.page.click("text=Use the key")
    desk.page.wait_for_selector("text=Your queue")
    desk.sign_out()

    # Whoever has the copy came in with it already.
    _, (changes, entries) = sessions.opening(
        house.line.parts, user, sessions.new_token(house.line.parts), strong=True
    )
    house.line.store.commit(*changes, entries=entries)

    # The copy was taken before: its counter stands where it stood then.
    address = {"authenticatorId": desk.authenticator}
    desk.device.send("WebAuthn.clearCredentials", address)
    desk.device.send("WebAuthn.addCredential", {**address, "credential": {**copied, "signCount": 0}})
    desk.sign_in()
    desk.page.click("text=Use the key")
    desk.page.wait_for_selector("text=That did not work.")
    (kept,) = house.line.store.passkeys_of(user.id)
    assert kept.suspended
    assert [alarm.kind for alarm in house.line.store.open_alarms()] == [AlarmKind.PASSKEY_COPIED]
    assert house.line.store.sessions_of(user.id) == []

    people.create_user(house.line.parts, "ada", Role.ADMIN, PASSWORD)
    assert passkeys.reset(house.line.parts, "mika") == 1
    desk.sign_in()
    desk.page.wait_for_selector("text=Your queue")
    assert house.line.verify().ok


def test_a_role_that_requires_a_key_opens_nothing_before_one_is_registered(house: House) -> None:
    house.rule(second_factor={**AccountRules().second_factor, Role.MODERATOR: SecondFactor.REQUIRED})
    desk = house.desk()
    desk.sign_in()
    desk.page.wait_for_selector("text=Your role needs a security key")
    desk.page.click("text=Register a security key")
    desk.page.fill("#name", "blue key")
    desk.page.click("text=Register the key")
    desk.page.wait_for_url("**/you?done=key")
    desk.page.goto("/queue")
    desk.page.wait_for_selector("text=Your queue")


def test_a_grave_act_asks_for_the_key_again_and_is_done_with_it(house: House) -> None:
    people.create_user(house.line.parts, "ada", Role.ADMIN, PASSWORD)
    desk = house.desk()
    desk.sign_in("ada")
    desk.register()
    house.line.clock.advance(timedelta(minutes=16))
    desk.page.goto("/people/new")
    desk.page.fill("#name", "noor")
    desk.page.check("[name=role][value=lead]")
    desk.page.click("main form button:not([type=button])")
    desk.page.wait_for_selector("text=Is it you?")
    assert house.line.store.user_named("noor") is None
    desk.page.click("text=Use the security key instead")
    desk.page.wait_for_selector("output.secret")
    assert people.named(house.line.parts, "noor").role is Role.LEAD


def test_without_scripts_the_page_says_what_is_missing_and_passwords_work(house: House) -> None:
    page = house.visitors.page(java_script_enabled=False)
    page.goto("/sign-in")
    page.click("text=Sign in with a passkey")
    assert "scripts are off in this browser" in page.content()
    page.goto("/sign-in")
    page.fill("[name=name]", "mika")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_selector("text=Your queue")
