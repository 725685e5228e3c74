"""``wardline submit``: put files through the scan from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wardline.cli import output, uploads
from wardline.cli.errors_table import FINDING
from wardline.cli.opening import line_of
from wardline.cli.options import HERE, AsJson, Folder
from wardline.cli.platform_key import ApiKeyFile, platform_key
from wardline.errors import InputError
from wardline.records import KeyTrust, Visibility

if TYPE_CHECKING:
    from wardline import records
    from wardline.pipeline import Submission


def submit(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Pictures.")],
    account: Annotated[str, typer.Option("--account", help="The platform's id of the account.")],
    api_key_file: ApiKeyFile = None,
    content_reference: Annotated[
        str | None,
        typer.Option("--content-reference", help="The platform's id of the content; else the file's name."),
    ] = None,
    surface: Annotated[
        str, typer.Option("--surface", help='Where on the platform: "post", "avatar".')
    ] = "post",
    visibility: Annotated[
        Visibility, typer.Option("--visibility", help="Whether the public could see it.")
    ] = Visibility.PUBLIC,
    uploaded_at: Annotated[
        str | None, typer.Option("--uploaded-at", metavar="TIME", help="ISO 8601 with a time zone; else now.")
    ] = None,
    region: Annotated[str | None, typer.Option("--region", help="ISO 3166-1 alpha-2 of the account.")] = None,
    ip_address: Annotated[str | None, typer.Option("--ip-address", help="Of the upload.")] = None,
    source_port: Annotated[int | None, typer.Option("--source-port", help="Of the upload.")] = None,
    flag: Annotated[
        str | None, typer.Option("--flag", help="The kind of a user's complaint: always opens a case.")
    ] = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Submit pictures as a platform would. Ends with 1 when one of them was not released (trusted keys only)."""
    from wardline import records

    if content_reference is not None and len(files) > 1:
        raise InputError(
            "--content-reference: one for several files, expected one file", remedy="Submit them one by one."
        )
    with line_of(folder) as line:
        key = platform_key(line, api_key_file)
        at = uploads.time_of(uploaded_at, "--uploaded-at", line.parts.now())
        found = []
        for file in files:
            context = records.UploadContext(
                surface=surface, visibility=visibility, uploaded_at=at, content_reference=content_reference or file.name, region=region,
                ip_address=ip_address, port=source_port, file_name=file.name,
            )  # fmt: skip
            complaint = records.Flag(reason=flag) if flag is not None else None
            done = line.submit(
                uploads.read(file, account, context, complaint, max_bytes=line.parts.rules.max_bytes),
                api_key=key,
            )
            found.append({"file": str(file), **_outcome(done, key)})
    _tell(found, as_json=as_json)
    if any(each.get("outcome", "released") != "released" for each in found):
        raise typer.Exit(FINDING)


def _tell(found: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        output.as_json(found)
        return
    rows = [(each["file"], each.get("outcome", each["status"]), each.get("item_id")) for each in found]
    output.table(("file", "outcome", "item"), rows, empty="")


def _outcome(done: Submission, key: records.ApiKey) -> dict[str, Any]:
    from wardline import records

    if key.trust is not KeyTrust.TRUSTED:
        return {"status": "accepted"}
    match done.route:
        case records.Act():
            outcome = "restricted"
        case records.Review():
            outcome = "review"
        case records.Release():
            outcome = "released"
        case _:
            outcome = "repeated"
    return {"status": "accepted", "outcome": outcome, "item_id": done.item_id}
