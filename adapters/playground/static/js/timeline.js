// What stands in a list, in order: messages, times between them, jumps of the clock, where the new ones begin.

import { messagesOf, store, talkOf } from "./store.js";
import { dayOf, momentOf, timeOf } from "./words.js";

const QUIET = 5 * 60 * 1000;

/** Entries with an `id` and a `sign`: one is drawn anew when its sign is another one. */
export function entriesOf(talk, newFrom, most) {
  const all = messagesOf(talk).toSorted((one, other) => one.order - other.order);
  const messages = all.slice(-most);
  const left = all.length - messages.length;
  const entries = left ? [{ id: "older", sign: String(left), older: left }] : [];
  let last = "";
  messages.forEach((message, at) => {
    if (message.key === newFrom) entries.push({ id: "newer", sign: "", newer: true });
    if (!last || Date.parse(message.at) - Date.parse(last) >= QUIET || dayOf(message.at) !== dayOf(last)) {
      entries.push(separator(message, last));
    }
    last = message.at;
    entries.push({ id: message.key, sign: signOf(message), message });
    const next = messages[at + 1]?.order ?? Infinity;
    const jump = jumpsBetween(message.order, next);
    if (jump) entries.push(jumpEntry(jump));
  });
  for (const local of store.local.filter((one) => talkOf(one.seat, one.chat) === talk)) {
    entries.push({ id: local.key, sign: local.failed, local });
  }
  return entries;
}

const signOf = (message) => [message.version, message.recalled, message.stuck, message.beside.read_by].join("/");

function separator(message, last) {
  const words = last && dayOf(last) === dayOf(message.at) ? timeOf(message.at) : momentOf(message.at, store.now);
  return { id: `time-${message.key}`, sign: words, separator: words };
}

const jumpEntry = (jump) => ({ id: `jump-${jump.order}`, sign: jump.end, jump });

/** Jumps with nothing said between them are one. */
function jumpsBetween(from, to) {
  const jumps = store.jumps.filter((jump) => jump.order > from && jump.order < to);
  if (!jumps.length) return null;
  return { order: jumps[0].order, start: jumps[0].start, end: jumps.at(-1).end };
}
