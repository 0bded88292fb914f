"""What the core needs of the others: the store below it, the messengers beside it, the page that looks into it.

``Unit`` and its parts are one transaction of the store; ``Adapter`` is one channel; ``Trace`` and ``Rehearsal`` carry the
playground. All calls on a Unit are plain synchronous and happen in a worker thread; all calls on an Adapter are asyncio.
"""

from bot.ports.dialogue import Copies, Copy, CopyState, Dialogue, Draft, DraftState, Given, StoredButton, Talk
from bot.ports.inbox import End, Failure, Identity, Inbox, Seen
from bot.ports.looking import Due, Rehearsal, Step, Trace
from bot.ports.messengers import (
    Adapter,
    Capabilities,
    Gone,
    Intake,
    Limits,
    Outcome,
    Rate,
    Receipt,
    Rejected,
    Retry,
    Taken,
    Unknown,
)
from bot.ports.outbox import Outbox, OutboxRow, Outgoing, OutState, Sending, Settled
from bot.ports.records import Audit, AuditEntry, Charge, Charges, Jobs, Numbers, Slot
from bot.ports.store import Lease, Store, Unit

__all__ = [
    "Adapter",
    "Audit",
    "AuditEntry",
    "Capabilities",
    "Charge",
    "Charges",
    "Copies",
    "Copy",
    "CopyState",
    "Dialogue",
    "Draft",
    "DraftState",
    "Due",
    "End",
    "Failure",
    "Given",
    "Gone",
    "Identity",
    "Inbox",
    "Intake",
    "Jobs",
    "Lease",
    "Limits",
    "Numbers",
    "OutState",
    "Outbox",
    "OutboxRow",
    "Outcome",
    "Outgoing",
    "Rate",
    "Receipt",
    "Rehearsal",
    "Rejected",
    "Retry",
    "Seen",
    "Sending",
    "Settled",
    "Slot",
    "Step",
    "Store",
    "StoredButton",
    "Taken",
    "Talk",
    "Trace",
    "Unit",
    "Unknown",
]
