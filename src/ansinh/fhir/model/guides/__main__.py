"""`python -m ansinh.fhir.model.guides <package folder> <name>`: see the package."""

import sys
from pathlib import Path

from ansinh.fhir.model.guides import FOLDER
from ansinh.fhir.model.guides.compiling import compile_guide

if __name__ == "__main__":
    sys.stdout.write(f"{compile_guide(Path(sys.argv[1]), FOLDER, sys.argv[2])}\n")
