"""What a platform may say with an upload for the report that may become of it: the field ``report`` of the context."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from wardline import records


class Facts(BaseModel):
    """All of it is optional, and what is not known is left out. It changes no score and no place in a queue, and no reviewer sees it.

    Only what is described: it is read by ``intake.read_facts``, which refuses nothing.
    """

    model_config = ConfigDict(extra="forbid")

    account: records.Party | None = Field(None, description="More of the account that uploaded")
    recipients: list[records.Party] = Field(default=[], description="For whom it was meant")
    victims: list[records.Party] = Field(default=[], description="Each with a `person`")
    web_pages: list[records.WebPage] = Field(default=[])
    emails: list[records.EmailMessage] = Field(default=[])
    newsgroups: list[records.Newsgroup] = Field(default=[])
    chats: list[records.Chat] = Field(default=[], description="Excerpts in `content`")
    games: list[records.Gaming] = Field(default=[])
    telephones: list[records.Telephone] = Field(default=[])
    offline: list[records.Offline] = Field(default=[])
    peer_to_peer: list[records.PeerToPeer] = Field(default=[])
    law_enforcement: records.LawEnforcement | None = Field(None, description="Police who know of it already")
    devices: list[records.Device] = Field(default=[], description="Of the upload itself")
    metadata: list[records.Metadata] = Field(default=[], description="Read by the platform")
    possible_proxy: bool | None = Field(None, description="Whether `ip_address` may be a proxy's")
    supplemental: bool = Field(default=False, description="Whether the file only explains others")
