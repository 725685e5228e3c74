"""Check one proof with nothing of Wardline's: the standard library, and cryptography for Ed25519.

    python verify_proof.py PROOF KEY [KEPT]

PROOF is what `wardline audit prove --json` or `wardline destruction proof --json` printed, KEY the log's verifier key, which you got on another
way, and KEPT the checkpoint that you kept, for a proof that the log only grew since. verify_log.py must lie beside this file. It ends with 0 and
says what is proved, with 1 and what is wrong with the proof, or with 2 and why there was nothing to check.
Source: RFC 9162, sections 2.1.3.2 and 2.1.4.2.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from verify_log import LogError, UncheckedError, node, notes_in, signed


def root_of_entry(leaf_hash: bytes, position: int, size: int, hashes: list[bytes]) -> bytes:
    """Go up from an entry to the root."""
    at, last, found = position, size - 1, leaf_hash
    if not 0 <= at <= last:
        raise LogError("the entry's position is not in the log")
    for each in hashes:
        if last == 0:
            raise LogError("the proof has too many hashes")
        if at & 1 or at == last:
            found = node(each, found)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = node(found, each)
        at, last = at >> 1, last >> 1
    if last:
        raise LogError("the proof has too few hashes")
    return found


def roots_of_growth(old: int, size: int, old_root: bytes, hashes: list[bytes]) -> tuple[bytes, bytes]:
    """Give the earlier and the later root that the hashes lead to."""
    if not 0 < old <= size:
        raise LogError("the kept checkpoint is not of an earlier log")
    if old == size:
        if hashes:
            raise LogError("the proof has too many hashes")
        return old_root, old_root
    path = [old_root, *hashes] if old & (old - 1) == 0 else hashes
    if not path:
        raise LogError("the proof has too few hashes")
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = path[0]
    for each in path[1:]:
        if last == 0:
            raise LogError("the proof has too many hashes")
        if at & 1 or at == last:
            first, second = node(each, first), node(each, second)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            second = node(second, each)
        at, last = at >> 1, last >> 1
    if last:
        raise LogError("the proof has too few hashes")
    return first, second


def entry(proof: dict, key: str) -> dict:
    """Check that an entry is in the log that was signed; give the entry."""
    leaf, hashes = base64.b64decode(proof["leaf"]), [base64.b64decode(each) for each in proof["hashes"]]
    size, root = signed(proof["checkpoint"], key)
    found = root_of_entry(hashlib.sha256(b"\x00" + leaf).digest(), proof["position"], size, hashes)
    if found != root:
        raise LogError("the entry is not in the log that was signed")
    return json.loads(leaf)


def growth(proof: dict, key: str, kept: Path) -> str:
    size, root = signed(proof["checkpoint"], key)
    hashes = [base64.b64decode(each) for each in proof["hashes"]]
    for note in notes_in(kept):
        old, old_root = signed(note, key)
        if old == proof["old_size"]:
            if roots_of_growth(old, size, old_root, hashes) != (old_root, root):
                raise LogError("the log is not one that grew from the kept checkpoint")
            return f"the log of {size} entries begins with the {old} that were signed in the kept checkpoint"
    raise LogError(f"the proof is about {proof['old_size']} entries, and the kept checkpoint is not")


def destruction(proof: dict, key: str) -> str:
    public = base64.b64decode(key.split("+", 2)[2])[1:]
    message = b"wardline statement v1\n" + proof["statement"].encode()
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(base64.b64decode(proof["signature"]), message)
    except InvalidSignature:
        raise LogError("the statement's signature does not fit") from None
    said = json.loads(proof["statement"])
    for file in said["files"]:
        found = entry(proof["entries"][file["item"]], key)
        if (found["subject"], found["verb"]) != (file["item"], "evidence:destroyed"):
            raise LogError(f"the entry about {file['item']} tells of something else")
        if proof["entries"][file["item"]]["position"] != file["log_entry"]:
            raise LogError(f"the entry about {file['item']} is not the one that the statement names")
    named = "".join(
        f"\n  {each['item']}: SHA-256 {each['sha256']}, destroyed {each['destroyed_at']}"
        for each in said["files"]
    )
    return (
        f"{said['destruction']} ({said['state']}) for {said['agency']}, {said['reference']}: {len(said['files'])} destroyed, each by an entry of the log "
        f"that was signed{named}"
    )


def verify(proof: dict, key: str, kept: list[Path]) -> str:
    if "statement" in proof:
        return destruction(proof, key)
    if "old_size" in proof:
        if not kept:
            raise LogError("this proof needs the checkpoint that you kept")
        return growth(proof, key, kept[0])
    found = entry(proof, key)
    return f"entry {proof['position']} is in the log that was signed: {found['verb']} about {found['subject']} at {found['at']}"


def proof_in(file: Path) -> dict:
    """Give the proof in a file."""
    try:
        given = json.loads(file.read_bytes())
    except OSError as error:
        raise UncheckedError(f"{file} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise UncheckedError(f"{file} is no JSON, expected what `--json` printed") from None
    kinds = [
        {"leaf", "hashes", "position", "checkpoint"},
        {"old_size", "hashes", "checkpoint"},
        {"statement", "signature", "entries"},
    ]
    if not isinstance(given, dict) or not any(kind <= given.keys() for kind in kinds):
        raise UncheckedError(
            f"{file} is no proof, expected what `wardline audit prove --json` or `wardline destruction proof --json` printed"
        )
    return given


def main(arguments: list[str]) -> str:
    if len(arguments) not in (2, 3):
        raise UncheckedError("expected PROOF KEY [KEPT]")
    proof, kept = proof_in(Path(arguments[0])), [Path(each) for each in arguments[2:]]
    if arguments[1].count("+") < 2:
        raise UncheckedError(
            "KEY is no verifier key, expected NAME+ID+KEY as `wardline audit prove 0` prints it"
        )
    for file in kept:
        if not file.is_file():
            raise UncheckedError(f"{file} cannot be read, expected the checkpoint that you kept")
    try:
        return verify(proof, arguments[1], kept)
    except (KeyError, TypeError, AttributeError) as error:
        raise LogError(f"a part of the proof is missing or of another kind ({error})") from None


if __name__ == "__main__":
    try:
        print(main(sys.argv[1:]))
    except UncheckedError as error:
        print(f"NOTHING CHECKED: {error}", file=sys.stderr)
        sys.exit(2)
    except (LogError, OSError, ValueError, IndexError) as error:
        sys.exit(f"WRONG: {error}")
