"""Compile the C twins of the kernels: a build hook of hatchling, and ``python hatch_build.py`` after a change to the C code.

Needs a C compiler and nothing else. Without one the installation works all the same, on the plain references; ``wardline check`` says so.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

KERNELS = Path(__file__).parent / "src" / "wardline" / "kernels"
LIBRARY = "_fast.so"
# No contraction: a fused multiply-add rounds once where the reference rounds twice.
FLAGS = (
    "-std=c11",
    "-O3",
    "-ffp-contract=off",
    "-fPIC",
    "-shared",
    "-fvisibility=hidden",
    "-Wall",
    "-Wextra",
    "-Werror=vla",
)


class CustomBuildHook(BuildHookInterface[Any]):
    """Called by hatchling before a wheel is made, editable or not."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Compile, and make the wheel one for this platform if that worked."""
        if self.target_name != "wheel":
            return
        built = compile_all()
        if built:
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"
            build_data["artifacts"].extend(str(path.relative_to(self.root)) for path in built)


def compile_all() -> list[Path]:
    """Compile each room's ``fast.c``; say on standard error what could not be, and give what could."""
    built = []
    for source in sorted(KERNELS.glob("*/fast.c")):
        try:
            built.append(compile_one(source))
        except (OSError, subprocess.CalledProcessError) as error:
            # What an earlier version left must not be taken for this one's.
            source.with_name(LIBRARY).unlink(missing_ok=True)
            print(
                f"kernels/{source.parent.name}: not compiled, the plain reference serves: {error}",
                file=sys.stderr,
            )
    return built


def compile_one(source: Path) -> Path:
    """Compile one library beside its source; readers see the old one or the new one."""
    compiler = shlex.split(os.environ.get("CC") or "cc")
    library = source.with_name(LIBRARY)
    unfinished = library.with_suffix(f".{os.getpid()}")
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    try:
        subprocess.run(  # noqa: S603 - the compiler that the installing person named
            [*compiler, *FLAGS, f'-DSOURCE_DIGEST="{digest}"', str(source), "-o", str(unfinished), "-lm"],
            check=True,
        )
        unfinished.replace(library)
    finally:
        unfinished.unlink(missing_ok=True)
    return library


if __name__ == "__main__":
    made = compile_all()
    for path in made:
        print(path.relative_to(KERNELS.parents[2]))
    sys.exit(len(made) < len(list(KERNELS.glob("*/fast.c"))))
