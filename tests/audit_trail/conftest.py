"""The sample organisation on both databases."""

from __future__ import annotations

from sqlalchemy import func, select

from bot.keys import Keyring, head_signer
from storage.seals import seal
from storage.tables import seals
from storage.unit import Unit
from tests.chat import World

KEY = "transcripts-only-0123456789abcdef"


async def sealed(world: World) -> int:
    """Seals what was written so far, as a tick does; how many entries are sealed then."""

    def work(unit: Unit) -> int:
        seal(unit, head_signer(Keyring([KEY])), world.now, patience=5.0)
        return unit.sql.execute(select(func.count()).select_from(seals)).scalar_one()

    return await world.app.store.write(work)
