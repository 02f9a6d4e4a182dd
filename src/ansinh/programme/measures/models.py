"""Tallies kept beside the journal, so that a node that starts again need not count its people again."""

from django.db import models


class KeptTally(models.Model):
    """A tally as of a journal position. It is derived: emptied, it is counted again when somebody asks.

    key: what was asked (`keeping.Question.key`). seal: of the entry at the position, "" hex for an empty journal; a
    journal that goes another way afterwards makes the row worthless.
    """

    key = models.TextField(primary_key=True)
    measure = models.TextField()
    start = models.DateField()
    end = models.DateField()
    position = models.BigIntegerField()
    seal = models.TextField()
    body = models.TextField()

    class Meta:
        db_table = "kept_tally"
        indexes = (models.Index(fields=["measure", "start", "end"], name="kept_tally_period"),)

    def __str__(self) -> str:
        return f"{self.measure} {self.start}..{self.end} @{self.position}"
