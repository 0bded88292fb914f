"""A rich text as people send it: lines of tagged pieces without a language level (page 2.1)."""

from __future__ import annotations

from msgspec import Struct


class Piece(Struct, frozen=True):
    """Only what is read; ``user_id`` of an ``at`` is the placeholder its mention explains."""

    tag: str
    text: str | None = None
    href: str | None = None
    user_id: str | None = None
    image_key: str | None = None

    @property
    def words(self) -> str:
        if self.tag == "a" and self.href and self.href != self.text:
            return f"{self.text or ''} {self.href}".strip()
        if self.tag == "at":
            return f" {self.user_id or ''} "
        return self.text or ""


class Post(Struct, frozen=True):
    title: str | None = None
    content: tuple[tuple[Piece, ...], ...] = ()

    @property
    def text(self) -> str:
        """Title and lines as one text; pictures and emotions have no words."""
        lines = [self.title or "", *("".join(piece.words for piece in line) for line in self.content)]
        return "\n".join(line.strip() for line in lines if line.strip())

    @property
    def image(self) -> str:
        """The first picture, for a post that is nothing else."""
        return next((piece.image_key for line in self.content for piece in line if piece.image_key), "")
