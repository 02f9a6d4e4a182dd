"""The queue of jobs and the leases of workers."""

from django.db import models

from ansinh.fhir.jobs.records import STATES
from ansinh.kernel import clock


class JobRow(models.Model):
    """One job. Private: parameters, asker (ids of account and units). Open: kind, state, progress, times.

    `holder` runs it until `lease_until`; then another worker may take it over and goes on from `cursor`.
    `attempts` counts claims since the cursor last moved.
    """

    id = models.CharField(primary_key=True, max_length=64)
    kind = models.CharField(max_length=40)
    parameters = models.JSONField(default=dict)
    asker = models.JSONField(default=dict)
    login = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, default="queued", choices=[(state, state) for state in STATES])
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    words = models.CharField(max_length=100, blank=True)
    cursor = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    attempts = models.IntegerField(default=0)
    holder = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True)
    submitted = models.DateTimeField(default=clock.now)
    started = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)

    class Meta:
        db_table = "job"
        indexes = (models.Index(fields=("state", "submitted"), name="job_state"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class LeaseRow(models.Model):
    """Which worker leads: runs the steps and takes jobs, until `until`."""

    name = models.CharField(primary_key=True, max_length=40)
    holder = models.CharField(max_length=64)
    until = models.DateTimeField()

    class Meta:
        db_table = "job_lease"

    def __str__(self) -> str:
        return self.name
