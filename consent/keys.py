"""The two keys of a home: one signs (Ed25519), one wraps the data keys of the records (AES-256).

The signing key makes every log entry, record, permit, challenge and sidecar. Each signature is
bound to what it signs by a context word, so that one kind cannot pass for another.
"""

import os
import secrets
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from consent import files
from consent.errors import RegistryDamaged

_KEY_BYTES = 32
_NONCE_BYTES = 12
_SIGNING_KEY = "signing.key"
_WRAPPING_KEY = "wrapping.key"


@dataclass(frozen=True, slots=True, eq=False)
class KeyRing:
    """The keys of one home, opened."""

    folder: Path
    _signing: Ed25519PrivateKey
    _wrapping: bytes

    @classmethod
    def exists(cls, folder: Path) -> bool:
        """Whether any key of a home lies in `folder`."""
        return (folder / _SIGNING_KEY).exists() or (folder / _WRAPPING_KEY).exists()

    @classmethod
    def create(cls, folder: Path) -> None:
        """Make the keys that are missing; safe when several processes do so at once."""
        files.private_folder(folder)
        for name in (_SIGNING_KEY, _WRAPPING_KEY):
            if not (folder / name).exists():
                files.create_private(folder / name, secrets.token_bytes(_KEY_BYTES))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Open the keys.

        Raises:
            RegistryDamaged: A key file has the wrong size.
            RegistryError: A key file is missing or unreadable.
        """
        parts = []
        for name in (_SIGNING_KEY, _WRAPPING_KEY):
            data = files.read_limited(folder / name, _KEY_BYTES)
            if len(data) != _KEY_BYTES:
                raise RegistryDamaged(f"{folder / name} is not a key of {_KEY_BYTES} bytes")
            parts.append(data)
        return cls(folder, Ed25519PrivateKey.from_private_bytes(parts[0]), parts[1])

    @property
    def public_key(self) -> str:
        """The public signing key: 32 raw bytes as hexadecimal text."""
        return self._signing.public_key().public_bytes_raw().hex()

    @property
    def key_id(self) -> str:
        """A short name of the public signing key."""
        return key_id_of(self.public_key)

    def sign(self, context: str, data: bytes) -> str:
        """Sign `data` for one use, named by `context`; hexadecimal text."""
        return self._signing.sign(_bound(context, data)).hex()

    def verify(self, context: str, data: bytes, signature: str) -> bool:
        """Whether this home's key signed `data` for that use."""
        return verify_signature(self.public_key, context, data, signature)

    def wrap(self, data: bytes, *, bound_to: str) -> bytes:
        """Encrypt a small secret with the wrapping key."""
        return encrypt(self._wrapping, data, bound_to=bound_to)

    def unwrap(self, data: bytes, *, bound_to: str) -> bytes:
        """Decrypt what `wrap` made.

        Raises:
            RegistryDamaged: Changed, or wrapped for something else or by another home.
        """
        return decrypt(self._wrapping, data, bound_to=bound_to)


def key_id_of(public_key: str) -> str:
    """Name a public key by the start of its SHA-256."""
    return sha256(bytes.fromhex(public_key)).hexdigest()[:16]


def verify_signature(public_key: str, context: str, data: bytes, signature: str) -> bool:
    """Whether the holder of `public_key` signed `data` for the use named by `context`."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(signature), _bound(context, data))
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def new_data_key() -> bytes:
    """Make a fresh AES-256 key."""
    return AESGCM.generate_key(bit_length=8 * _KEY_BYTES)


def encrypt(key: bytes, data: bytes, *, bound_to: str) -> bytes:
    """Encrypt with AES-256-GCM; the nonce leads the result, `bound_to` is authenticated."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, data, bound_to.encode())


def decrypt(key: bytes, data: bytes, *, bound_to: str) -> bytes:
    """Decrypt what `encrypt` made.

    Raises:
        RegistryDamaged: The data was changed, or belongs to another key or purpose.
    """
    try:
        return AESGCM(key).decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], bound_to.encode())
    except (InvalidTag, ValueError) as error:
        raise RegistryDamaged(
            f"{bound_to} does not decrypt: it was changed, or its key is another one"
        ) from error


def _bound(context: str, data: bytes) -> bytes:
    return b"countenance/" + context.encode() + b"\0" + data
