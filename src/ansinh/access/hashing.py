"""Argon2id at OWASP's cost: 19 MiB and two passes for one password, and never more than two at a time.

Django's own cost is 100 MB a password: eight people at the start of a shift would fill the PC of a ward. Hashes made
at another cost are renewed when their owner logs in. (OWASP Password Storage Cheat Sheet, read 11/2026.)
"""

from threading import BoundedSemaphore

from django.contrib.auth.hashers import Argon2PasswordHasher

_turns = BoundedSemaphore(2)


class Argon2(Argon2PasswordHasher):
    """Argon2id, m = 19 MiB, t = 2, p = 1."""

    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with _turns:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with _turns:
            return super().verify(password, encoded)
