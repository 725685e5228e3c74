"""What a scan reads of archives: everything, or it says what not. Nothing that an archive claims is believed."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.cli import contents
from wardline.cli.scan import archives
from wardline.cli.scan.archives import Kind, Member
from wardline.cli.scan.bounded import ArchiveError

CAP = 100_000
FILES = {"a/one.jpg": b"first picture", "a/empty": b"", "b/two.png": os.urandom(3000)}


def read(path: Path, *, settled: Callable[[int], bool] = lambda _: False) -> tuple[list[Member], str | None]:
    """Read an archive as far as it goes; gives what was in it, and why it went no further."""
    found: list[Member] = []
    with io.FileIO(path, "rb") as file:
        kind = archives.kind_of(file.read(contents.HEAD_BYTES))
        assert kind is not None
        file.seek(0)
        try:
            for member in archives.members(file, kind, max_bytes=CAP, settled=settled):
                found.append(member)  # noqa: PERF402 - what came before an error counts
        except ArchiveError as error:
            return found, error.reason
    return found, None


def inside(members: list[Member]) -> dict[str, bytes | str | None]:
    """What each held, or why that is not known."""
    return {
        each.name: each.content.data if isinstance(each.content, contents.Whole) else each.reason
        for each in members
    }


def tar(files: dict[str, bytes], *, form: int = tarfile.PAX_FORMAT) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=form) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def zipped(files: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.fixture
def written(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(content: bytes) -> Path:
        path = tmp_path / "archive"
        path.write_bytes(content)
        return path

    return write


Written = Callable[[bytes], Path]


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
def test_every_file_in_a_tar_is_read(written: Written, form: int) -> None:
    files = {**FILES, "n" * (80 if form == tarfile.USTAR_FORMAT else 300): b"a long name"}
    for content in (tar(files, form=form), gzip.compress(tar(files, form=form))):
        members, problem = read(written(content))
        assert (inside(members), problem) == (files, None)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_every_file_in_a_zip_is_read(written: Written, method: int) -> None:
    members, problem = read(written(zipped(FILES, method=method)))
    assert (inside(members), problem) == (FILES, None)


@pytest.mark.parametrize("make", [tar, zipped, lambda files: gzip.compress(tar(files))])
def test_what_is_settled_is_not_read_again_and_places_stay(
    written: Written, make: Callable[[dict[str, bytes]], bytes]
) -> None:
    path = written(make(FILES))
    members, _ = read(path)
    again, problem = read(path, settled=lambda index: index == members[0].index)
    assert ([each.index for each in again], problem) == ([each.index for each in members[1:]], None)


@settings(max_examples=40)
@given(data=st.data())
def test_a_tar_that_is_cut_short_anywhere_is_never_taken_for_whole(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    whole = tar(FILES)
    length = data.draw(st.integers(512, 512 * (len(whole.rstrip(b"\0")) // 512)))
    for content in (whole[:length], gzip.compress(whole[:length])):
        path = tmp_path_factory.mktemp("cut") / "archive"
        path.write_bytes(content)
        assert read(path)[1] is not None


@settings(max_examples=40)
@given(data=st.data())
def test_a_damaged_tar_or_gzip_or_zip_gives_files_or_a_reason_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    make = data.draw(st.sampled_from([tar, zipped, lambda files: gzip.compress(tar(files), mtime=0)]))
    content = bytearray(make({"a": b"x" * 700, "b": bytes(range(256)) * 4}))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("damaged") / "archive"
    path.write_bytes(content)
    if archives.kind_of(bytes(content[: contents.HEAD_BYTES])) is not None:
        members, problem = read(path)
        assert all(each.content is not None or each.reason for each in members)
        assert problem is None or problem.startswith("a")


def test_a_damaged_header_in_the_middle_is_no_end(written: Written) -> None:
    content = bytearray(tar({"a": b"x", "b": b"y"}, form=tarfile.USTAR_FORMAT))
    content[1024 + 150] ^= 1  # the checksum of the second header
    members, problem = read(written(bytes(content)))
    assert inside(members) == {"a": b"x"}
    assert problem == "a damaged archive, not read to its end"


def test_what_stands_behind_the_end_of_a_tar_is_told(written: Written) -> None:
    members, problem = read(written(tar({"a": b"x"}) + tar({"hidden": b"y"})))
    assert inside(members) == {"a": b"x"}
    assert problem == "an archive with more behind its end, which was not read"


def test_a_cut_gzip_is_told_after_what_could_be_read(written: Written) -> None:
    packed = gzip.compress(tar({"a": b"x", "b": os.urandom(CAP)}))
    members, problem = read(written(packed[: len(packed) // 2]))
    assert members[0].name == "a"
    assert problem == "a damaged archive, not read to its end"


def test_a_member_with_another_checksum_is_told_and_the_next_one_read(written: Written) -> None:
    content = zipped({"a": b"12345", "b": b"67890"}, method=zipfile.ZIP_STORED)
    members, problem = read(written(content.replace(b"12345", b"12346", 1)))
    assert (inside(members), problem) == ({"a": "damaged in its archive", "b": b"67890"}, None)


def test_a_zip_without_its_directory_is_told(written: Written) -> None:
    content = zipped(FILES)
    assert read(written(content[: len(content) // 2])) == ([], "a damaged archive, not read to its end")


def test_an_encrypted_member_is_told(written: Written) -> None:
    content = bytearray(zipped({"a": b"secret"}))
    for place in (6, content.index(b"PK\x01\x02") + 8):
        content[place] |= 1
    assert inside(read(written(bytes(content)))[0]) == {"a": "encrypted"}


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_ways_of_packing_that_can_ask_for_any_memory_are_not_opened(written: Written, method: int) -> None:
    members, _ = read(written(zipped({"a": b"x" * 1000}, method=method)))
    assert inside(members) == {"a": "packed in a way that is not opened"}


def test_a_member_that_unpacks_to_far_more_than_it_is_is_not_unpacked(written: Written) -> None:
    members, problem = read(written(zipped({"bomb": bytes(30_000_000), "plain": bytes(500_000)})))
    assert problem is None
    found = {each.name: each for each in members}
    assert (found["bomb"].content, found["bomb"].reason) == (None, "packed too tightly")
    assert isinstance(found["plain"].content, contents.TooLarge), "half a megabyte of zeros harms nobody"


def test_members_that_unpack_the_same_bytes_again_and_again_come_to_an_end(written: Written) -> None:
    content = zipped({"a": os.urandom(500) + bytes(90_000)})
    start, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    entry, many = content[start:end], 1000
    tail = bytearray(content[end:])
    tail[8:16] = many.to_bytes(2, "little") * 2 + (many * len(entry)).to_bytes(4, "little")
    members, problem = read(written(content[:start] + entry * many + bytes(tail)))
    assert len(members) < many
    # Newer versions of Python refuse such members themselves, each by itself.
    assert problem == "an archive that is packed too tightly" or all(each.reason for each in members)


def test_a_packed_tar_that_unpacks_to_far_more_than_it_is_is_left_there(written: Written) -> None:
    stream = io.BytesIO()
    with gzip.GzipFile(fileobj=stream, mode="wb", compresslevel=9) as packed:
        info = tarfile.TarInfo("bomb")
        info.size = 2**36
        packed.write(info.tobuf())
        for _ in range(60):
            packed.write(bytes(2**20))
    path = written(stream.getvalue())
    assert read(path) == ([], "an archive that is packed too tightly")
    assert read(path, settled=lambda _: True) == ([], "an archive that is packed too tightly"), "passed over"


def test_a_member_beyond_the_cap_is_hashed_and_not_held(written: Written) -> None:
    large = os.urandom(CAP + 1)
    for content in (zipped({"large": large}), tar({"large": large})):
        (member,) = read(written(content))[0]
        assert isinstance(member.content, contents.TooLarge)
        assert member.content.size_bytes == CAP + 1
        assert member.content.digests == contents.Whole(large).digests
        assert member.content.head == large[: contents.HEAD_BYTES]


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME])
@pytest.mark.parametrize("size", [2**33, -512])
def test_a_header_that_claims_a_size_of_its_own_is_not_followed(
    written: Written, kind: bytes, size: int
) -> None:
    header = tarfile.TarInfo("evil")
    header.type = kind
    header.size = max(size, 0)
    buffer = bytearray(header.tobuf(tarfile.GNU_FORMAT))
    if size < 0:  # base 256, below nothing
        buffer[124:136] = b"\xff" + size.to_bytes(11, "big", signed=True)
        buffer[148:156] = b"%06o\0 " % tarfile.calc_chksums(buffer)[0]  # type: ignore[attr-defined]
    path = written(bytes(buffer) + bytes(512) + tar(FILES))
    assert read(path)[1] in (
        "an archive that asks for too much memory",
        "a damaged archive, not read to its end",
    )


def test_a_member_of_a_size_below_nothing_leads_nowhere(written: Written) -> None:
    buffer = bytearray(tarfile.TarInfo("evil").tobuf())
    buffer[124:136] = b"\xff" + (-512).to_bytes(11, "big", signed=True)
    buffer[148:156] = b"%06o\0 " % tarfile.calc_chksums(buffer)[0]  # type: ignore[attr-defined]
    assert (
        read(written(tar({"a": b"x"})[:1024] + bytes(buffer)))[1] == "a damaged archive, not read to its end"
    )


def test_folders_links_and_devices_in_an_archive_hold_nothing_to_scan(written: Written) -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, kind in (
            ("d", tarfile.DIRTYPE),
            ("s", tarfile.SYMTYPE),
            ("h", tarfile.LNKTYPE),
            ("c", tarfile.CHRTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type = kind
            info.linkname = "/etc/passwd"
            archive.addfile(info)
    assert read(written(stream.getvalue())) == ([], None)
    assert read(written(zipped({"folder/": b""}))) == ([], None)


def test_a_name_like_a_folders_hides_nothing(written: Written) -> None:
    assert inside(read(written(zipped({"picture.jpg/": b"content"})))[0]) == {"picture.jpg/": b"content"}


def test_a_packed_file_that_is_no_tar_is_told(written: Written) -> None:
    for content in (b"a log", b"", tar({}), zipped(FILES)):
        assert read(written(gzip.compress(content))) == ([], "a packed file that is no tar, not opened")


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (zipped(FILES), Kind.ZIP),
        (zipped({}), Kind.ZIP),
        (tar(FILES), Kind.TAR),
        (gzip.compress(b"", mtime=0), Kind.GZIP),
        (b"", None),
        (b"text", None),
        (bytes(1024), None),
        (b"\xff\xd8\xff" + bytes(1021), None),
    ],
)
def test_archives_are_known_by_how_they_begin(head: bytes, kind: Kind | None) -> None:
    assert archives.kind_of(head[: contents.HEAD_BYTES]) is kind


def test_archives_that_are_not_opened_are_known_too() -> None:
    assert archives.unopened(zipped(FILES), inside=True) == "an archive inside an archive, not opened"
    assert archives.unopened(zipped(FILES), inside=False) is None
    for head in (
        b"7z\xbc\xaf\x27\x1c..",
        b"Rar!\x1a\x07\x01\0",
        b"BZh91AY",
        b"\xfd7zXZ\0",
        b"\x28\xb5\x2f\xfd",
    ):
        assert archives.unopened(head, inside=False) == "an archive of a kind that is not opened"


@given(content=st.binary(max_size=400), cap=st.integers(1, 300), chunk=st.integers(1, 64))
def test_a_file_is_held_up_to_the_cap_and_hashed_beyond_it(content: bytes, cap: int, chunk: int) -> None:
    stream = io.BytesIO(content)
    taken = contents.take(lambda most: stream.read(min(chunk, most)), max_bytes=cap)
    assert taken.digests == contents.Whole(content).digests
    if len(content) <= cap:
        assert taken == contents.Whole(content)
    else:
        assert isinstance(taken, contents.TooLarge)
        assert (taken.size_bytes, content[: len(taken.head)]) == (len(content), taken.head)
