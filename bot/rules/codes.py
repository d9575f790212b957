"""Invite codes: what one looks like, and when to stop listening to wrong ones."""

import base64
import hashlib
import hmac
import secrets

from bot.errors import Refusal

CODE_LENGTH = 26
ALPHABET = frozenset("abcdefghijklmnopqrstuvwxyz234567")


def make(secret: bytes, person: str, generation: int) -> str:
    """A code of 128 bits for this person: the same for the same generation, another after a rotation."""
    digest = hmac.new(secret, f"{person}:{generation}".encode(), hashlib.sha256).digest()[:16]
    return base64.b32encode(digest).decode("ascii").rstrip("=").lower()


def fingerprint(code: str) -> str:
    """What is stored of a code: its SHA-256, in hexadecimal."""
    return hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()


def plausible(code: str) -> bool:
    """Whether a text could be a code at all."""
    return len(code) == CODE_LENGTH and ALPHABET.issuperset(code)


def check_attempts(wrong_in_last_hour: int, allowed: int) -> None:
    """Raises `Refusal` (`code_too_many`) when an account has tried enough wrong codes in an hour."""
    if wrong_in_last_hour >= allowed:
        raise Refusal("code_too_many")


def once() -> str:
    """A new secret of 256 bits that fits a link."""
    return secrets.token_urlsafe(32)
