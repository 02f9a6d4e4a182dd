"""What the standard says about a resource, checked; every problem named in Vietnamese with its place.

    validate(resource) ─► compiled check of its type ─► profiles named in meta.profile ─► list of Problem

Checks are closures, made once for each type from the definitions (`types`), so that validating walks the JSON once:
unknown elements, how many, list or single, empty things, the type and form of each value, codes of required
bindings, targets of references, invariants. `profiles` adds what a profile narrows: number, fixed values and
patterns, slices, bindings, invariants. A problem with severity `error` refuses the resource; `warning` (a code
outside an extensible binding, a profile nobody here knows) does not. What cannot be decided is not a problem.
"""

from ansinh.fhir.validation.validator import validate

__all__ = ["validate"]
