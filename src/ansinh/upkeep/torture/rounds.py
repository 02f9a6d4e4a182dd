"""Rounds one after another, what became of each, and the figures that are kept."""

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansinh.upkeep.torture import checking, faults
from ansinh.upkeep.torture.life import Life
from ansinh.upkeep.torture.storm import Promised, Storm

A_LIFE = 10
"""Rounds that share a database: what is looked through each time stays small."""


@dataclass(frozen=True, slots=True)
class Round:
    """fault: its name; promised: acknowledged in this round; recovered: the node took writes again."""

    fault: str
    promised: int
    refused: int
    recovered: bool
    seen: checking.Seen
    wrong: list[str]


def run(life: Life, rounds: int, seed: int = 1) -> Iterator[Round]:
    """So many rounds; the faults are the same for the same seed, their moments are chance."""
    known: list[Promised] = []
    for number, name in enumerate(faults.drawn(life, rounds, seed)):
        if number % A_LIFE == 0:
            life.begin_anew()
            known = []
            life.serve()
        yield _one(life, name, f"r{number}", known)
    life.kill_all()


def _one(life: Life, name: str, mark: str, known: list[Promised]) -> Round:
    if not life.servers:
        life.serve()
    storm = Storm(life.ports, life.token, mark)
    storm.begin()
    storm.wait_for(random.randint(5, 60))
    recovered = faults.of(life)[name](life, storm)
    promised = storm.end()
    known.append(promised)
    return Round(name, promised.count, promised.refused, recovered, checking.look(known), promised.wrong)


@dataclass
class Figures:
    """What all rounds on one database came to."""

    rounds: int = 0
    acknowledged: int = 0
    refused: int = 0
    lost: int = 0
    half: int = 0
    broken: int = 0
    not_recovered: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def add(self, one: Round) -> None:
        """One more round."""
        self.rounds += 1
        self.acknowledged += one.promised
        self.refused += one.refused
        self.lost += len(one.seen.lost)
        self.half += len(one.seen.half)
        self.broken += len(one.seen.broken)
        self.not_recovered += not one.recovered
        self.wrong.update(one.wrong)
        self.faults[one.fault] += 1

    @property
    def good(self) -> bool:
        """Nothing promised was lost, nothing is there by half, everything fits, and the node always came back."""
        return not (self.lost or self.half or self.broken or self.not_recovered or self.wrong)

    def told(self) -> dict[str, Any]:
        """As the figures are kept."""
        return {
            "rounds": self.rounds, "acknowledged": self.acknowledged, "refused": self.refused, "lost": self.lost,
            "half": self.half, "broken": self.broken, "not_recovered": self.not_recovered,
            "unexpected_answers": dict(self.wrong), "faults": dict(sorted(self.faults.items())),
            "seconds": round(self.seconds),
        }  # fmt: skip


def figures_of(
    life: Life, rounds: int, seed: int, say: Callable[[str], object], kept: Callable[[Figures], object] = lambda _: None
) -> Figures:
    """Run the rounds, say how each went, and hand on the figures after each."""
    figures, start = Figures(), time.monotonic()
    for number, one in enumerate(run(life, rounds, seed), 1):
        figures.add(one)
        figures.seconds = time.monotonic() - start
        sign = "✓" if one.seen.whole and one.recovered and not one.wrong else "✗"
        say(f"  {sign} {number}/{rounds} {one.fault}: {one.promised} ghi nhận, {one.refused} bị từ chối")
        kept(figures)
        for what in (*one.seen.lost[:3], *one.seen.half[:3], *one.seen.broken[:3], *one.wrong[:3]):
            say(f"      {what}")
    return figures


def keep(path: Path, database: str, figures: Figures) -> None:
    """Write the figures of one database beside those of the other."""
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    known[database] = figures.told()
    path.write_text(json.dumps(known, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
