"""Counting what people say of statements: box by box, and nothing is kept of what stands in one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from council.opinions import Picture, Tally, is_clustered
from storage.opinions import Held
from storage.statements import Counted, StoredStatement
from storage.states import Opinion

AS_BYTES = {Opinion.AGREES: 1, Opinion.PASSES: 0, Opinion.DISAGREES: 255}
UNSAID = 2
THOUSAND = 1000


@dataclass(slots=True)
class Count:
    """What came of the statements so far. A statement that was laid to another one counts there."""

    statements: Sequence[StoredStatement]
    people: int = 0
    """Who has said something of what is shown."""
    clustered: int = 0
    """Who has said enough of it to stand in the picture..."""
    votes: bytearray = field(default_factory=bytearray, repr=False)
    """...and what: a byte for each statement that is shown, in their order."""
    _tallies: dict[str, dict[Opinion, int]] = field(init=False, repr=False)
    _places: dict[str, int] = field(init=False, repr=False)
    _standing_for: Mapping[int, str] = field(init=False, repr=False)
    _own: Mapping[int, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        shown = [its.id for its in self.statements if its.is_shown]
        self._places = {name: place for place, name in enumerate(shown)}
        self._tallies = {name: dict.fromkeys(Opinion, 0) for name in shown}
        self._standing_for = {its.number: its.same_as or its.id for its in self.statements}
        self._own = {its.number: its.id for its in self.statements}

    @property
    def shown(self) -> Sequence[str]:
        """The statements, in the order of the bytes."""
        return list(self._places)

    def add(self, held: Sequence[Held]) -> None:
        """What one person says."""
        opinions = self._said(held)
        if not opinions:
            return
        self.people += 1
        for name, opinion in opinions.items():
            self._tallies[name][opinion] += 1
        if not is_clustered(len(opinions), len(self._places)):
            return
        self.clustered += 1
        row = bytearray([UNSAID]) * len(self._places)
        for name, opinion in opinions.items():
            row[self._places[name]] = AS_BYTES[opinion]
        self.votes += row

    def _said(self, held: Sequence[Held]) -> Mapping[str, Opinion]:
        """What is said of a statement itself goes before what is said of one laid to it, later before earlier."""
        latest: dict[str, tuple[bool, int, Opinion]] = {}
        for its in held:
            name = self._standing_for.get(its.number)
            if name in self._places:
                new = (self._own[its.number] == name, its.at, its.opinion)
                latest[name] = max(latest[name], new, key=lambda old: old[:2]) if name in latest else new
        return {name: opinion for name, (_is_own, _at, opinion) in latest.items()}

    def counted(self, picture: Picture | None) -> Sequence[Counted]:
        """Of every statement; of those that nobody is shown, nothing."""
        none = Tally()
        return [
            Counted(its.id, tally.agrees, tally.disagrees, tally.passes, self._extremity(its.id, picture))
            for its in self.statements
            for tally in (self.tallies.get(its.id, none),)
        ]

    @property
    def tallies(self) -> Mapping[str, Tally]:
        return {
            name: Tally(its[Opinion.AGREES], its[Opinion.DISAGREES], its[Opinion.PASSES])
            for name, its in self._tallies.items()
        }

    def _extremity(self, name: str, picture: Picture | None) -> int:
        if picture is None or name not in self._places:
            return 0
        return round(THOUSAND * picture.extremities[self._places[name]])
