"""What logs may say: where something failed and under which number, never what a record holds."""

import logging


class WithoutWords(logging.Filter):
    """Takes an exception out of a log record: its words may hold a name or a number of somebody.

    Django logs each failed request with its exception; `ui.middleware` has then already logged its type, its place
    and the number that the reader was shown.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True; the record goes on without exception and stack."""
        record.exc_info = record.exc_text = record.stack_info = None
        return True


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_words": {"()": WithoutWords}},
    "loggers": {
        "django.request": {"filters": ["without_words"]},
        # At DEBUG it writes out whatever a template was given.
        "django.template": {"level": "INFO"},
    },
}
