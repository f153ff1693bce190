"""Argon2id as it is set, and how much memory a rush of log-ins may take (4.1, row 4)."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Barrier, Lock
from time import sleep
from typing import Any, cast

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from portal_app.adapters import passwords
from portal_app.adapters.passwords import AT_ONCE, Argon2Passwords

MIB = 1024 * 1024
RUSH = 100
A_RUSH = f"""
import json, pathlib, resource, threading
from concurrent.futures import ThreadPoolExecutor
from portal_app.adapters.passwords import Argon2Passwords

def peak():
    said = pathlib.Path("/proc/self/status")
    if said.exists():  # of this program alone: Linux's ru_maxrss begins at what its parent had
        return int(said.read_text().partition("VmHWM:")[2].split()[0]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

passwords = Argon2Passwords()
stored = passwords.hash("correct horse battery")
before, together = peak(), threading.Barrier({RUSH})
limit = before + 3 * 1024**3  # what is not bounded fails here, and not the machine
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))

def sign_in(number):
    together.wait()
    return passwords.verify(stored if number % 2 else None, "correct horse battery")

with ThreadPoolExecutor({RUSH}) as pool:
    right = sum(pool.map(sign_in, range({RUSH})))
print(json.dumps({{"right": right, "grown": peak() - before}}))
"""


def test_asvs_4_a_hash_is_argon2id_with_its_parameters_inside() -> None:
    made = Argon2Passwords().hash("correct horse battery")
    parameters = extract_parameters(made)
    assert parameters.type is Type.ID
    assert parameters.memory_cost * 1024 >= 19 * MIB
    assert parameters.time_cost >= 2
    assert parameters.salt_len >= 16


def test_asvs_4_a_hundred_log_ins_at_once_take_the_memory_of_a_few() -> None:
    """Measured from outside by the highest that the process ever had, known and unknown addresses alike."""
    run = subprocess.run(
        [sys.executable, "-c", A_RUSH], capture_output=True, text=True, check=True, timeout=300
    )
    said = json.loads(run.stdout)
    of_one = extract_parameters(Argon2Passwords().hash("x")).memory_cost * 1024
    assert said["right"] == RUSH // 2
    assert of_one // 2 < said["grown"] < (AT_ONCE + 1) * of_one + 64 * MIB


@dataclass
class Counting:
    """A hasher of no work that knows how many used it at once."""

    now: int = 0
    most: int = 0
    lock: Any = field(default_factory=Lock)

    def hash(self, password: str) -> str:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        sleep(0.01)
        with self.lock:
            self.now -= 1
        return password

    def verify(self, _stored: str, password: str) -> bool:
        return bool(self.hash(password))


@pytest.mark.parametrize("what", ["hash", "verify", "both"])
def test_asvs_4_so_many_are_worked_out_at_once_and_no_more(what: str) -> None:
    """The others stand in line and come through: nobody is refused."""
    hasher = Counting()
    kept, together = Argon2Passwords(cast(PasswordHasher, hasher)), Barrier(40)

    def one(number: int) -> bool:
        together.wait()
        if what == "hash" or (what == "both" and number % 2):
            return bool(kept.hash("x"))
        return kept.verify("stored", "x")

    with ThreadPoolExecutor(40) as pool:
        assert all(pool.map(one, range(40)))
    assert hasher.most == passwords.AT_ONCE
