"""The seccomp filter as a classic BPF program: a short list of system calls lives, everything else kills the process.

Source: Linux ``seccomp(2)``; call numbers from ``asm/unistd_64.h`` (x86_64) and ``asm-generic/unistd.h`` (aarch64).
"""

from __future__ import annotations

import struct

_LOAD_WORD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_KILL_PROCESS, _ALLOW, _NO_SUCH_CALL = (
    0x8000_0000,
    0x7FFF_0000,
    0x0005_0000 | 38,
)  # the last: fail with ENOSYS
_NUMBER_OFFSET, _ARCHITECTURE_OFFSET = 0, 4
_FIRST_ARGUMENT_OFFSET, _THIRD_ARGUMENT_OFFSET = (
    16,
    16 + 2 * 8,
)  # struct seccomp_data, low words on a little-endian machine
_PROT_EXEC = 4
_CLONE_THREAD = 0x0001_0000
_X32_BIT = 0x4000_0000

_ARCHITECTURES = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}

# What decoding, hashing and one connected socket need. Not here on purpose: read, recvmsg and sendmsg (which could pass descriptors),
# every open, stat, socket, clone, exec, kill, ioctl, prctl and limit call.
_CALLS: dict[str, dict[str, int]] = {
    "x86_64": {
        "recvfrom": 45, "sendto": 44, "munmap": 11, "madvise": 28, "brk": 12, "mremap": 25, "futex": 202, "write": 1, "close": 3,
        "clock_gettime": 228, "gettimeofday": 96, "time": 201, "getrandom": 318, "sched_yield": 24, "rt_sigaction": 13,
        "rt_sigprocmask": 14, "rt_sigreturn": 15, "sigaltstack": 131, "restart_syscall": 219, "exit": 60, "exit_group": 231,
    },
    "aarch64": {
        "recvfrom": 207, "sendto": 206, "munmap": 215, "madvise": 233, "brk": 214, "mremap": 216, "futex": 98, "write": 64,
        "close": 57, "clock_gettime": 113, "gettimeofday": 169, "getrandom": 278, "sched_yield": 124, "rt_sigaction": 134,
        "rt_sigprocmask": 135, "rt_sigreturn": 139, "sigaltstack": 132, "restart_syscall": 128, "exit": 93, "exit_group": 94,
    },
}  # fmt: skip
_CALLS_WITHOUT_EXEC = {"x86_64": {"mmap": 9, "mprotect": 10}, "aarch64": {"mmap": 222, "mprotect": 226}}
_THREAD_CALLS = {
    "x86_64": {"rseq": 334, "set_robust_list": 273},
    "aarch64": {"rseq": 293, "set_robust_list": 99},
}
_CLONE = {"x86_64": 56, "aarch64": 220}
_CLONE3 = 435  # its flags lie in memory, where a filter cannot look; told that it does not exist, the C library takes clone


def _instruction(code: int, value: int, *, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def supports(machine: str) -> bool:
    """Say whether there is a filter for ``os.uname().machine``, for 64-bit processes."""
    return machine in _ARCHITECTURES and struct.calcsize("P") == 8


def program(machine: str, *, threads: bool = False) -> bytes:
    """Build the filter for a machine.

    Args:
        machine: ``"x86_64"`` or ``"aarch64"``.
        threads: Let the process start threads, though no other process.

    Returns:
        An array of ``struct sock_filter``, 8 bytes each.
    """
    kill, allow = _instruction(_RETURN, _KILL_PROCESS), _instruction(_RETURN, _ALLOW)
    code = [
        _instruction(_LOAD_WORD, _ARCHITECTURE_OFFSET),
        _instruction(_EQUAL, _ARCHITECTURES[machine], if_true=1),
        kill,
        _instruction(_LOAD_WORD, _NUMBER_OFFSET),
    ]
    if machine == "x86_64":  # the x32 table has other meanings for numbers with this bit
        code += [_instruction(_AT_LEAST, _X32_BIT, if_false=1), kill]
    for number in _CALLS[machine].values():
        code += [_instruction(_EQUAL, number, if_false=1), allow]
    for number in _CALLS_WITHOUT_EXEC[machine].values():
        code += [
            _instruction(_EQUAL, number, if_false=4),
            _instruction(_LOAD_WORD, _THIRD_ARGUMENT_OFFSET),
            _instruction(_ANY_BIT, _PROT_EXEC, if_false=1),
            kill,
            allow,
        ]
    if threads:
        code += _thread_rules(machine, kill, allow)
    code.append(kill)
    return b"".join(code)


def _thread_rules(machine: str, kill: bytes, allow: bytes) -> list[bytes]:
    code = []
    for number in _THREAD_CALLS[machine].values():
        code += [_instruction(_EQUAL, number, if_false=1), allow]
    code += [_instruction(_EQUAL, _CLONE3, if_false=1), _instruction(_RETURN, _NO_SUCH_CALL)]
    code += [
        _instruction(_EQUAL, _CLONE[machine], if_false=4),
        _instruction(_LOAD_WORD, _FIRST_ARGUMENT_OFFSET),
        _instruction(_ANY_BIT, _CLONE_THREAD, if_true=1),
        kill,
        allow,
    ]
    return code
