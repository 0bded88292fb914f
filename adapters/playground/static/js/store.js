// What the page knows, as the server told it, and who wants to hear of changes.

export const store = {
  connected: false,
  run: 0,
  bot: "",
  people: [],
  accounts: new Map(),
  messages: new Map(),
  local: [],
  jumps: [],
  events: [],
  now: "",
  due: [],
  walking: null,
  mode: "",
  week: [],
  trouble: { switches: [], waiting: [] },
  /** Cards whose callback is under way; and those whose next change is the answer to one's own press. */
  pressing: new Set(),
  pressed: new Set(),
};

const listeners = new Map();

export function on(kind, listener) {
  if (!listeners.has(kind)) listeners.set(kind, []);
  listeners.get(kind).push(listener);
}

export function emit(kind, detail) {
  for (const listener of listeners.get(kind) ?? []) listener(detail);
}

export function told(message) {
  switch (message.type) {
    case "state":
      return takeState(message);
    case "changes":
      return takeChanges(message);
    case "trouble":
      return takeTrouble(message);
    case "clock":
      return takeClock(message);
  }
}

function takeState(state) {
  store.run = state.run;
  store.bot = state.bot;
  store.people = state.people;
  store.accounts = new Map(
    state.people.flatMap((person) => person.accounts.map((account) => [account.key, { ...account, person }])),
  );
  store.messages = new Map();
  store.local = [];
  store.jumps = state.jumps;
  store.events = state.events;
  store.pressing.clear();
  for (const message of state.messages) put(message);
  putClock(state.clock);
  store.trouble = state.trouble;
  emit("state");
  emit("clock");
  emit("trouble");
  emit("events");
}

function takeChanges(changes) {
  const news = changes.messages.map((message) => ({ message, before: put(message) }));
  for (const jump of changes.jumps) putBy("order", store.jumps, jump);
  for (const event of changes.events) putBy("order", store.events, event);
  emit("messages", news);
  if (changes.events.length) emit("events");
}

function takeClock(clock) {
  putClock(clock);
  emit("clock");
}

function putClock({ now, due, walking, mode, week }) {
  Object.assign(store, { now, due, walking, mode, week });
}

function takeTrouble(trouble) {
  store.trouble = trouble;
  emit("trouble");
}

/** Where a message stands: an account's conversation. */
export const talkOf = (seat, chat) => `${seat}/${chat}`;

/** Returns what stood there before. */
function put(message) {
  const chat = messagesOf(talkOf(message.seat, message.chat));
  const at = chat.findIndex((one) => one.key === message.key);
  const before = at < 0 ? null : chat[at];
  if (before) chat[at] = message;
  else {
    chat.push(message);
    dropEcho(message);
  }
  return before;
}

function putBy(key, list, one) {
  const at = list.findIndex((other) => other[key] === one[key]);
  if (at < 0) list.push(one);
  else list[at] = one;
}

export function messagesOf(talk) {
  if (!store.messages.has(talk)) store.messages.set(talk, []);
  return store.messages.get(talk);
}

export const unreadIn = (talk) => messagesOf(talk).filter((message) => !message.read && !message.recalled).length;

/** Of all conversations of an account. */
export const unreadOf = (seat) =>
  (store.accounts.get(seat)?.chats ?? []).reduce((sum, chat) => sum + unreadIn(talkOf(seat, chat.id)), 0);

export const nameOf = (id) => {
  for (const account of store.accounts.values()) if (account.id === id) return account.person.name;
  return "";
};

// What somebody just sent is shown before the messenger has it.

export function echo(seat, chat, text) {
  const local = { key: `local-${performance.now()}`, seat, chat, text, at: store.now, failed: "" };
  store.local.push(local);
  emit("local", seat);
  return local;
}

export function forget(local) {
  store.local = store.local.filter((one) => one !== local);
  emit("local", local.seat);
}

/** The first of one's own that is on its way is the one that has arrived. */
function dropEcho(message) {
  if (message.kind !== "text" || message.sender !== store.accounts.get(message.seat)?.id) return;
  const at = store.local.findIndex((one) => one.seat === message.seat && one.chat === message.chat && !one.failed);
  if (at >= 0) store.local.splice(at, 1);
}
