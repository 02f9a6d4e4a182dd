"""What the node knows of an app beside what the toolkit keeps: what it may ask for, how it proves itself, launches."""

from django.db import models

from ansinh.kernel import clock


class SmartApp(models.Model):
    """One registered app. kind: `public`, `confidential` (a secret or keys) or `server` (keys; acts by itself).

    scopes: the most that it may be granted. launch_url: where a launch from a person's page leads. keys: its public
    keys (JWKS). assignment: whose rights a server has. Open: everything; secrets are the toolkit's, hashed.
    """

    application = models.OneToOneField(
        "oauth2_provider.Application", on_delete=models.CASCADE, related_name="smart", primary_key=True
    )
    kind = models.CharField(max_length=12)
    scopes = models.TextField()
    launch_url = models.URLField(blank=True, max_length=500)
    keys = models.JSONField(default=dict)
    assignment = models.ForeignKey("access.Assignment", on_delete=models.CASCADE, null=True)
    registered_by = models.BigIntegerField(null=True)
    closed = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.application_id)


class Launch(models.Model):
    """A launch from a person's page: who, of which person, for which app. Only the digest of its word is kept."""

    digest = models.CharField(max_length=64, unique=True)
    app = models.ForeignKey(SmartApp, on_delete=models.CASCADE)
    user = models.ForeignKey("access.User", on_delete=models.CASCADE)
    person = models.CharField(max_length=64)
    expires = models.DateTimeField()
    made = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"launch {self.pk}"


class SpentAssertion(models.Model):
    """A signed proof that a server has used: it works once."""

    digest = models.CharField(max_length=64, unique=True)
    expires = models.DateTimeField()

    def __str__(self) -> str:
        return f"assertion {self.pk}"
