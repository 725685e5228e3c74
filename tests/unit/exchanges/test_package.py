"""Why the package's own reading is not used: what it does with the same answers. When one of these fails, the package has mended it."""

from __future__ import annotations

import importlib.util
import inspect
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from threatexchange.exchanges.clients.fb_threatexchange.api import ThreatExchangeAPI
from threatexchange.exchanges.clients.ncmec import hash_api
from threatexchange.exchanges.clients.stopncii.api import StopNCIIAPI
from threatexchange.exchanges.clients.techagainstterrorism.api import TATHashListAPI

from tests.unit.exchanges.owners import KNOWN, World
from wardline.testing.exchange_sandbox import ExchangeFault, ExchangeSandbox

STOPNCII_RECORD: dict[str, Any] = {
    "lastModtimestamp": 1, "signalType": "ImagePDQ", "hashValue": "3" * 64, "hashStatus": "Withdrawn", "caseNumbers": {}
}  # fmt: skip


@pytest.fixture
def away_from_utc() -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "XXX-9:30"
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def ncmec_client(world: World) -> hash_api.NCMECHashAPI:
    client = hash_api.NCMECHashAPI(KNOWN.username, KNOWN.password, hash_api.NCMECEnvironment.NGO)
    client._base_url = world.sandbox.url_of("ncmec")
    return client


@pytest.mark.usefixtures("away_from_utc")
def test_the_package_writes_local_time_and_calls_it_utc() -> None:
    assert hash_api._date_format(0) == "1970-01-01T09:30:00Z"


def test_one_malformed_entry_makes_the_package_refuse_the_page_and_quote_all_of_it(world: World) -> None:
    ledger = world.sandbox.ledgers["ncmec"]
    ledger.tell("42-good", ("md5", "1" * 32))
    ledger.put_raw('<image><member id="1"/></image>')
    with pytest.raises(Exception, match="Failed to parse response") as caught:
        ncmec_client(world).get_entries(end_timestamp=2_000_000_000)
    assert "1" * 32 in str(caught.value)


def test_the_package_cannot_read_the_reasons_that_ncmec_documents(world: World) -> None:
    with pytest.raises(IndexError):
        ncmec_client(world).feedback_reasons(hash_api.FingerprintType.md5)


def test_the_package_drops_records_of_stopncii_for_a_feedback_that_it_does_not_know(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    record = {**STOPNCII_RECORD, "CSPFeedbacks": [{"feedbackValue": "something new"}]}
    world.sandbox.ledgers["stopncii"].put_raw(json.dumps(record))
    client = StopNCIIAPI(
        KNOWN.subscription_key, KNOWN.fetch_key, base_url_override=world.sandbox.url_of("stopncii")
    )
    assert client.fetch_hashes().hashRecords == []
    assert "3" * 64 in caplog.text


def test_the_package_follows_a_redirect_with_the_keys_of_stopncii_in_its_headers(world: World) -> None:
    with ExchangeSandbox() as elsewhere:
        world.sandbox.elsewhere = elsewhere.url
        world.sandbox.inject(ExchangeFault.REDIRECT)
        client = StopNCIIAPI(
            KNOWN.subscription_key, KNOWN.fetch_key, base_url_override=world.sandbox.url_of("stopncii")
        )
        client.fetch_hashes()
        assert elsewhere.requests[0].headers["x-functions-key"] == KNOWN.fetch_key


def test_the_package_of_threatexchange_asks_without_its_session_and_so_without_a_time_out() -> None:
    assert "requests.get(url" in inspect.getsource(ThreatExchangeAPI.get_json_from_url)


def test_the_package_takes_a_refusal_of_the_graph_for_success(world: World) -> None:
    client = ThreatExchangeAPI("1234567890|wrong", endpoint_override=world.sandbox.url_of("threatexchange"))
    _, error, answer = client.react_to_threat_descriptor(71, "HELPFUL")  # type: ignore[no-untyped-call]
    assert error is None
    assert "error" in answer


def test_the_package_puts_the_whole_next_address_of_tat_behind_a_question_mark(world: World) -> None:
    for number in range(4):
        world.sandbox.ledgers["tat"].tell(str(number + 1), ("MD5", f"{number:032x}"))
    client = TATHashListAPI(KNOWN.username, KNOWN.password)
    client.__dict__["BASE_URL"] = world.sandbox.url_of("tat") + "/"
    first = client.fetch_hashes()
    second = client.fetch_hashes(next_page=first.next, after="")
    assert [entry.id for entry in second.results] == [entry.id for entry in first.results]
    assert any(name.startswith("http://") for name in world.sandbox.requests[-1].query)


def test_the_wrapper_of_stopncii_never_removes_what_was_withdrawn() -> None:
    # Read and not imported: the wrappers import a search library.
    spec = importlib.util.find_spec("threatexchange.exchanges.impl.stop_ncii_api")
    assert spec is not None
    assert spec.origin is not None
    assert "if record.hashValue in (" in Path(spec.origin).read_text(encoding="utf-8")
