"""What a search asks, after reading and before any database: plain frozen values that both runners understand."""

from dataclasses import dataclass

from ansinh.fhir.index.parameters import Parameter

# Alternatives of one parameter. A comma in the request makes several of them; one must hold.


@dataclass(frozen=True, slots=True)
class Token:
    """None: any; "" as system: a code without system."""

    system: str | None
    code: str | None


@dataclass(frozen=True, slots=True)
class Text:
    """As typed; the modifier decides how it is compared."""

    text: str


@dataclass(frozen=True, slots=True)
class Target:
    """Numbers of the resources that a bare id may mean, or of the one named."""

    keys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """A date with its precision as an interval in microseconds, and eq ne gt lt ge le sa eb ap."""

    prefix: str
    lo: int
    hi: int


@dataclass(frozen=True, slots=True)
class Number:
    """A number with the interval that its written digits leave open: 100 is [99.5, 100.5)."""

    prefix: str
    value: float
    lo: float
    hi: float


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and its unit; `unit` alone also matches what a person reads."""

    number: Number
    system: str | None
    unit: str | None


@dataclass(frozen=True, slots=True)
class Pair:
    """A composite: a code and what stands beside it; `third` for those of three parts."""

    code: Token
    other: "Token | Amount | Moment | Text | Target | Number"
    third: Number | None = None


@dataclass(frozen=True, slots=True)
class Nearby:
    """Within so many kilometres of a place in degrees."""

    latitude: float
    longitude: float
    kilometres: float


Alternative = Token | Text | Target | Moment | Number | Amount | Pair | Nearby

# Criteria. All of them must hold.


@dataclass(frozen=True, slots=True)
class Ids:
    """`_id`."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Updated:
    """`_lastUpdated`."""

    moments: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """One parameter; `modifier` is "" or exact, contains, not, of-type, identifier, below, above."""

    parameter: Parameter
    modifier: str
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """`_text` and `_content`: all words of one of the alternatives, wherever they stand."""

    parameter: Parameter
    alternatives: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """`location:below=…`: a reference to one of the resources named, or to what is below (above) it. Each branch is
    (type, the parameter that leads from a resource of the type to the one above it, number of the one named)."""

    parameter: Parameter
    branches: tuple[tuple[str, Parameter, int], ...]
    above: bool


@dataclass(frozen=True, slots=True)
class Missing:
    """`:missing`; `absent` is what was asked."""

    parameter: Parameter
    absent: bool


@dataclass(frozen=True, slots=True)
class Chained:
    """`patient.name=…`: the resource pointed at, of one of these types, meets the criterion of its type."""

    parameter: Parameter
    inner: tuple[tuple[str, "Criterion"], ...]


@dataclass(frozen=True, slots=True)
class Has:
    """`_has:Observation:patient:code=…`: a resource of `source` that points here meets the criterion."""

    source: str
    parameter: Parameter
    inner: "Criterion"


@dataclass(frozen=True, slots=True)
class Within:
    """A compartment: one of the parameters points at the resource of this number, or it is that resource."""

    parameters: tuple[Parameter, ...]
    key: int


Criterion = Ids | Updated | Match | Words | Tree | Missing | Chained | Has | Within


@dataclass(frozen=True, slots=True)
class Sort:
    """One key; `parameter` is None for `_id` and `_lastUpdated`, whose `code` says which."""

    code: str
    parameter: Parameter | None
    descending: bool


@dataclass(frozen=True, slots=True)
class Include:
    """`_include`/`_revinclude`: the parameter of `source`; `target` "" for any type."""

    source: str
    parameter: Parameter
    target: str
    iterate: bool


@dataclass(frozen=True, slots=True)
class Query:
    """One search. `ignored` names the parameters that lenient handling passed over; `estimate` says that a total may
    stop counting at a bound."""

    resource_type: str
    criteria: tuple[Criterion, ...] = ()
    sort: tuple[Sort, ...] = ()
    count: int = 50
    total: bool = False
    estimate: bool = False
    includes: tuple[Include, ...] = ()
    revincludes: tuple[Include, ...] = ()
    cursor: str = ""
    ignored: tuple[str, ...] = ()
