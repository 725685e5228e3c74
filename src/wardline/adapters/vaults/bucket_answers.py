"""What an object store's refusals mean.

Source: Amazon S3 API reference, *Error responses*; codes of MinIO and Ceph for a full disk.
"""

from __future__ import annotations

import re

from botocore.exceptions import ClientError

from wardline.errors import StorageFullError, VaultDeniedError, VaultUnavailableError, WardlineError

_CODE = re.compile(r"[A-Za-z0-9.]{1,64}")
_FULL = frozenset(
    {
        "InsufficientStorage", "InsufficientCapacity", "QuotaExceeded", "ServiceQuotaExceeded", "StorageFull", "XMinioStorageFull",
        "XMinioAdminBucketQuotaExceeded", "507",
    }
)  # fmt: skip
_DENIED = frozenset(
    {"NoSuchBucket", "InvalidBucketName", "PermanentRedirect", "AuthorizationHeaderMalformed"}
)
_NOT_UNDERSTOOD = frozenset({"NotImplemented", "MethodNotAllowed", "501", "405"})


def not_there(error: ClientError) -> bool:
    """Say whether the object, and not the bucket, is missing."""
    return code_of(error) in ("NoSuchKey", "NoSuchVersion")


def was_there(error: ClientError) -> bool:
    """Say whether a condition of a write did not hold."""
    return code_of(error) in ("PreconditionFailed", "412")


def not_understood(error: ClientError) -> bool:
    """Say whether the object store does not know this question."""
    return code_of(error) in _NOT_UNDERSTOOD


def code_of(error: ClientError) -> str:
    """Give the code of a refusal; what looks like none is called so, for it may hold anything."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    return code if _CODE.fullmatch(code) else "unknown"


def of_answer(act: str, error: ClientError) -> WardlineError:
    """Make our error of a refusal."""
    code = code_of(error)
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    if code in _FULL or status == 507:
        return StorageFullError(
            f"bucket: no room to {act} ({code}), expected some",
            remedy="Raise the bucket's quota or make room in the object store; uploads are refused, not lost, until then.",
        )
    if code in _DENIED or status in (401, 403):
        return VaultDeniedError(f"bucket: {act} is refused ({code}), expected the right to it")
    return VaultUnavailableError(f"bucket: {act} failed ({code}), expected it to work")
