"""Check a pack that came from Wardline: python verify_pack.py PACK.zip KEY_SHA256 [PRIVATE_KEY.pem FOLDER]. Needs `cryptography` only.

KEY_SHA256 is the SHA-256 of the service's signing key (its 32 bytes), which you had from the service in another way, by telephone for
example. With your private key the files are opened into FOLDER. It ends with 0 when the pack is genuine, with 1 and a sentence when not, and
with 2 when nothing could be checked, or opened.
"""

import base64
import hashlib
import json
import sys
import zipfile
import zlib
from pathlib import Path

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def sha256(data):
    return hashlib.sha256(data).digest()


class NotGenuineError(Exception):
    """What was found."""


class UncheckedError(Exception):
    """Why there was nothing to check."""


def require(fits, what):
    if not fits:
        raise NotGenuineError(what)


def check_proof(proof, key):
    """RFC 6962, section 2.1.1: the hashes lead from the entry to the root that the service signed."""
    text, _, signatures = proof["checkpoint"].rpartition("\n\n")
    signed = [
        base64.b64decode(line.split(" ")[-1])
        for line in signatures.splitlines()
        if line.split(" ")[1] == proof["origin"]
    ]
    key.verify(signed[0][4:], (text + "\n").encode())
    origin, size, root = text.split("\n")[:3]
    require((origin, int(size)) == (proof["origin"], proof["size"]), "a checkpoint of another log")
    found, at, last = sha256(b"\0" + base64.b64decode(proof["leaf"])), proof["position"], proof["size"] - 1
    require(0 <= at <= last, "a place that is not in the log")
    for sibling in map(base64.b64decode, proof["hashes"]):
        require(last > 0, "a proof that is too long")
        if at % 2 or at == last:
            found = sha256(b"\1" + sibling + found)
            while not at % 2 and at:
                at, last = at // 2, last // 2
        else:
            found = sha256(b"\1" + found + sibling)
        at, last = at // 2, last // 2
    require(last == 0 and found == base64.b64decode(root), "an entry that is not in the signed log")


def opened(sealed, private, about):
    """X25519, HKDF-SHA256, AES-256-GCM."""
    require(sealed.startswith(b"WLSEAL1\n"), "a sealed file of another form")
    own, rest = sealed[8:40], sealed[40:]
    shared = private.exchange(X25519PublicKey.from_public_bytes(own))
    salt = own + private.public_key().public_bytes_raw()
    derived = HKDF(hashes.SHA256(), 32, salt, b"wardline sealed file v1").derive(shared)
    return AESGCM(derived).decrypt(bytes(12), rest, about)


def members_of(path):
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            # Programs differ in which of two they open.
            require(len(names) == len(set(names)), "two members of one name")
            return {name: archive.read(name) for name in names}
    except OSError as error:
        raise UncheckedError(f"{path} cannot be read ({error.strerror})") from None
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError) as error:
        raise NotGenuineError(f"a damaged file, or none of a ZIP's form ({error})") from None


def private_key(path):
    try:
        return serialization.load_pem_private_key(Path(path).read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise UncheckedError(f"{path} is no private key that can be read ({error})") from None


def open_files(manifest, member, private, folder):
    for each in manifest["evidence"]:
        if each["sealed"]:
            require(Path(each["item"]).name == each["item"], "a file that is named outside the folder")
            content = opened(member[each["sealed"]], private, f"{manifest['pack']}\n{each['item']}".encode())
            require(sha256(content).hex() == each["sha256"], "a file that is not the one that was sealed")
            Path(folder).mkdir(mode=0o700, exist_ok=True)
            (Path(folder) / each["item"]).write_bytes(content)


def check(arguments):
    """Give what is to be said of a genuine pack."""
    if len(arguments) not in (2, 4):
        raise UncheckedError("expected PACK.zip KEY_SHA256 [PRIVATE_KEY.pem FOLDER]")
    private = private_key(arguments[2]) if len(arguments) == 4 else None
    member = members_of(arguments[0])
    key = serialization.load_pem_public_key(member["signing-key.pem"])
    require(sha256(key.public_bytes_raw()).hex() == arguments[1].lower(), "signed by another key")
    key.verify(member["manifest.sig"], member["manifest.json"])
    manifest = json.loads(member["manifest.json"])
    listed = {each["name"]: each["sha256"] for each in manifest["members"]}
    have = {name: sha256(body).hex() for name, body in member.items()}
    unlisted = {"manifest.json", "manifest.sig", "signing-key.pem"}
    require(listed == {name: have[name] for name in have.keys() - unlisted}, "another member")
    chain = json.loads(member.get("custody.json", '{"events": [], "complete": true}'))
    events = chain["events"]
    for event in events:
        check_proof(event["proof"], key)
        leaf = json.loads(base64.b64decode(event["proof"]["leaf"]))
        require(
            all(leaf[name] == event[name] for name in ("verb", "subject", "actor", "at", "detail"))
            and event["position"] == event["proof"]["position"],
            "an entry told otherwise",
        )
    if private is not None:
        open_files(manifest, member, private, arguments[3])
    said = f"GENUINE: {manifest['pack']}, {len(listed)} members, {len(events)} entries of the log"
    missing = "\nNOT COMPLETE: the log has more entries about the file. Ask the service for them."
    return said if chain["complete"] else said + missing


if __name__ == "__main__":
    try:
        print(check(sys.argv[1:]))
    except UncheckedError as error:
        print(f"NOTHING CHECKED: {error}", file=sys.stderr)
        sys.exit(2)
    except NotGenuineError as error:
        sys.exit(f"NOT GENUINE: {error}")
    except OSError as error:
        print(
            f"NOTHING OPENED: the pack is genuine, but its files cannot be written ({error})", file=sys.stderr
        )
        sys.exit(2)
    except InvalidSignature:
        sys.exit("NOT GENUINE: a signature that does not fit")
    except InvalidTag:
        sys.exit("NOT GENUINE: a file that was not sealed for this private key, or was changed")
    except (KeyError, ValueError, TypeError, IndexError, AttributeError) as error:
        sys.exit(f"NOT GENUINE: a part is missing or of another form ({error})")
