"""The seccomp program, run by a small interpreter for both machines, whichever this is."""

from __future__ import annotations

import struct

import pytest

from wardline.adapters.media import bpf

_KILL, _ALLOW, _NO_SUCH_CALL = 0x8000_0000, 0x7FFF_0000, 0x0005_0026
_ARCHITECTURES = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
_OPEN_AND_KIN = {
    "x86_64": {"read": 0, "open": 2, "socket": 41, "connect": 42, "recvmsg": 47, "clone": 56, "fork": 57, "execve": 59, "kill": 62,
               "ptrace": 101, "prctl": 157, "openat": 257, "prlimit64": 302, "seccomp": 317, "memfd_create": 319, "clone3": 435},
    "aarch64": {"read": 63, "openat": 56, "ioctl": 29, "ptrace": 117, "kill": 129, "prctl": 167, "socket": 198, "connect": 203,
                "recvmsg": 212, "clone": 220, "execve": 221, "prlimit64": 261, "seccomp": 277, "memfd_create": 279, "clone3": 435},
}  # fmt: skip
_MAPPING = {"x86_64": (9, 10), "aarch64": (222, 226)}
_EXIT_GROUP = {"x86_64": 231, "aarch64": 94}


def _run(program: bytes, *, number: int, architecture: int, first: int = 0, third: int = 0) -> int:
    data = struct.pack("<IIQ6Q", number, architecture, 0, first, 0, third, 0, 0, 0)
    instructions = list(struct.iter_unpack("=HBBI", program))
    place, value = 0, 0
    while True:
        code, if_true, if_false, operand = instructions[place]
        place += 1
        if code == 0x20:
            (value,) = struct.unpack_from("<I", data, operand)
        elif code == 0x06:
            return int(operand)
        else:
            holds = {0x15: value == operand, 0x35: value >= operand, 0x45: bool(value & operand)}[code]
            place += if_true if holds else if_false


@pytest.mark.parametrize("machine", _ARCHITECTURES)
def test_nothing_that_reaches_outside_is_allowed(machine: str) -> None:
    program = bpf.program(machine)
    for name, number in _OPEN_AND_KIN[machine].items():
        assert _run(program, number=number, architecture=_ARCHITECTURES[machine]) == _KILL, name


@pytest.mark.parametrize("machine", _ARCHITECTURES)
def test_memory_can_be_mapped_but_not_as_code(machine: str) -> None:
    program = bpf.program(machine)
    for number in _MAPPING[machine]:
        outcomes = [
            _run(program, number=number, architecture=_ARCHITECTURES[machine], third=rights)
            for rights in range(8)
        ]
        assert outcomes == [_ALLOW] * 4 + [_KILL] * 4


@pytest.mark.parametrize("machine", _ARCHITECTURES)
def test_a_worker_may_end(machine: str) -> None:
    program = bpf.program(machine)
    assert _run(program, number=_EXIT_GROUP[machine], architecture=_ARCHITECTURES[machine]) == _ALLOW


@pytest.mark.parametrize("machine", _ARCHITECTURES)
def test_only_a_short_list_is_allowed_and_only_in_the_machines_own_numbering(machine: str) -> None:
    program, own = bpf.program(machine), _ARCHITECTURES[machine]
    allowed = [number for number in range(600) if _run(program, number=number, architecture=own) == _ALLOW]
    assert len(allowed) < 25
    for other in (0x4000_0003, 0x4000_0028, *(set(_ARCHITECTURES.values()) - {own})):
        assert all(_run(program, number=number, architecture=other) == _KILL for number in allowed)
    if machine == "x86_64":
        assert all(
            _run(program, number=0x4000_0000 | number, architecture=own) == _KILL for number in allowed
        )


@pytest.mark.parametrize("machine", _ARCHITECTURES)
def test_where_a_decoder_needs_threads_it_gets_those_and_no_process(machine: str) -> None:
    program, own = bpf.program(machine, threads=True), _ARCHITECTURES[machine]
    clone, clone3 = (_OPEN_AND_KIN[machine][name] for name in ("clone", "clone3"))
    assert _run(program, number=clone, architecture=own, first=0x0001_0000) == _ALLOW
    assert _run(program, number=clone, architecture=own, first=17) == _KILL
    assert _run(program, number=clone3, architecture=own) == _NO_SUCH_CALL
    for name, number in _OPEN_AND_KIN[machine].items():
        assert name == "clone3" or _run(program, number=number, architecture=own) == _KILL, name


def test_there_is_no_filter_for_an_unknown_machine() -> None:
    assert not bpf.supports("riscv64")
