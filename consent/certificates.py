"""The certificates that C2PA manifests of one home are signed with.

A certificate authority is made for a single leaf and its key thrown away, so that nobody can ever
issue a second leaf under it. Both certificates stand in the log, whose signature so vouches for
the anchors that outputs are verified with; only the leaf's key is kept, wrapped.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from consent import clock, files
from consent.core import Core, Event
from consent.log import View

# Without a time stamp a manifest becomes invalid the moment its leaf ends, so a leaf must outlive
# by far what it signs; consents last at most three years.
LEAF_TERM = timedelta(days=10 * 365)
_SPARE = timedelta(days=4 * 365)
_CLOCK_SLACK = timedelta(days=1)
_KEY_LIMIT_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a C2PA signer needs, as PEM text."""

    chain_pem: str
    key_pem: bytes


def credentials(core: Core, *, now: datetime) -> Credentials:
    """Return this home's leaf and its key, made on first use and followed up before they end.

    Validity runs by the machine's own clock, because that is what C2PA readers go by; `now` only
    dates the entry in the log.

    Raises:
        RegistryError: The key cannot be read or written.
        RegistryDamaged: The key was changed.
    """
    clock_now = datetime.now(UTC)
    with core.log.reading() as view:
        current = _current(view, clock_now)
    if current is None:
        with core.log.appending() as log:
            current = _current(log, clock_now)  # another process may have been first
            if current is None:
                current, key_pem = _made(core.keys.key_id, clock_now)
                wrapped = core.keys.wrap(key_pem, bound_to=current["leaf_sha256"])
                files.write_private(core.home / "keys" / _key_name(current), wrapped)
                log.append(Event.CERTIFICATE, current, now=now)
    wrapped = files.read_limited(core.home / "keys" / _key_name(current), _KEY_LIMIT_BYTES)
    key_pem = core.keys.unwrap(wrapped, bound_to=current["leaf_sha256"])
    return Credentials(current["leaf_pem"] + current["anchor_pem"], key_pem)


def anchors(view: View) -> str:
    """Return every authority this home ever had, as PEM text; empty when there is none."""
    return "".join(entry.payload["anchor_pem"] for entry in view.entries(kind=Event.CERTIFICATE))


def _current(view: View, now: datetime) -> Mapping[str, Any] | None:
    entries = view.entries(kind=Event.CERTIFICATE)
    if not entries or clock.from_text(entries[-1].payload["ends_at"]) < now + _SPARE:
        return None
    return entries[-1].payload


def _key_name(payload: Mapping[str, Any]) -> str:
    return f"c2pa-{payload['leaf_sha256'][:16]}.key"


def _made(key_id: str, now: datetime) -> tuple[dict[str, str], bytes]:
    """Make an authority and a leaf; returns what the log keeps, and the leaf's key."""
    ends_at = now + LEAF_TERM
    authority_key = ec.generate_private_key(ec.SECP256R1())
    leaf_key = ec.generate_private_key(ec.SECP256R1())
    authority = _authority(authority_key, f"Countenance authority {key_id}", now, ends_at)
    leaf = _leaf(leaf_key, f"Countenance outputs {key_id}", authority, authority_key, now, ends_at)
    payload = {
        "anchor_pem": _pem(authority),
        "leaf_pem": _pem(leaf),
        "leaf_sha256": leaf.fingerprint(hashes.SHA256()).hex(),
        "ends_at": clock.to_text(ends_at),
    }
    key_pem = leaf_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return payload, key_pem


def _authority(
    key: ec.EllipticCurvePrivateKey, name: str, now: datetime, ends_at: datetime
) -> x509.Certificate:
    subject = _name(name)
    return (
        _builder(subject, subject, key.public_key(), now, ends_at + _CLOCK_SLACK)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _leaf(
    key: ec.EllipticCurvePrivateKey,
    name: str,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    now: datetime,
    ends_at: datetime,
) -> x509.Certificate:
    # C2PA readers demand the authority key identifier, and of the extended key usages that they
    # accept without further settings e-mail protection is the one for local authorities.
    issuer_key = authority_key.public_key()
    return (
        _builder(_name(name), authority.subject, key.public_key(), now, ends_at)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certificates=False), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False
        )
        .sign(authority_key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    now: datetime,
    ends_at: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SLACK)
        .not_valid_after(ends_at)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Countenance"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        key_cert_sign=certificates,
        crl_sign=certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
