"""``wardline flag``: pass on what a user complains of, as a platform would."""

from __future__ import annotations

from typing import Annotated

import typer

from wardline.cli import output
from wardline.cli.opening import line_of
from wardline.cli.options import HERE, AsJson, Folder
from wardline.cli.platform_key import ApiKeyFile, platform_key
from wardline.records import Flagger, KeyTrust


def flag(
    reason: Annotated[str, typer.Option("--reason", help="Your category of complaint; no free text.")],
    item: Annotated[
        str | None, typer.Option("--item", metavar="ID", help="The file, as `wardline submit` named it.")
    ] = None,
    account: Annotated[
        str | None, typer.Option("--account", help="Whose content; with --content-reference.")
    ] = None,
    content_reference: Annotated[
        str | None, typer.Option("--content-reference", help="The platform's id of the content.")
    ] = None,
    flagger: Annotated[Flagger, typer.Option("--flagger", help="Who complains.")] = Flagger.USER,
    idempotency_key: Annotated[
        str | None, typer.Option("--idempotency-key", help="The same again changes nothing.")
    ] = None,
    api_key_file: ApiKeyFile = None,
    folder: Folder = HERE,
    as_json: AsJson = False,
) -> None:
    """Flag content that is kept here, with a trusted key. Content that is not kept is submitted: `wardline submit FILE --flag REASON`."""
    from wardline.pipeline import Flagged

    with line_of(folder) as line:
        key = platform_key(line, api_key_file)
        said = Flagged(
            reason=reason, flagger=flagger, item_id=item, account_reference=account, content_reference=content_reference
        )  # fmt: skip
        taken = line.flag(said, api_key=key, idempotency_key=idempotency_key)
    told = {"notice_id": taken.notice_id} if key.trust is KeyTrust.TRUSTED else {}
    if as_json:
        output.as_json({"status": "accepted", **told})
    else:
        output.line(f"Accepted{f', {taken.notice_id}' if told and taken.notice_id else ''}.")
