"""The vault: what is about a person, encrypted, each record under a key of its own.

Two sealed files per record: who the person is, and the identity asset. Destroying the one data
key makes both unreadable, also in every copy that was ever made of them.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from consent import files
from consent.errors import ConsentError, RegistryDamaged
from consent.ids import is_id
from consent.keys import KeyRing, decrypt, encrypt, new_data_key

_WRAPPED_KEY_LIMIT_BYTES = 256
_FILE_LIMIT_BYTES = 2**31 - 1  # what one AES-GCM call can take


class Part(StrEnum):
    """What is sealed for a record."""

    PERSON = "person"
    ASSET = "asset"


@dataclass(frozen=True, slots=True)
class Vault:
    """Sealed files and wrapped data keys under one home."""

    home: Path
    keys: KeyRing

    def create(self, record_id: str) -> None:
        """Make the data key of a new record.

        Raises:
            RegistryError: It cannot be written.
        """
        wrapped = self.keys.wrap(new_data_key(), bound_to=f"{record_id}/key")
        files.create_private(self.key_path(record_id), wrapped)

    def has_key(self, record_id: str) -> bool:
        """Whether the data key of a record still exists."""
        return self.key_path(record_id).exists()

    def put(self, record_id: str, part: Part, data: bytes) -> bytes:
        """Seal `data` in place of what was sealed before; returns the ciphertext.

        Raises:
            ConsentError: The record's data key was destroyed.
            RegistryError: The file cannot be written.
        """
        sealed = encrypt(self._data_key(record_id), data, bound_to=f"{record_id}/{part}")
        files.write_private(self.part_path(record_id, part), sealed)
        return sealed

    def sealed(self, record_id: str, part: Part) -> bytes:
        """Read a sealed file as it lies there.

        Raises:
            RegistryError: It is missing or cannot be read.
        """
        return files.read_limited(self.part_path(record_id, part), _FILE_LIMIT_BYTES)

    def open(self, record_id: str, part: Part, sealed: bytes) -> bytes:
        """Decrypt a sealed file.

        Raises:
            ConsentError: The record's data key was destroyed.
            RegistryDamaged: The file was changed or belongs to another record.
        """
        return decrypt(self._data_key(record_id), sealed, bound_to=f"{record_id}/{part}")

    def destroy(self, record_id: str) -> None:
        """Destroy the data key first, then everything sealed under it; may be repeated.

        Raises:
            RegistryError: A file cannot be overwritten or removed.
        """
        files.destroy(self.key_path(record_id))
        for part in Part:
            files.destroy(self.part_path(record_id, part))

    def remains(self, record_id: str) -> list[Path]:
        """List the files that still exist for a record."""
        paths = [self.key_path(record_id), *(self.part_path(record_id, part) for part in Part)]
        return [path for path in paths if path.exists()]

    def record_ids_with_keys(self) -> set[str]:
        """List the records that have a data key."""
        return {path.stem for path in (self.home / "keys" / "records").glob("*.key")}

    def make_folders(self) -> None:
        """Create the folders of the vault."""
        for name in ("keys/records", "vault", "assets"):
            files.private_folder(self.home / name)

    def key_path(self, record_id: str) -> Path:
        """Where the wrapped data key of a record lies."""
        return self.home / "keys" / "records" / f"{_checked(record_id)}.key"

    def part_path(self, record_id: str, part: Part) -> Path:
        """Where a sealed part of a record lies."""
        folder = {Part.PERSON: "vault", Part.ASSET: "assets"}[part]
        return self.home / folder / f"{_checked(record_id)}.sealed"

    def _data_key(self, record_id: str) -> bytes:
        path = self.key_path(record_id)
        if not path.exists():
            raise ConsentError(
                f"The data key of {record_id} was destroyed: what it sealed is gone",
                hint="Enrol the person again with a new consent.",
            )
        wrapped = files.read_limited(path, _WRAPPED_KEY_LIMIT_BYTES)
        return self.keys.unwrap(wrapped, bound_to=f"{record_id}/key")


def _checked(record_id: str) -> str:
    """Refuse anything that could be a path elsewhere."""
    if not is_id(record_id, "record"):
        raise RegistryDamaged(f"{record_id!r} is not a record id")
    return record_id
