"""Passwords cost what OWASP names, and a crowd at the door does not fill the memory."""

import threading
import time

from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, identify_hasher

from ansinh.access.hashing import Argon2

# tests/conftest.py lowers the cost of the class for every other test.
NAMED_COST = "argon2$argon2id$v=19$m=19456,t=2,p=1$"


class AsShipped(Argon2):
    time_cost, memory_cost, parallelism = 2, 19 * 1024, 1


def test_hash_has_the_cost_that_owasp_names():
    import ast
    import inspect

    from ansinh.access import hashing

    encoded = AsShipped().encode("bốn con mèo", "muoimuoimuoi")
    body = next(node for node in ast.parse(inspect.getsource(hashing)).body if isinstance(node, ast.ClassDef)).body
    written = {node.targets[0].id: eval(ast.unparse(node.value)) for node in body if isinstance(node, ast.Assign)}

    assert encoded.startswith(NAMED_COST)
    assert written == {"time_cost": 2, "memory_cost": 19 * 1024, "parallelism": 1}
    assert check_password("bốn con mèo", encoded)


def test_hash_of_another_cost_is_still_good_and_renewed():
    class Dear(Argon2PasswordHasher):
        time_cost, memory_cost, parallelism = 2, 64, 2

    renewed = []

    assert check_password("x", Dear().encode("x", "muoimuoimuoi"), renewed.append)
    assert renewed == ["x"]
    assert isinstance(identify_hasher(NAMED_COST + "a$b"), Argon2)


def test_never_more_than_two_hashes_are_made_at_a_time(monkeypatch):
    at_once, most, lock = 0, 0, threading.Lock()

    def encode(self, password, salt):
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.002)
        with lock:
            at_once -= 1
        return ""

    monkeypatch.setattr(Argon2PasswordHasher, "encode", encode)
    threads = [threading.Thread(target=Argon2().encode, args=("x", "muoimuoi")) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most == 2
