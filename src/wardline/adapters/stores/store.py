"""The store over SQL: SQLite for one machine, PostgreSQL for several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import sqlalchemy as sa

from wardline import ports, records
from wardline.adapters.stores import log, preparation, schema
from wardline.adapters.stores.certificate_readers import SqlCertificates
from wardline.adapters.stores.checkpoints import Checkpoints
from wardline.adapters.stores.cluster_readers import SqlClusters
from wardline.adapters.stores.complaint_readers import SqlComplaints
from wardline.adapters.stores.evidence_readers import SqlEvidence
from wardline.adapters.stores.figures import SqlFigures
from wardline.adapters.stores.filing_readers import SqlFiling
from wardline.adapters.stores.finding_readers import SqlFinding
from wardline.adapters.stores.opinion_readers import SqlOpinions
from wardline.adapters.stores.preservation_readers import SqlPreservation
from wardline.adapters.stores.readers import SqlReaders
from wardline.adapters.stores.schema_readers import SqlSchemas
from wardline.adapters.stores.wellbeing_readers import SqlWellbeing
from wardline.adapters.stores.work_readers import SqlWork
from wardline.adapters.stores.writer import Enqueue, GroupWriter

_AT_ONCE_IN_TURN = 40
"""On SQLite, where whoever commits meanwhile waits for all of these."""
_AT_ONCE_BESIDE_OTHERS = 100
"""On PostgreSQL, where nobody waits for them and each commit takes longer."""


class SqlStore(
    SqlReaders,
    SqlComplaints,
    SqlFinding,
    SqlFiling,
    SqlClusters,
    SqlOpinions,
    SqlEvidence,
    SqlCertificates,
    SqlWellbeing,
    SqlSchemas,
    SqlPreservation,
    SqlFigures,
    SqlWork,
    log.SqlLog,
):
    """Records in SQL tables, written in group commits."""

    def __init__(
        self,
        engine: sa.Engine,
        *,
        reached: ports.WritePoint = preparation.ignore_write_point,
        enqueue: Enqueue | None = None,
    ) -> None:
        """Open the store on an engine made by ``open_sqlite`` or ``open_postgres``.

        Args:
            engine: Its tables exist; the store closes it.
            reached: Called by whichever thread writes, with ``store:before-commit:<verb>`` when everything is written, counts alone excepted, and nothing is
                durable, and with ``store:after-commit:<verb>`` when it is durable and nobody was told. The verb is the first
                entry's; ``counts`` when there is none.
            enqueue: Adds durable work within the transaction it is given; without it, work is refused.

        Raises:
            SchemaVersionError: The tables are older or newer than this program.
        """
        super().__init__(engine)
        try:
            schema.require_current(engine)
        except BaseException:
            engine.dispose()
            raise
        if engine.dialect.name == "sqlite":
            self._checkpoints: Checkpoints | None = Checkpoints(engine, self._while_nobody_writes)
            committed = self._checkpoints.note_commit
            self._writer = GroupWriter(engine, reached=reached, enqueue=enqueue, committed=committed)
        else:
            self._checkpoints = None
            self._writer = GroupWriter(engine, reached=reached, enqueue=enqueue)

    @property
    def engine(self) -> sa.Engine:
        """The engine, to be shared with the durable work."""
        return self._engine

    @property
    def waiting_commits(self) -> int:
        """How many commits wait for the writer at this moment."""
        return self._writer.waiting

    def commit(
        self,
        *changes: records.Change,
        entries: Sequence[records.Entry],
        work: Sequence[records.Task] = (),
    ) -> None:
        """Write everything or nothing; return when it is durable, which counts alone need not be yet. See ``ports.Store``."""
        self._writer.commit(preparation.prepare(changes, entries, work))

    def sequence(self, sign: Callable[[Sequence[bytes]], records.Checkpoint], *, most: int = 10_000) -> int:
        """Give positions to new entries under a signed checkpoint. ``sign`` must not write, and runs again when the database gave up the first try
        for another transaction."""
        if not self._is_anything_waiting():
            return 0
        return self._writer.alone(partial(log.sequence, sign=sign, most=most))

    @property
    def changes_at_once(self) -> int:
        """How many changes the background commits at once. See ``ports.Store``."""
        return _AT_ONCE_BESIDE_OTHERS if self._checkpoints is None else _AT_ONCE_IN_TURN

    def may_hold_work(self, queue: str) -> bool:
        """Say whether durable work waits in a queue: quickly, or else that it may. See ``ports.WorkReader``."""
        return self._quick is None or self._quick.may_hold_work(queue)

    def _while_nobody_writes(self, run: Callable[[], None]) -> None:
        self._writer.paused(run)

    def close(self) -> None:
        """Finish the commits under way, then close the connections."""
        self._writer.close()
        if self._checkpoints is not None:
            self._checkpoints.close()
        if self._quick is not None:
            self._quick.close()
        self._engine.dispose()
