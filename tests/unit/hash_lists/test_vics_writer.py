"""What is written as VICS says what is known and nothing else."""

from __future__ import annotations

import io
import json

import pytest

from tests.unit.hash_lists.vics import hex_of
from wardline.adapters.hash_lists.vics_writer import DOCUMENTS, Medium, write_media
from wardline.errors import InputError

MD5, SHA1, PDQ = (hex_of(0xABC, digits).lower() for digits in (32, 40, 64))


def written(*media: Medium, document: str = "US") -> str:
    file = io.BytesIO()
    assert write_media(file, media, document=document) == len(media)
    return file.getvalue().decode("ascii")


def test_a_document_names_its_profile_and_lists_media_by_number() -> None:
    first = Medium(md5=MD5, category=1, sha1=SHA1, pdq=PDQ)
    assert json.loads(written(first, Medium(md5="0" * 32, category=0), document="UK")) == {
        "@odata.context": "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/UK/$metadata#Media",
        "value": [
            {
                "MediaID": 1, "Category": 1, "MD5": MD5.upper(), "SHA1": SHA1.upper(),
                "AlternativeHashes": [{"HashName": "PDQ", "HashValue": PDQ}],
            },
            {"MediaID": 2, "Category": 0, "MD5": "0" * 32},
        ],
    }  # fmt: skip


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_without_media_is_one(document: str) -> None:
    assert json.loads(written(document=document))["value"] == []


@pytest.mark.parametrize("document", ["", "us", "FR", "US/$metadata#Cases"])
def test_a_profile_that_no_document_may_name_is_refused(document: str) -> None:
    with pytest.raises(InputError, match="expected one of US, UK"):
        written(document=document)


@pytest.mark.parametrize(
    "fields",
    [
        {"md5": MD5.upper()},
        {"md5": MD5[1:]},
        {"md5": ""},
        {"sha1": SHA1[1:]},
        {"pdq": PDQ[1:]},
        {"pdq": "x" * 64},
        {"category": -1},
    ],
)
def test_what_is_no_hash_or_no_category_is_not_written(fields: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Medium(**{"md5": MD5, "category": 1, **fields})  # type: ignore[arg-type]
