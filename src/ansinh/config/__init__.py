"""Settings, root URLs, WSGI entry and command line: the only room that sees all others."""
