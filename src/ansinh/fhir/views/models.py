"""The registry of live views. Their rows are tables of their own, made and dropped by `live.sync`."""

from django.db import models


class LiveView(models.Model):
    """One view that is kept; `hash` tells whether its definition changed since its table was built."""

    name = models.TextField(primary_key=True)
    resource = models.TextField()
    hash = models.TextField()
    definition = models.TextField()

    class Meta:
        db_table = "live_view"

    def __str__(self) -> str:
        return self.name
