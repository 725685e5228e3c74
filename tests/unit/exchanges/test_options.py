"""What the settings may say about an exchange."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.exchanges.owners import CREATE, KNOWN, OPTIONS, SECRETS, START
from wardline import plugins
from wardline.errors import ConfigurationError
from wardline.records import ListMeaning

REMOTE = sorted(OPTIONS)


def make(
    exchange: str, options: dict[str, str], secret: bytes | None = None, folder: Path = Path("/nowhere")
) -> object:
    return CREATE[exchange](
        "mine",
        options,
        SECRETS.get(exchange, b"") if secret is None else secret,
        folder=folder,
        now=lambda: START,
    )


@pytest.mark.parametrize("exchange", sorted(CREATE))
def test_every_exchange_comes_in_by_its_entry_point(exchange: str) -> None:
    assert plugins.load("exchanges", exchange) is CREATE[exchange]


@pytest.mark.parametrize("exchange", REMOTE)
def test_an_exchange_is_made_of_what_the_settings_say_without_asking_it(exchange: str) -> None:
    assert make(exchange, OPTIONS[exchange])


@pytest.mark.parametrize("exchange", sorted(CREATE))
def test_an_unknown_option_is_refused_by_name(exchange: str) -> None:
    with pytest.raises(ConfigurationError, match="unknown option enviroment"):
        make(exchange, {**OPTIONS.get(exchange, {"path": "a.csv"}), "enviroment": "NGO"})


@pytest.mark.parametrize(
    ("exchange", "option"),
    [("ncmec", "environment"), ("ncmec", "username"), ("threatexchange", "privacy_group"), ("tat", "username"), ("local", "path")],
)  # fmt: skip
def test_a_missing_and_a_blank_option_are_refused_by_name(exchange: str, option: str) -> None:
    options = OPTIONS.get(exchange, {"path": "a.csv"})
    with pytest.raises(ConfigurationError, match=option):
        make(exchange, {name: value for name, value in options.items() if name != option})
    for value in (" ", "a\nb"):
        with pytest.raises(ConfigurationError, match=option):
            make(exchange, {**options, option: value})


@pytest.mark.parametrize("environment", ["ngo", "Test_NGO", "production", "__class__"])
def test_an_unknown_environment_is_refused_with_the_known_ones(environment: str) -> None:
    with pytest.raises(ConfigurationError, match="test_NGO_Generative_AI_Exploitative"):
        make("ncmec", {**OPTIONS["ncmec"], "environment": environment})


@pytest.mark.parametrize("group", ["x", "0", "-1", "12 ", "1" * 30, "٣"])
def test_a_privacy_group_is_a_number(group: str) -> None:
    with pytest.raises(ConfigurationError, match="privacy_group"):
        make("threatexchange", {"privacy_group": group})


@pytest.mark.parametrize("exchange", REMOTE)
@pytest.mark.parametrize(
    "url",
    ["https://127.0.0.1:1", "http://example.org", "http://127.0.0.1@example.org", "http://10.0.0.1", "http://127.0.0.1:1?x=y",
     "ftp://127.0.0.1", "127.0.0.1:80", "http://[::1", "http://127.0.0.1:99999"],
)  # fmt: skip
def test_a_sandbox_is_on_this_machine_or_nowhere(exchange: str, url: str) -> None:
    with pytest.raises(ConfigurationError, match="sandbox_url"):
        make(exchange, {**OPTIONS[exchange], "sandbox_url": url})


@pytest.mark.parametrize("exchange", REMOTE)
@pytest.mark.parametrize("secret", [b"", b" \n", b"\xff\xfe"])
def test_a_secret_that_is_missing_or_no_text_is_refused(exchange: str, secret: bytes) -> None:
    with pytest.raises(ConfigurationError, match="secret_file"):
        make(exchange, OPTIONS[exchange], secret)


@pytest.mark.parametrize(
    ("exchange", "secret"),
    [
        ("threatexchange", "a user token"),
        ("threatexchange", KNOWN.app_token + "\nmore"),
        ("stopncii", "only-one-key"),
        ("stopncii", "one\ntwo\nthree\nfour"),
        ("stopncii", "one\nwith space"),
        ("stopncii", '{"subscription_key": "a"}'),
        ("stopncii", '{"subscription_key": "a", "fetch_function_key": 3}'),
        ("stopncii", '{"subscription_key": "a", "fetch_function_key": "b", "other": "c"}'),
        ("stopncii", '{"subscription_key": '),
    ],
)
def test_a_malformed_secret_is_refused_and_not_repeated(exchange: str, secret: str) -> None:
    with pytest.raises(ConfigurationError, match="secret_file") as caught:
        make(exchange, OPTIONS[exchange], secret.encode())
    assert secret not in str(caught.value)


def test_the_keys_of_stopncii_come_as_lines_or_as_json() -> None:
    as_json = {"subscription_key": "a", "fetch_function_key": "b"}
    assert make("stopncii", {}, b"a\n\nb\n")
    assert make("stopncii", {}, json.dumps(as_json).encode())
    assert make("stopncii", {}, json.dumps({**as_json, "feedback_function_key": "c"}).encode())


def test_a_file_needs_a_suffix_or_a_format_and_is_never_vics(tmp_path: Path) -> None:
    assert make("local", {"path": "list", "format": "hma"}, folder=tmp_path)
    for options in (
        {"path": "list.txt"},
        {"path": "list.csv", "format": "vics"},
        {"path": "a.csv", "format": "x"},
    ):
        with pytest.raises(ConfigurationError, match=r"path|format"):
            make("local", options, folder=tmp_path)


@pytest.mark.parametrize(
    ("environment", "meaning", "words"),
    [
        ("Industry", ListMeaning.ILLEGAL, "environment Industry"),
        ("test_Industry", ListMeaning.ILLEGAL, "environment Industry (test)"),
        ("LawEnforcement", ListMeaning.ILLEGAL, "environment LawEnforcement"),
        ("NGO", ListMeaning.ILLEGAL, "environment NGO"),
        ("Industry_Exploitative", ListMeaning.EXPLOITATIVE, "environment Industry_Exploitative"),
        ("test_Exploitative", ListMeaning.EXPLOITATIVE, "environment Exploitative (test)"),
        ("NGO_Generative_AI", ListMeaning.GENERATED, "environment NGO_Generative_AI"),
        ("test_NGO_Generative_AI_Exploitative", ListMeaning.EXPLOITATIVE, "environment NGO_Generative_AI_Exploitative (test)"),
    ],
)  # fmt: skip
def test_an_environment_of_ncmec_has_one_meaning_and_says_so(
    environment: str, meaning: ListMeaning, words: str
) -> None:
    exchange = CREATE["ncmec"](
        "mine", {**OPTIONS["ncmec"], "environment": environment}, b"secret", folder=Path(), now=lambda: START
    )
    assert exchange.meanings == {meaning}
    assert exchange.describes_itself == f"NCMEC hash sharing, {words}"


def test_the_other_exchanges_mean_what_they_are_for(tmp_path: Path) -> None:
    def meanings(exchange: str, options: dict[str, str]) -> frozenset[ListMeaning]:
        made = CREATE[exchange](
            "mine", options, SECRETS.get(exchange, b""), folder=tmp_path, now=lambda: START
        )
        return made.meanings

    assert meanings("stopncii", {}) == {ListMeaning.INTIMATE}
    assert meanings("tat", OPTIONS["tat"]) == {ListMeaning.EXTREMIST}
    assert meanings("threatexchange", OPTIONS["threatexchange"]) == set(ListMeaning)
    assert meanings("local", {"path": "a.csv"}) == set(ListMeaning)


@pytest.mark.parametrize("exchange", REMOTE)
def test_without_the_extra_the_error_says_how_to_install_it(exchange: str) -> None:
    program = f"""
import sys, pathlib
sys.modules["threatexchange"] = sys.modules["requests"] = None
from wardline import errors, plugins
try:
    plugins.load("exchanges", {exchange!r})("mine", {OPTIONS[exchange]!r}, {SECRETS[exchange]!r}, folder=pathlib.Path(), now=None)
except errors.ConfigurationError as error:
    print(error.advice)
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "pip install 'wardline[exchanges]'" in ended.stdout


def test_importing_the_adapters_imports_neither_the_clients_nor_a_search_library() -> None:
    program = """
import sys
from wardline.adapters.exchanges import local, ncmec, stopncii, tat, threatexchange
before = {"threatexchange", "requests"} & set(sys.modules)
from wardline.adapters.exchanges import ncmec_client, stopncii_client, tat_client, threatexchange_client
print(before, {"faiss", "pdqhash"} & set(sys.modules))
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "set() set()"
