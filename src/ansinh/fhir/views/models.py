"""The registry of live views. Their rows are tables of their own, made and dropped by `live` and `rebuilding`."""

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


class ViewBuild(models.Model):
    """A view that is being made beside the one that is kept. position: the journal entry up to which rows are written;
    total: entries when it began."""

    name = models.TextField(primary_key=True)
    resource = models.TextField()
    hash = models.TextField()
    definition = models.TextField()
    position = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)

    class Meta:
        db_table = "view_build"

    def __str__(self) -> str:
        return self.name
