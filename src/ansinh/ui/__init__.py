"""The look of An Sinh: page shell, components, forms, tables, charts and the htmx agreement.

Owns no record. Rooms above extend `ui/page.html` and use the template tags of `templatetags.ui` (builtin: no
`load`), the form classes of `ui.forms`, `ui.tables` and `ui.charts`. Every component stands in all its states on
the gallery page (`/thanh-phan/`). The decisions behind it: ADR 0005 (design base) and 0006 (server pages, htmx).
"""
