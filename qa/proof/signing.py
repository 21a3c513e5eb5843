"""Signs the library's answers, and tells whose signature an answer has.

A library has a pair of keys (Ed25519, RFC 8032) in two files of its folder. The private key, which only its owner may
read, signs; the public key proves. The signature is over the canonical JSON (RFC 8785) of the
answer without ``signature``, ``note`` and ``id``, which is the asker's own. So the same answer has the same signature
on every face. A key file is PEM, as OpenSSL reads it, after a line with the SHA-256 of that PEM; so a damaged key is
never used.
"""

import logging
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from qa.stores.files import with_checksum, without_checksum, write_whole

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PRIVATE, PUBLIC = "signing.key", "signing.pub"
ALGORITHM = "Ed25519"

_PKCS8 = bytes.fromhex("302e020100300506032b657004220420")
"""The bytes before the 32 bytes of an Ed25519 private key (RFC 8410, section 7)."""

_UNSIGNED_FIELDS = frozenset({"id", "note", "signature"})
"""``id`` is the asker's own; an export adds ``note``, whose words ``checking`` checks; ``signature`` is made last."""
_PURPOSE = b"Pincite answer\n"
"""Put before the signed bytes, so that the signature fits only an answer."""
_OWNER_ONLY = 0o600
_SHOWN = 16
"""Hexadecimal digits of a public key that are shown to people."""

_log = logging.getLogger(__name__)

Signer = Literal["this library", "another", "nobody", "altered"]


class _DamagedKey(ValueError):
    """A key file is not what was written."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Whose signature an answer has, and the same in words."""

    by: Signer
    words: str

    @property
    def signed(self) -> bool | None:
        """True if signed by this library, None if by nobody, False otherwise."""
        return None if self.by == "nobody" else self.by == "this library"


# ---------------------------------------------------------------- keys


def ensure_keys(folder: Path) -> None:
    """Give the library a pair of keys if it has none; a missing public key is made from a sound private one.

    Call this only while holding the write lock. A damaged key is left as it is. If the keys cannot be written, answers
    stay unsigned.
    """
    try:
        if not (folder / PRIVATE).exists() and not (folder / PUBLIC).exists():
            renew_keys(folder)
        elif not (folder / PUBLIC).exists():
            _write_public(folder, _private_key(folder).public_key())
    except (OSError, ValueError) as error:
        _log.info("the library %s has no keys to sign with (%s)", folder, error)


def renew_keys(folder: Path) -> list[str]:
    """Make a new pair of keys; returns a sentence on it. Answers signed before no longer count as this library's.

    OSError if the keys cannot be written.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / PUBLIC).unlink(missing_ok=True)  # so that a private key never stands beside another's public key
    write_whole(folder / PRIVATE, with_checksum(pem), mode=_OWNER_ONLY)
    _write_public(folder, key.public_key())
    return [f"the library's keys: made anew; its public key is {PUBLIC}"]


def mend_keys(folder: Path) -> list[str]:
    """The problems of the library's keys, a sentence each. A bad public key is made anew from a sound private one.

    Call this only while holding the write lock. If the public key cannot be written, a sentence says so.
    """
    if not (folder / PRIVATE).exists() and not (folder / PUBLIC).exists():
        return []
    try:
        private = _private_key(folder)
    except PermissionError:
        return []  # another user's key, with which we do not sign
    except (OSError, ValueError) as error:
        return [
            f"the library's key {PRIVATE} is damaged ({_why(error)}); answers are not signed until there is a new one"
        ]
    try:
        if _hex(_public_key(folder)) == _hex(private.public_key()):
            return []
        why = "it does not belong to the private key"
    except (OSError, ValueError) as error:
        why = _why(error)
    try:
        _write_public(folder, private.public_key())
    except OSError as error:
        return [f"the library's key {PUBLIC} is damaged ({why}) and cannot be written ({error.strerror})"]
    return [f"the library's key {PUBLIC}: {why}"]


def _why(error: Exception) -> str:
    return "it is missing" if isinstance(error, FileNotFoundError) else str(error)


def _pem(path: Path) -> bytes:
    pem = without_checksum(path.read_bytes())
    if pem is None:
        raise _DamagedKey("it is not what was written")
    return pem


def _private_key(folder: Path) -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    pem = _pem(folder / PRIVATE)
    content = b64decode(b"".join(pem.splitlines()[1:-1]))
    if content.startswith(_PKCS8) and len(content) == len(_PKCS8) + 32:  # as ours is
        return Ed25519PrivateKey.from_private_bytes(content[len(_PKCS8) :])
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # which takes as long as all else

    key = load_pem_private_key(pem, password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise _DamagedKey(f"it is no {ALGORITHM} key")
    return key


def _public_key(folder: Path) -> "Ed25519PublicKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    key = load_pem_public_key(_pem(folder / PUBLIC))
    if not isinstance(key, Ed25519PublicKey):
        raise _DamagedKey(f"it is no {ALGORITHM} key")
    return key


def _write_public(folder: Path, key: "Ed25519PublicKey") -> None:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    write_whole(folder / PUBLIC, with_checksum(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)))


# ---------------------------------------------------------------- signatures


def sign(folder: Path, form: Mapping[str, Any]) -> dict[str, str] | None:
    """The library's signature of an answer in its JSON form; None if there is no sound key that we may read."""
    try:
        key = _private_key(folder)
    except (OSError, ValueError):
        return None
    return {"algorithm": ALGORITHM, "key": _hex(key.public_key()), "value": key.sign(_signed_bytes(form)).hex()}


def signature_of(form: Mapping[str, Any], folder: Path) -> Signature:
    """Whose signature the answer has, as far as this library's public key tells."""
    given = form.get("signature")
    if given is None:
        return Signature("nobody", "It is not signed by this library, nor by any.")
    try:
        fits = _fits(form, given)
    except (KeyError, TypeError, ValueError, AttributeError):
        return Signature("altered", "its signature cannot be read: it was altered")
    if not fits:
        return Signature("altered", "its signature does not fit: it was altered after it was given")
    key = given["key"][:_SHOWN]
    try:
        own = _hex(_public_key(folder))
    except (OSError, ValueError):
        return Signature(
            "another", f"It is signed with the key {key}…, but this library has no sound key to tell if it is its own."
        )
    if given["key"] != own:
        return Signature("another", f"It is not signed by this library, but with another key, {key}….")
    return Signature(
        "this library",
        "Given by this library: its signature fits the question, the confidence, the passages and the refusal, as of "
        f"the generation that the answer names (key {key}…).",
    )


def _fits(form: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    """Whether the signature fits the answer, with the key that it names. ValueError if it is not a signature."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if given["algorithm"] != ALGORITHM or set(given) != {"algorithm", "key", "value"}:
        raise ValueError("no signature of ours")
    if given["key"] != given["key"].lower():
        raise ValueError("a key is written in small letters")
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(given["key"])).verify(
            bytes.fromhex(given["value"]), _signed_bytes(form)
        )
    except InvalidSignature:
        return False
    return True


def _signed_bytes(form: Mapping[str, Any]) -> bytes:
    import rfc8785

    return _PURPOSE + rfc8785.dumps({name: value for name, value in form.items() if name not in _UNSIGNED_FIELDS})


def _hex(key: "Ed25519PublicKey") -> str:
    return key.public_bytes_raw().hex()
