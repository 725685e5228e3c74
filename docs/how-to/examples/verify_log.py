"""Check an exported audit log with nothing of Wardline's: the standard library, and cryptography for Ed25519.

    python verify_log.py FOLDER KEY [KEPT ...]

FOLDER is what `wardline audit export` wrote, KEY the log's verifier key, which you got on another way, and KEPT are files with checkpoints that
you kept earlier, or mails with one in them. It ends with 0 when everything fits, with 1 and a sentence when not, and with 2 when nothing
could be checked.
Source: C2SP tlog-tiles, tlog-checkpoint and signed-note; RFC 6962, section 2.1.
"""

import base64
import email
import hashlib
import json
import re
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

NOTE = re.compile(r"^(\S+\n[0-9]+\n\S+\n)\n((?:— \S+ \S+\n)+)", re.MULTILINE)


class LogError(Exception):
    """What was found."""


class UncheckedError(Exception):
    """Why there was nothing to check."""


def signed(note: str, key: str) -> tuple[int, bytes]:
    """Check a note's signature; give the log's size and root."""
    origin, key_id, encoded = key.split("+", 2)
    public = base64.b64decode(encoded)
    if hashlib.sha256(f"{origin}\n".encode() + public).digest()[:4].hex() != key_id or public[0] != 1:
        raise LogError("the verifier key is damaged")
    found = NOTE.fullmatch(note)
    if not found or found[1].split("\n")[0] != origin:
        raise LogError("a checkpoint is malformed, or of another log")
    for line in found[2].splitlines():
        _, name, signature = line.split(" ")
        data = base64.b64decode(signature)
        if name == origin and data[:4].hex() == key_id:
            try:
                Ed25519PublicKey.from_public_bytes(public[1:]).verify(data[4:], found[1].encode())
            except InvalidSignature:
                raise LogError("a checkpoint's signature does not fit") from None
            _, size, root, _ = found[1].split("\n")
            return int(size), base64.b64decode(root)
    raise LogError("a checkpoint is not signed by this key")


def path(kind: str, index: int, width: int) -> str:
    """Say where a file lies."""
    elements = [f"{index % 1000:03}"]
    while index := index // 1000:
        elements.insert(0, f"x{index % 1000:03}")
    return f"tile/{kind}/{'/'.join(elements)}" + ("" if width == 256 else f".p/{width}")


def read(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except FileNotFoundError:
        raise LogError(f"{name} is missing") from None


def entries(folder: Path, size: int):
    """Give every entry, in order."""
    for start in range(0, size, 256):
        width = min(256, size - start)
        name = path("entries", start // 256, width)
        data, at, count = read(folder, name), 0, 0
        while at < len(data):
            stop = at + 2 + int.from_bytes(data[at : at + 2], "big")
            yield data[at + 2 : stop]
            at, count = stop, count + 1
        if at != len(data) or count != width:
            raise LogError(f"{name} does not hold {width} whole entries")


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(hashes: list[bytes]) -> bytes:
    """Straight from the definition of the tree."""
    if len(hashes) < 2:
        return hashes[0] if hashes else hashlib.sha256(b"").digest()
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return node(root(hashes[:split]), root(hashes[split:]))


def roots(hashes: list[bytes], sizes: set[int]) -> dict[int, bytes]:
    """Give the root of the log as it was at each of some sizes, in one pass: whoever keeps a checkpoint each hour has thousands."""
    found, whole = {0: root([])}, []
    for size, each in enumerate(hashes, start=1):
        whole.append(each)
        for _ in range((size & -size).bit_length() - 1):
            right = whole.pop()
            whole[-1] = node(whole[-1], right)
        if size in sizes:
            top = whole[-1]
            for left in reversed(whole[:-1]):
                top = node(left, top)
            found[size] = top
    return found


def check_tiles(folder: Path, hashes: list[bytes]) -> None:
    """Compare every tile with what the entries give."""
    level = 0
    while hashes:
        for start in range(0, len(hashes), 256):
            tile = hashes[start : start + 256]
            name = path(str(level), start // 256, len(tile))
            if read(folder, name) != b"".join(tile):
                raise LogError(f"{name} is not what the entries give")
        hashes = [root(hashes[at : at + 256]) for at in range(0, len(hashes) - 255, 256)]
        level += 1


def notes_in(file: Path) -> list[str]:
    """Give the checkpoints in a file, which may be a saved mail: its text is encoded."""
    data = file.read_bytes()
    parts = [
        part.get_payload(decode=True)
        for part in email.message_from_bytes(data).walk()
        if not part.is_multipart()
    ]
    for texts in ([data], parts):
        decoded = [text.decode("utf-8", errors="replace").replace("\r\n", "\n") for text in texts]
        if found := [each.group(0) for text in decoded for each in NOTE.finditer(text)]:
            return found
    raise UncheckedError(f"{file} holds no checkpoint")


def verify(folder: Path, key: str, kept: list[Path]) -> str:
    size, signed_root = signed(read(folder, "checkpoint").decode(), key)
    hashes = []
    for leaf in entries(folder, size):
        if not isinstance(json.loads(leaf), dict):
            raise LogError(f"entry {len(hashes)} is no JSON object")
        hashes.append(hashlib.sha256(b"\x00" + leaf).digest())
    if root(hashes) != signed_root:
        raise LogError("the entries do not give the root that was signed")
    check_tiles(folder, hashes)
    notes = [signed(note, key) for file in kept for note in notes_in(file)]
    earlier = roots(hashes, {old_size for old_size, _ in notes})
    for old_size, old_root in notes:
        if earlier.get(old_size) != old_root:
            raise LogError(
                f"the log does not begin with the {old_size} entries that were signed when you kept a checkpoint"
            )
    return f"{size} entries are what was signed, and the log goes on from {len(notes)} kept checkpoints"


def main(arguments: list[str]) -> str:
    if len(arguments) < 2:
        raise UncheckedError("expected FOLDER KEY [KEPT ...]")
    folder, kept = Path(arguments[0]), [Path(each) for each in arguments[2:]]
    if not folder.is_dir():
        raise UncheckedError(f"{folder} cannot be read, expected what `wardline audit export` wrote")
    if arguments[1].count("+") < 2:
        raise UncheckedError("KEY is no verifier key, expected NAME+ID+KEY")
    for file in kept:
        if not file.is_file():
            raise UncheckedError(f"{file} cannot be read, expected a checkpoint that you kept")
    return verify(folder, arguments[1], kept)


if __name__ == "__main__":
    try:
        print(main(sys.argv[1:]))
    except UncheckedError as error:
        print(f"NOTHING CHECKED: {error}", file=sys.stderr)
        sys.exit(2)
    except (LogError, OSError, ValueError) as error:
        sys.exit(f"WRONG: {error}")
