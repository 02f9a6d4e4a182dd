"""Settings of one node. Everything that differs between nodes comes from the environment; defaults run a demo.

ANSINH_STATE     folder of all state (default: var/ beside the sources)
DATABASE_URL     sqlite:///path or postgresql://user:password@host:port/name
ANSINH_SECRET    secret key; made once and kept under ANSINH_STATE when not given
ANSINH_DEBUG     1 for development
ANSINH_HOSTS     comma-separated host names that this node answers to
ANSINH_NOTIFY_TO        comma-separated origins (https://his.example.vn) that subscriptions may be sent to; default none
ANSINH_NOTIFY_NETWORKS  comma-separated private networks (10.20.0.0/16) that those origins may lie in; default none
ANSINH_FHIR_BASE        address of the FHIR door as others see it, for links in what is sent out
ANSINH_VALIDATION  strict (default), or lenient: what a node may let pass is a warning (docs/engine/validation.md)
ANSINH_WORKER    on: the serving process runs long jobs too; off: another does (`./ansinh serve` sets it)
ANSINH_JOBS_KEPT_HOURS  how long finished jobs and exported files are kept (24)
ANSINH_IMPORT_REFERENCES  warn (default) or refuse: imported lines that name what is not there (docs/engine/bulk.md)
ANSINH_IMPORT_FROM      comma-separated origins (https://files.example.vn) that $import may fetch from; default none
ANSINH_IMPORT_TOKENS    comma-separated origin=token: sent to that origin as a bearer token; default none
ANSINH_IMPORT_NETWORKS  comma-separated private networks that those origins may lie in; default none
ANSINH_IMPORT_LARGEST_MB, ANSINH_IMPORT_SECONDS  how large such a file may be (4096), how long one may take (3600)
ANSINH_IMPORT_PROCESSES how many processes prepare an import that came over HTTP (1); 0: the writer does it
ANSINH_SECOND_FACTOR    enforced or advised: whether roles that need a second factor wait for it (docs/access.md);
                        default enforced, on a node that `./ansinh demo` filled advised
ANSINH_PROXIES   how many proxies stand before the node and write X-Forwarded-For (0)
ANSINH_SMTP      smtp://user:password@host:587 (STARTTLS) or smtps://…:465: codes for a new password go out by it
ANSINH_MAIL_FROM        sender of those e-mails
ANSINH_REQUESTS_AT_ONCE, ANSINH_REQUEST_SECONDS  how many at once (16; SQLite 8), seconds for one (120)
ANSINH_BACKUP_TO        where backups go: a folder (another disk, a USB stick) or s3://… (docs/backup.md)
ANSINH_BACKUP_EVERY_HOURS, ANSINH_BACKUP_CHAIN_DAYS, ANSINH_BACKUP_KEEP  how often (6), when anew (30), chains kept (3)
ANSINH_BACKUP_S3_KEY, ANSINH_BACKUP_S3_SECRET  for s3://…
ANSINH_SIGNING   who holds the keys of signatures: node (default), or csc with ANSINH_SIGNING_URL, _TOKEN, _CREDENTIALS
                 (reference=credential,…) and _NETWORKS (docs/signing.md)
ANSINH_OIDC_…    an outside provider of identities: ISSUER, CLIENT, SECRET, NAME, CITIZEN_CLAIM, STRONG (docs/access.md)
"""

import os
import secrets
from pathlib import Path

from django.utils.csp import CSP

from ansinh.config import login
from ansinh.config.databases import database_from_url
from ansinh.config.login import mailers_from_url, outside_provider, second_factor
from ansinh.config.logs import LOGGING  # noqa: F401  (read by Django)
from ansinh.config.signing import remote_signing
from ansinh.config.smart import OAUTH2_PROVIDER, OAUTH2_PROVIDER_APPLICATION_MODEL  # noqa: F401  (read by the toolkit)
from ansinh.config.upkeep import backups

ROOT = Path(__file__).resolve().parents[3]
STATE = Path(os.environ.get("ANSINH_STATE", ROOT / "var")).resolve()
STATE.mkdir(parents=True, exist_ok=True)
DEFINITIONS = Path(os.environ.get("ANSINH_DEFINITIONS", ROOT / "definitions"))


def _secret() -> str:
    """The node's secret, created on first use, readable by its owner only."""
    if given := os.environ.get("ANSINH_SECRET"):
        return given
    path = STATE / "secret"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()


SECRET_KEY = _secret()
DEBUG = os.environ.get("ANSINH_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("ANSINH_HOSTS", "127.0.0.1,localhost,testserver").split(",")

NOTIFY_TO = [text for text in os.environ.get("ANSINH_NOTIFY_TO", "").split(",") if text]
NOTIFY_NETWORKS = [text for text in os.environ.get("ANSINH_NOTIFY_NETWORKS", "").split(",") if text]
FHIR_LENIENT = os.environ.get("ANSINH_VALIDATION", "strict") == "lenient"
FHIR_BASE = os.environ.get("ANSINH_FHIR_BASE", "http://127.0.0.1:8000/fhir")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",  # its tables stay empty: the apps below are built on it
    "allauth.mfa",
    "allauth.usersessions",
    "ansinh.fhir.terminology",
    "ansinh.fhir.store",
    "ansinh.fhir.jobs",
    "ansinh.fhir.views",
    "ansinh.fhir.subscriptions",
    "ansinh.fhir.bulk",
    "oauth2_provider",
    "ansinh.access",
    "ansinh.access.smart",
    "ansinh.ui",
    "ansinh.network.facilities",
    "ansinh.network.capability",
    "ansinh.network.workforce",
    "ansinh.clinical.registry",
    "ansinh.clinical.encounters",
    "ansinh.clinical.wards",
    "ansinh.clinical.rounds",
    "ansinh.clinical.rehab",
    "ansinh.clinical.screening",
    "ansinh.clinical.devices",
    "ansinh.clinical.corrections",
    "ansinh.clinical.laboratory",
    "ansinh.clinical.medicines",
    "ansinh.clinical.background",
    "ansinh.clinical.signing",
    "ansinh.clinical.records",
    "ansinh.clinical.worklist",
    "ansinh.programme.plans",
    "ansinh.programme.measures",
    "ansinh.programme.reports",
    "ansinh.upkeep",
    "ansinh.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "ansinh.access.middleware.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "ansinh.access.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "ansinh.access.middleware.ContextMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "ansinh.ui.drafts.SavedDraftMiddleware",
    "ansinh.ui.middleware.UserErrorMiddleware",
]

ROOT_URLCONF = "ansinh.config.urls"
WSGI_APPLICATION = "ansinh.config.wsgi.django_application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["ansinh.ui.templatetags.ui"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "ansinh.ui.context_processors.shell",
                "ansinh.upkeep.context_processors.node_warnings",
            ],
        },
    }
]

DATABASES = {"default": database_from_url(os.environ.get("DATABASE_URL") or f"sqlite:///{STATE / 'ansinh.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "access.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
PASSWORD_HASHERS = ["ansinh.access.hashing.Argon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "ansinh.access.passwords.KnownPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name", "email")},
    },
]

# Second factors and the list of sessions are kept by django-allauth; every page of it is the node's own.
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_ADAPTER = "ansinh.access.adapter.Adapter"
MFA_TOTP_TOLERANCE = 1  # half a minute each way: clocks of telephones and of the node differ
SECOND_FACTOR_ENFORCED = second_factor(os.environ, STATE) == "enforced"
PROXIES = int(os.environ.get("ANSINH_PROXIES", "0"))
OUTSIDE = outside_provider(os.environ)
MAILERS = mailers_from_url(os.environ.get("ANSINH_SMTP", ""))
MAIL_ENABLED = bool(os.environ.get("ANSINH_SMTP"))
DEFAULT_FROM_EMAIL = os.environ.get("ANSINH_MAIL_FROM", "an-sinh@localhost")

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
FORMAT_MODULE_PATH = ["ansinh.config.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = STATE / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "ansinh.web.cut_off.csrf_failed"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = os.environ.get("ANSINH_HTTPS") == "1"
# Browsers come by https alone for a year once they did; behind a proxy it says how they came.
SECURE_HSTS_SECONDS = 365 * 86400 if SESSION_COOKIE_SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SESSION_COOKIE_SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
# Everything comes from this node; nothing inline, no frames around us. `data:` is for the small marks in the sheet.
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "connect-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.SELF],
    "form-action": [CSP.SELF],
}
# The camera reads cards, keys open the log-in; nothing else of the device is asked for.
PERMISSIONS_POLICY = (
    "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), "
    "publickey-credentials-get=(self), publickey-credentials-create=(self)"
)
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
# Finished long jobs, and the files that they made, are forgotten after so many hours.
JOBS_KEPT_HOURS = int(os.environ.get("ANSINH_JOBS_KEPT_HOURS", "24"))
# How many processes prepare an import that came over HTTP, beside the one that writes; 0: none.
IMPORT_PROCESSES = int(os.environ.get("ANSINH_IMPORT_PROCESSES", "1"))
# Where $import may fetch files from, and how large one may be (bytes) and how long it may take (seconds).
IMPORT_FROM = [text for text in os.environ.get("ANSINH_IMPORT_FROM", "").split(",") if text]
# https://files.example.vn=token,…: sent to that origin only.
_TOKENS = os.environ.get("ANSINH_IMPORT_TOKENS", "").split(",")
IMPORT_TOKENS = {origin: token for origin, _, token in (text.partition("=") for text in _TOKENS) if token}
IMPORT_NETWORKS = [text for text in os.environ.get("ANSINH_IMPORT_NETWORKS", "").split(",") if text]
IMPORT_LARGEST = int(os.environ.get("ANSINH_IMPORT_LARGEST_MB", "4096")) << 20
IMPORT_SECONDS = float(os.environ.get("ANSINH_IMPORT_SECONDS", "3600"))
IMPORT_REFERENCES = os.environ.get("ANSINH_IMPORT_REFERENCES", "warn")
BACKUPS = backups(os.environ)
DEMO_MARK = STATE / login.DEMO_MARK
SIGNING_PROVIDER = os.environ.get("ANSINH_SIGNING", "node")
SIGNING_REMOTE = remote_signing(os.environ)
# PEM files of further roots that this node trusts: those of licensed providers.
SIGNING_ROOTS = STATE / "signing" / "roots"
