"""Only the app that owns a table may import it; others call its queries and actions."""

import grimp


def owner(module: str) -> str:
    """`ansinh.clinical.rehab.models` → `ansinh.clinical.rehab`."""
    return module.rsplit(".models", 1)[0]


def trespassers(graph: grimp.ImportGraph) -> list[str]:
    """Every import of a `models` module from outside its app."""
    return [
        f"{importer} -> {table}"
        for table in graph.modules
        if table.endswith(".models")
        for importer in graph.find_modules_that_directly_import(table)
        if not importer.startswith(owner(table) + ".")
    ]


def test_models_are_imported_only_by_their_owner():
    assert trespassers(grimp.build_graph("ansinh", cache_dir=None)) == []


def test_a_trespasser_is_seen():
    graph = grimp.build_graph("ansinh", cache_dir=None)
    graph.add_import(importer="ansinh.web.views", imported="ansinh.access.models")

    assert trespassers(graph) == ["ansinh.web.views -> ansinh.access.models"]
