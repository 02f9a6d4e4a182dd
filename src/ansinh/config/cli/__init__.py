"""The command line behind `./ansinh`. Each command is one module with `HELP`, `add_arguments(parser)`, `run(options)`.

argv → __main__ picks the module → Django is set up → run(options) → exit code
"""
