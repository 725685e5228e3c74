"""A program that commits until its write-point hook kills it: ``python -m tests.unit.stores.crashing <kind> <address> <threads>``.

It prints the id of each case once its commit returned, so that its parent knows what was acknowledged.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

from tests.unit.stores import databases
from wardline import records
from wardline.adapters import stores
from wardline.records import Add, Insert, Step, Task
from wardline.testing import store_records as make
from wardline.testing import write_points

COMMITS = 40


def main() -> None:
    kind, address, threads = sys.argv[1:]
    engine = databases.open_engine(kind, address)
    hook = write_points.from_environment()
    store = stores.SqlStore(engine, reached=hook, enqueue=stores.enqueuer(engine))

    def open_case(_: int) -> None:
        case = make.case()
        hold = make.hold(case_id=case.id)
        counted = Add(Step.CASES_OPENED, make.NOON.date())
        task = Task(name="conclude", record_id=case.id)
        store.commit(
            Insert(case), Insert(hold), counted, entries=[make.entry(subject_id=case.id)], work=[task]
        )
        # One write, so that lines of several threads never mix.
        sys.stdout.write(f"{case.id}\n")
        sys.stdout.flush()

    def sign(_: object) -> records.Checkpoint:
        hook("test:signing")
        return records.Checkpoint(size=COMMITS, root=b"r" * 32, note="signed", at=make.NOON)

    with ThreadPoolExecutor(int(threads)) as pool:
        list(pool.map(open_case, range(COMMITS)))
    store.sequence(sign)
    store.close()


if __name__ == "__main__":
    main()
