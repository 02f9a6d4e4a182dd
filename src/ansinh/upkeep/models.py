"""The backups that were tried, so that the page and the doctor can say how old the last good one is."""

from django.db import models

from ansinh.kernel import clock


class BackupRow(models.Model):
    """One try. Open: everything; places are paths and addresses without passwords.

    error: "" for a good one, else the sentence that says what went wrong. after, upto: positions of the journal.
    """

    at = models.DateTimeField(default=clock.now)
    place = models.CharField(max_length=300)
    name = models.CharField(max_length=80, blank=True)
    after = models.BigIntegerField(default=0)
    upto = models.BigIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    seconds = models.FloatField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ("-pk",)
        indexes = (models.Index(fields=("error", "at"), name="upkeep_backup_good"),)

    def __str__(self) -> str:
        return self.name or f"backup {self.pk}"
