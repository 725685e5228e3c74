"""The contract of ``ports.Witness``, as tests. Subclass ``WitnessContract`` and give it a witness whose post can be seen."""
# ruff: noqa: S101 - a contract suite is tests, kept in the package so that plug-in authors can subclass it

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from wardline import audit, ports, records
from wardline.errors import WitnessError
from wardline.kernels import merkle

_KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
_NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def checkpoint(size: int) -> records.Checkpoint:
    """Make a signed checkpoint; the same size gives the same one."""
    frontier = merkle.Frontier().extend(merkle.leaf_hash(b"%d" % number) for number in range(size))
    return audit.checkpoint("wardline.invalid/contract", frontier, _KEY, _NOW)


class WitnessContract(ABC):
    """What every witness does."""

    @pytest.fixture
    def witness(self) -> ports.Witness:
        """Give a witness that works. Override it."""
        raise NotImplementedError

    @abstractmethod
    def received(self) -> list[bytes]:
        """Give each delivery as its reader would save it to a file; one for each ``keep`` that succeeded."""

    @abstractmethod
    def fail_next(self) -> None:
        """Let the next delivery fail."""

    @abstractmethod
    def works_again(self) -> None:
        """Let deliveries work again, where one failure does not end by itself."""

    def test_a_note_arrives_byte_for_byte(self, witness: ports.Witness) -> None:
        given = [checkpoint(size) for size in (1, 2, 300)]
        for each in given:
            witness.keep(each)
        notes = [note for saved in self.received() for note in audit.notes_in_file(saved)]
        assert notes == [each.note for each in given]
        for note, each in zip(notes, given, strict=True):
            assert audit.open_checkpoint(note, "wardline.invalid/contract", _KEY.public_key()) == (
                each.size,
                each.root,
            )

    def test_what_is_given_back_is_what_was_kept(self, witness: ports.Witness) -> None:
        assert witness.kept() == []
        for size in (3, 5):
            witness.keep(checkpoint(size))
        assert witness.kept() in ([], [checkpoint(3).note, checkpoint(5).note])

    def test_the_same_one_again_does_no_harm(self, witness: ports.Witness) -> None:
        witness.keep(checkpoint(4))
        witness.keep(checkpoint(4))
        assert set(witness.kept()) <= {checkpoint(4).note}

    def test_a_failed_delivery_is_an_error_and_the_next_one_works(self, witness: ports.Witness) -> None:
        self.fail_next()
        with pytest.raises(WitnessError):
            witness.keep(checkpoint(1))
        self.works_again()
        witness.keep(checkpoint(2))
        notes = [note for saved in self.received() for note in audit.notes_in_file(saved)]
        assert notes == [checkpoint(2).note]

    def test_a_witness_has_a_name(self, witness: ports.Witness) -> None:
        assert witness.name
