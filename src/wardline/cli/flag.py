"""``wardline flag``: pass on what a user, a trusted flagger or an authority complains of, as a platform would."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wardline.cli import output, uploads
from wardline.cli.opening import line_of
from wardline.cli.options import HERE, AsJson, Folder
from wardline.cli.platform_key import ApiKeyFile, platform_key
from wardline.errors import InputError
from wardline.records import Flagger, KeyTrust, Visibility

if TYPE_CHECKING:
    from datetime import datetime

    from wardline import intake, records
    from wardline.pipeline import Wardline

_Account = Annotated[str | None, typer.Option("--account", help="Whose content; with --content-reference.")]
_Content = Annotated[
    str | None, typer.Option("--content-reference", help="The platform's id of the content.")
]
_File = Annotated[
    Path | None, typer.Option("--file", help="The content itself, where Wardline does not keep it.")
]
_Surface = Annotated[str, typer.Option("--surface", help="With --file: where on the platform.")]
_Visible = Annotated[Visibility, typer.Option("--visibility", help="With --file: who could see it.")]
_Uploaded = Annotated[
    str | None,
    typer.Option("--uploaded-at", metavar="TIME", help="With --file: ISO 8601 with a time zone; else now."),
]
_Authority = Annotated[
    str | None, typer.Option("--authority", help="With --flagger police: which office; never a person.")
]
_Number = Annotated[str | None, typer.Option("--number", help="The office's own number of its notice.")]
_Received = Annotated[
    str | None,
    typer.Option("--received-at", metavar="TIME", help="When its notice reached you: ISO 8601 with a time zone."),
]  # fmt: skip


def flag(
    reason: Annotated[str, typer.Option("--reason", help="Your category of complaint; no free text.")],
    item: Annotated[
        str | None, typer.Option("--item", metavar="ID", help="The file, as `wardline submit` named it.")
    ] = None,
    account: _Account = None,
    content_reference: _Content = None,
    flagger: Annotated[Flagger, typer.Option("--flagger", help="Who complains.")] = Flagger.USER,
    authority: _Authority = None,
    number: _Number = None,
    received_at: _Received = None,
    file: _File = None,
    surface: _Surface = "post",
    visibility: _Visible = Visibility.PUBLIC,
    uploaded_at: _Uploaded = None,
    idempotency_key: Annotated[
        str | None, typer.Option("--idempotency-key", help="The same again changes nothing.")
    ] = None,
    api_key_file: ApiKeyFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Flag content: by its names where it is kept here (trusted keys only), else with --file, --account and --content-reference."""
    from wardline.pipeline import Flagged

    with line_of(folder) as line:
        key, now = platform_key(line, api_key_file), line.parts.now()
        at = uploads.time_of(uploaded_at, "--uploaded-at", now)
        upload = _upload(line, file, item, account, content_reference, (surface, visibility, at))
        said = Flagged(
            reason=reason, flagger=flagger, official=_official(authority, number, received_at, now), upload=upload,
            item_id=item, account_reference=account, content_reference=content_reference,
        )  # fmt: skip
        taken = line.flag(said, api_key=key, idempotency_key=idempotency_key)
    told = {"notice_id": taken.notice_id} if key.trust is KeyTrust.TRUSTED else {}
    if as_json:
        output.as_json({"status": "accepted", **told})
    else:
        output.line(f"Accepted{f', {taken.notice_id}' if told and taken.notice_id else ''}.")


def _upload(
    line: Wardline, file: Path | None, item: str | None, account: str | None, content: str | None,
    where: tuple[str, Visibility, datetime],
) -> intake.Upload | None:  # fmt: skip
    from wardline import records

    if file is None:
        return None
    if account is None or content is None or item is not None:
        raise InputError(
            "flag: a file without its account and content, expected --account and --content-reference and no --item",
            remedy="Say whose content it is and what the platform calls it.",
        )
    surface, visibility, at = where
    context = records.UploadContext(
        surface=surface, visibility=visibility, uploaded_at=at, content_reference=content, file_name=file.name
    )
    return uploads.read(file, account, context, None, max_bytes=line.parts.rules.max_bytes)


def _official(
    authority: str | None, number: str | None, received_at: str | None, now: datetime
) -> records.OfficialNotice | None:
    from wardline import records

    if authority is None and number is None and received_at is None:
        return None
    if authority is None or number is None or received_at is None:
        raise InputError(
            "flag: part of what a notice names itself by, expected --authority, --number and --received-at",
            remedy="Give all three, with --flagger police.",
        )
    at = uploads.time_of(received_at, "--received-at", now)
    return records.OfficialNotice(authority=authority, number=number, received_at=at)
