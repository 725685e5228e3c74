"""Lock the calling process in, for good: resource limits, Landlock, seccomp.

Everything a worker will ever need (modules, memory, its one socket) must be there before. Raw system calls by ctypes, so that no
package is needed.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import struct
from pathlib import Path

from wardline.adapters.media import bpf

RLIMITS, LANDLOCK, SECCOMP = "rlimits", "landlock", "seccomp"
LAYERS = (RLIMITS, LANDLOCK, SECCOMP)
"""The names of the layers; the order is part of the wire format."""

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
_SECCOMP_MODE_FILTER = 2
_LANDLOCK_CREATE_RULESET, _LANDLOCK_RESTRICT_SELF = 444, 446  # the same number on every architecture
_LANDLOCK_VERSION_FLAG = 1

_libc = ctypes.CDLL(None, use_errno=True)


class _FilterProgram(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent ends; end it now if that has already happened."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def seal(*, memory_bytes: int, cpu_seconds: int, threads: bool = False) -> frozenset[str]:
    """Give up every right that decoding does not need.

    Args:
        memory_bytes: Address space that may be added to what is mapped now.
        cpu_seconds: Processor time of the whole process; a back-stop behind the parent's wall clock.
        threads: Let it start threads. Then only seccomp, which can tell the two apart, keeps it from starting processes.

    Returns:
        The layers that hold now. Which of them suffice is the caller's decision.
    """
    base_bytes = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    privileges_fixed = _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    layers = set()
    if privileges_fixed and _landlock():
        layers.add(LANDLOCK)
    if _limit(base_bytes + memory_bytes, cpu_seconds, threads):
        layers.add(RLIMITS)
    if privileges_fixed and _seccomp(threads):  # last: it forbids the calls above
        layers.add(SECCOMP)
    return frozenset(layers)


def _limit(address_space_bytes: int, cpu_seconds: int, threads: bool) -> bool:
    limits = {
        resource.RLIMIT_AS: address_space_bytes,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 0,  # no new descriptors; those that are open stay
    }
    if not threads:
        limits[resource.RLIMIT_NPROC] = 0
    try:
        for kind, most in limits.items():
            resource.setrlimit(kind, (most, most))
    except (OSError, ValueError):
        return False
    return True


def _landlock() -> bool:
    version = _libc.syscall(_LANDLOCK_CREATE_RULESET, None, 0, _LANDLOCK_VERSION_FLAG)
    if version < 1:
        return False
    # Handle every right of this version and allow none of them: files (13 rights at first, then refer, truncate, device ioctl), TCP
    # bind and connect from version 4, abstract sockets and signals from version 6.
    file_rights = 13 + (version >= 2) + (version >= 3) + (version >= 5)
    attribute = struct.pack("=Q", (1 << file_rights) - 1)
    if version >= 4:
        attribute += struct.pack("=Q", 0b11)
    if version >= 6:
        attribute += struct.pack("=Q", 0b11)
    ruleset = _libc.syscall(_LANDLOCK_CREATE_RULESET, attribute, ctypes.c_size_t(len(attribute)), 0)
    if ruleset < 0:
        return False
    status = _libc.syscall(_LANDLOCK_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
    return bool(status == 0)


def _seccomp(threads: bool) -> bool:
    machine = os.uname().machine
    if not bpf.supports(machine):
        return False
    code = bpf.program(machine, threads=threads)
    program = _FilterProgram(len(code) // 8, code)
    return bool(_libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0)
