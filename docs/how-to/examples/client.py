"""Send one picture to Wardline: python client.py PICTURE ACCOUNT. Needs WARDLINE_URL and WARDLINE_API_KEY."""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx

picture, account = Path(sys.argv[1]), sys.argv[2]
context = {
    "account_reference": account,
    "content_reference": f"media-{picture.name}",  # your id of the content: it comes back in every webhook
    "surface": "post",
    "visibility": "public",
    "uploaded_at": datetime.now(UTC).isoformat(),
    "ip_address": "192.0.2.17",  # of the upload itself, with the source port: see "What the authorities need"
    "port": 51642,
    "file_name": picture.name,
}
answer = httpx.post(
    os.environ["WARDLINE_URL"] + "/v1/items",
    headers={"Authorization": "Bearer " + os.environ["WARDLINE_API_KEY"], "Idempotency-Key": picture.name},
    files={"context": (None, json.dumps(context)), "file": picture.read_bytes()},
    timeout=10,
)
print(answer.status_code, answer.text)
sys.exit(answer.status_code != httpx.codes.ACCEPTED)
