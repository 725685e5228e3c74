"""The whole line on its real durable work, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.waiting import until
from wardline import intake, records, review, wiring
from wardline.errors import BusyError
from wardline.pipeline import people
from wardline.pipeline.durable import QUEUES
from wardline.testing import pictures, postgres
from wardline.testing.authority_sandbox import AuthoritySandbox
from wardline.testing.platform_sandbox import PlatformSandbox
from wardline.wiring import Installation, create_installation, create_secret

_SECRET = b"a secret that both sides know, 32+"
_SETTINGS = """
[store]
adapter = "{adapter}"
{url_file}
[intake]
decode_workers = 1
decode_seconds = 60.0
[review]
undo_seconds = 0.0
[review.clusters]
audit_percent = 0.0
[review.opinions]
gravest = false
random_percent = 0.0
[referral]
authority = "ncmec"
sandbox_url = "{authority}"
username = "sandbox"
password_file = "keys/authority.password"
[referral.reporter]
first_name = "Test"
last_name = "Reporter"
email = "reports@service.example"
platform = "Example service"
[[platforms]]
name = "example"
url = "{platform}"
secret_file = "keys/platform.secret"
"""


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param(
            "postgres",
            marks=[
                pytest.mark.postgres,
                pytest.mark.skipif(
                    postgres.why_no_postgres() is not None, reason=str(postgres.why_no_postgres())
                ),
            ],
        ),
    ]
)
def adapter(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def authority() -> Iterator[AuthoritySandbox]:
    with AuthoritySandbox().start() as sandbox:
        yield sandbox


@pytest.fixture
def platform() -> Iterator[PlatformSandbox]:
    with PlatformSandbox(_SECRET) as sandbox:
        yield sandbox


@pytest.fixture
def installation(
    adapter: str, tmp_path: Path, authority: AuthoritySandbox, platform: PlatformSandbox
) -> Iterator[Installation]:
    create_secret(tmp_path / "keys" / "platform.secret", _SECRET)
    create_secret(tmp_path / "keys" / "authority.password", b"sandbox")
    url_file = ""
    if adapter == "postgres":
        create_secret(tmp_path / "keys" / "postgres.url", postgres.shared_server().new_database().encode())
        url_file = 'url_file = "keys/postgres.url"'
    text = _SETTINGS.format(
        adapter=adapter, url_file=url_file, authority=authority.url, platform=platform.url
    )
    with wiring.open_installation(create_installation(tmp_path, text)) as opened:
        yield opened


@pytest.mark.long
def test_a_listed_picture_ends_as_a_stored_receipt(
    installation: Installation, authority: AuthoritySandbox, platform: PlatformSandbox, tmp_path: Path
) -> None:
    wardline = installation.wardline
    store = wardline.parts.store
    admin, lead, moderator = (
        people.create_user(wardline.parts, role.value, role, "long enough a password")
        for role in (records.Role.ADMIN, records.Role.LEAD, records.Role.MODERATOR)
    )
    picture = pictures.encode(pictures.scene(8))
    _activate_list(installation, picture, admin, lead, tmp_path)
    key, _ = people.create_platform_key(
        wardline.parts, "example", "example", trust=records.KeyTrust.TRUSTED, requests_per_minute=600
    )
    durable = installation.durable_work(poll_seconds=0.05)
    durable.start()
    try:
        done = wardline.submit(_upload(installation, picture), api_key=key, idempotency_key="one")
        assert isinstance(done.route, records.Act)
        until(lambda: platform.state_of("post-1") == "restricted")
        case = wardline.next_case(moderator)
        assert case is not None
        assert wardline.reveal(case.id, item_id=case.item_ids[0], user=moderator).startswith(b"\x89PNG")
        finding = records.Finding(item_id=case.item_ids[0], category=records.Category.A2)
        judgement = review.Judgement(outcome=records.Outcome.VIOLATION, findings=(finding,))
        wardline.decide(case.id, user=moderator, judgement=judgement)
        until(lambda: any(store.receipt_of(each.id) for each in store.referrals()))
        until(
            lambda: (
                platform.account_state_of("account-1") == "suspended"
                and platform.state_of("post-1") == "removed"
            )
        )
    finally:
        durable.stop()

    (finished,) = authority.ledger.finished()
    assert [file.viewed for file in finished.files] == [True]
    assert {hold.basis for hold in store.holds_of(case.item_ids[0])} == {
        records.HoldBasis.PROVISIONAL, records.HoldBasis.REPORTED,
    }  # fmt: skip
    checked = wardline.verify_audit()
    assert checked.ok, checked.reason
    assert checked.entries > 10
    assert store.open_alarms() == []


@pytest.mark.long
def test_before_each_look_for_work_the_store_is_asked_whether_there_may_be_any(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = installation.wardline.parts.store
    may_hold_work, asked = store.may_hold_work, []

    def noting(queue: str) -> bool:
        asked.append(queue)
        return may_hold_work(queue)

    monkeypatch.setattr(store, "may_hold_work", noting)
    durable = installation.durable_work(poll_seconds=0.05)
    durable.start()
    try:
        until(lambda: set(asked) >= set(QUEUES))
    finally:
        durable.stop()


@pytest.mark.long
def test_what_two_people_found_decides_a_copy(installation: Installation, platform: PlatformSandbox) -> None:
    wardline = installation.wardline
    store = wardline.parts.store
    moderators = [
        people.create_user(wardline.parts, name, records.Role.MODERATOR, "long enough a password")
        for name in ("mika", "noor")
    ]
    key, _ = people.create_platform_key(
        wardline.parts, "example", "example", trust=records.KeyTrust.TRUSTED, requests_per_minute=600
    )
    flag = records.Flag(reason="spam")
    for quality in (85, 85, 20):
        content = pictures.encode(pictures.scene(8), quality=quality)
        wardline.submit(replace(_upload(installation, content), flag=flag), api_key=key)
    cases = store.cases()
    members = [store.cluster_member(each.id) for each in cases]
    assert len({each.cluster_id for each in members if each is not None}) == 1
    assert None not in members
    durable = installation.durable_work(poll_seconds=0.05)
    durable.start()
    try:
        for case, moderator in zip(cases, moderators, strict=False):
            wardline.claim(case.id, user=moderator)
            finding = records.Finding(item_id=case.item_ids[0], category=records.Category.A2)
            judgement = review.Judgement(outcome=records.Outcome.VIOLATION, findings=(finding,))
            wardline.decide(case.id, user=moderator, judgement=judgement)
        until(lambda: store.case(cases[2].id).restricted)
        late = pictures.encode(pictures.scene(8))
        wardline.submit(replace(_upload(installation, late), flag=flag), api_key=key)
        until(lambda: store.case(store.cases()[-1].id).state is records.CaseState.CLOSED)
        until(lambda: len(platform.actions()) >= 7)
    finally:
        durable.stop()
    assert store.case(cases[2].id).decision_id is None
    checked = wardline.verify_audit()
    assert checked.ok, checked.reason


@pytest.mark.long
def test_a_second_process_of_durable_work_is_refused_on_sqlite_only(
    installation: Installation, adapter: str
) -> None:
    installation.durable_work()
    with wiring.open_installation(installation.settings) as second:
        if adapter == "sqlite":
            with pytest.raises(BusyError):
                second.durable_work()
        else:
            second.durable_work()


def _activate_list(
    installation: Installation, picture: bytes, admin: records.User, lead: records.User, folder: Path
) -> None:
    examined = installation.wardline.parts.media.hash(picture)
    assert isinstance(examined, records.Examination)
    path = folder / "list.csv"
    rows = "".join(f"{each.kind},{each.value},A2\n" for each in examined.hashes)
    path.write_text("hash_type,hash,category\n" + rows, "utf-8")
    added = installation.wardline.add_list(
        path, name="list", provenance="drawn by the test", trust=records.ListTrust.VERIFIED, user=admin
    )
    assert added.malformed == ()
    installation.wardline.approve(added.approval.id, user=lead)


def _upload(installation: Installation, content: bytes) -> intake.Upload:
    context = records.UploadContext(
        surface="post", visibility=records.Visibility.PUBLIC, content_reference="post-1", ip_address="192.0.2.1", port=40000,
        uploaded_at=installation.wardline.parts.now() - timedelta(minutes=5),
    )  # fmt: skip
    return intake.Upload(content=content, account_reference="account-1", context=context)
