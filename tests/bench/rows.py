"""Rows like those that pile up over the years, of other people and about other objects, a million at a time."""

from __future__ import annotations

from sqlalchemy import Connection, text

NUMBERS = {
    "sqlite": "WITH RECURSIVE n(n) AS (SELECT {a} UNION ALL SELECT n + 1 FROM n WHERE n < {b}) ",
    "postgresql": "WITH n(n) AS (SELECT generate_series({a}, {b})) ",
}
WHEN = {"sqlite": "strftime('%Y-%m-%d %H:%M:%f000', 'now', '{}')", "postgresql": "now() + interval '{}'"}
REPS = 5000
"""Other people among whom the rows are spread."""
PEOPLE = (
    "INSERT INTO persons (name, role, phone, agent, region, province, language, active) {numbers}"
    "SELECT 'x', 'rep', '1' || n, 'A' || n, '', '', '', true FROM n"
)
SOMEBODY = "(SELECT max(id) AS id FROM persons) p"
FILLED = (
    'INSERT INTO inbox (channel, key, alias, received, "end", answer) {numbers}'
    "SELECT 'feishu', 'g' || n, 'h' || n, {past}, 'done', '{{}}' FROM n",
    "INSERT INTO outbox (key, what, state, channel, tenant, chat, is_group, line, content, trace, created,"
    " wait_until, attempts, handle) {numbers}"
    "SELECT 'k' || n, 'send', 'sent', 'feishu', '', 'c' || n, false, 'c' || n, '\"x\"', 't', {past}, 0, 1,"
    " 'om_' || n FROM n",
    "INSERT INTO copies (id, view, kind, number, channel, tenant, chat, is_group, send, state, buttons, current,"
    " digest, created) {numbers}SELECT 1000000000 + n, 'deals.card', 'BB', 1000000 + n, 'feishu', '', 'c' || n, false,"
    " o.id, 'live', '{{}}', 1, 'd', {past} FROM n, (SELECT max(id) AS id FROM outbox) o",
    "INSERT INTO audit (at, actor, on_behalf_of, channel, object, action, before, after, request, salt, digest)"
    " {numbers}SELECT {past}, 'x', '', '', 'BB' || (1000000 + n), 'a', '{{}}', '{{}}', '', {salt}, 'd' || n FROM n",
    "INSERT INTO jobs (job, slot, due, about, args, state) {numbers}"
    "SELECT 'alerts.ring', 's' || n, {future}, 'BB' || (1000000 + n), '{{}}', 'promised' FROM n",
    "INSERT INTO deals (number, agent, rep, manager, state, version, customer, project, line, province,"
    " province_inferred, amount, sign_date, credit_code, contact, address, note, suspicion, receipt, submitted_at)"
    " {numbers}SELECT 1000000 + n, 'A' || (n % {reps}), p.id - n % {reps}, p.id - n % {reps}, 'protected', 1, 'c' || n, 'p',"
    " '中央空调', '浙江', false, 1, {today}, '', '', '', '', '', 'r', {past} FROM n, {somebody}",
    "INSERT INTO protections (deal, customer_core, project_core, line, province, credit_code, live)"
    " {numbers}SELECT 1000000 + n, 'c' || n, 'p', '中央空调', '浙江', '', true FROM n",
    "INSERT INTO approvals (number, kind, subject, requester, approver, state, version, asked_at, due_at,"
    " reason, escalations) {numbers}SELECT 1000000 + n, 'BB', 1000000 + n, p.id - n % {reps}, p.id - n % {reps},"
    " 'agreed', 2, {past}, {past}, '', 0 FROM n, {somebody}",
)


def fill(sql: Connection, first: int, last: int) -> None:
    """Numbers ``first`` to ``last`` into each of the large tables."""
    dialect = sql.dialect.name
    when = {name: WHEN[dialect].format(away) for name, away in (("past", "-3 days"), ("future", "+300 days"))}
    made = {
        "numbers": NUMBERS[dialect].format(a=first, b=last),
        "today": "date('now')" if dialect == "sqlite" else "current_date",
        "reps": REPS,
        "somebody": SOMEBODY,
        "salt": "x'00'" if dialect == "sqlite" else "'\\x00'::bytea",
    }
    if first == 1:
        sql.execute(text(PEOPLE.format(numbers=NUMBERS[dialect].format(a=1, b=REPS))))
    for statement in FILLED:
        sql.execute(text(statement.format(**made, **when)))


def make_due(sql: Connection, rows: int) -> None:
    """So many messages and so many promises of the clock are due, and nothing else is."""
    sql.execute(text("UPDATE outbox SET state = 'dropped' WHERE state IN ('pending', 'sending')"))
    sql.execute(text("UPDATE jobs SET state = 'done' WHERE slot NOT LIKE 's%'"))
    keys = ", ".join(f"'k{n}'" for n in range(1, rows + 1))
    sql.execute(text(f"UPDATE outbox SET state = 'pending' WHERE key IN ({keys})"))
    past = WHEN[sql.dialect.name].format("-1 hours")
    slots = ", ".join(f"'s{n}'" for n in range(1, rows + 1))
    sql.execute(text(f"UPDATE jobs SET due = {past} WHERE job = 'alerts.ring' AND slot IN ({slots})"))
