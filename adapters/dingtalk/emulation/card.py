"""One card: an outTrackId for ever, its public and private data, everywhere it was delivered (4.1 to 4.3)."""

from dataclasses import dataclass, field

from adapters.dingtalk.emulation.template import CardFault, Template

MOST_KEY, MOST_VALUE, MOST_CARD = 100, 1024, 100 * 1024

Private = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Change:
    """An update. Without `by_key` the data is replaced whole; None: not touched."""

    public: dict[str, str] | None = None
    by_key: bool = False
    private: Private = field(default_factory=dict)
    private_by_key: bool = False


@dataclass(slots=True, eq=False)
class Card:
    """`spaces`: the kinds of space a model was given for. `message_ids`: one per delivery."""

    out_track_id: str
    template_id: str
    template: Template
    callback_type: str | None
    route_key: str
    user_id_type: int
    public: dict[str, str]
    private: Private
    spaces: set[str]
    message_ids: list[str] = field(default_factory=list)
    _in_flight: int = 0
    _before: tuple[dict[str, str], Private] | None = None

    def seen(self, public: dict[str, str], user_id: str | None) -> dict[str, str]:
        """This person's variables: private wins per key, where it is not empty and the template lets it."""
        mine = self.private.get(user_id or "", {})
        return public | {key: value for key, value in mine.items() if value and key in self.template.private}

    def change(self, change: Change) -> None:
        """CardFault, and nothing happened, if the template could not draw the result."""
        self._set(self._merged((self.public, self.private), change))

    def pressed(self) -> None:
        """A callback is on its way. Updates that come meanwhile are taken, and undone by its answer (4.5)."""
        if not self._in_flight:
            self._before = (self.public, self.private)
        self._in_flight += 1

    def answered(self, change: Change | None) -> None:
        """The end of a callback; None: it brought no answer."""
        if change is not None and self._before is not None:
            self._before = self._merged(self._before, change)
            self._set(self._before)

    def settled(self) -> None:
        self._in_flight -= 1
        if not self._in_flight:
            self._before = None

    def _merged(self, old: tuple[dict[str, str], Private], change: Change) -> tuple[dict[str, str], Private]:
        public, private = old
        if change.public is not None:
            public = {**public, **change.public} if change.by_key else dict(change.public)
        private = dict(private)
        for user_id, params in change.private.items():
            private[user_id] = {**private.get(user_id, {}), **params} if change.private_by_key else dict(params)
        check_sizes(public)
        self.template.check(public)
        return public, private

    def _set(self, data: tuple[dict[str, str], Private]) -> None:
        self.public, self.private = data


def check_sizes(params: dict[str, str]) -> None:
    """Keys 100 bytes, values 1 KB, the card 100 KB. Values over 1 KB work in practice; here they do not (8)."""
    for key, value in params.items():
        if len(key.encode()) > MOST_KEY:
            raise CardFault(f"the key {key[:20]}… is longer than {MOST_KEY} bytes")
        if len(value.encode(errors="surrogatepass")) > MOST_VALUE:
            raise CardFault(f"{key} is longer than {MOST_VALUE} bytes")
    if sum(len(key.encode()) + len(value.encode(errors="surrogatepass")) for key, value in params.items()) > MOST_CARD:
        raise CardFault(f"the card is larger than {MOST_CARD} bytes")
