"""Certificates that signatures of this node are made and known by."""

from django.db import models

from ansinh.kernel import clock


class CertificateRow(models.Model):
    """One certificate. Open: everything but `sealed_key`, which only the node's secret opens (access.vault).

    holder: `Practitioner/<id>`, or `ca` for the node's own authority. provider: who holds the key (`node`, or a name
    of settings.SIGNING_PROVIDERS). sealed_key: "" when the key is held elsewhere. revoked: from when it is not trusted.
    """

    holder = models.CharField(max_length=90)
    provider = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=64, unique=True)
    pem = models.TextField()
    sealed_key = models.TextField(blank=True)
    made = models.DateTimeField(default=clock.now)
    ends = models.DateTimeField()
    revoked = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("holder", "provider", "ends"), name="signing_holder"),)

    def __str__(self) -> str:
        return f"{self.holder} {self.fingerprint[:12]}"
