// The WebSocket: asks go up and come back answered, what changed comes down. It reconnects by itself.

import { emit, store, told } from "./store.js";

const FIRST_WAIT = 250;
const LONGEST_WAIT = 4000;

const waiting = new Map();
let socket = null;
let numbers = 0;
let tries = 0;

export function connect() {
  const address = new URL("playground/live", document.baseURI);
  address.protocol = address.protocol.replace("http", "ws");
  socket = new WebSocket(address);
  socket.addEventListener("open", () => {
    tries = 0;
    online(true);
  });
  socket.addEventListener("message", (event) => take(JSON.parse(event.data)));
  socket.addEventListener("close", () => {
    online(false);
    tries += 1;
    for (const done of waiting.values()) done({ refused: "与机器人断开，没有送出" });
    waiting.clear();
    setTimeout(connect, Math.min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT));
  });
}

export const triesSoFar = () => tries;

function online(connected) {
  store.connected = connected;
  emit("connection");
}

function take(message) {
  if (message.type !== "done") return told(message);
  waiting.get(message.id)?.(message);
  waiting.delete(message.id);
}

/** The answer of the server: `refused`, `toast`, `code`, `suggestions`, each only if there is something to say. */
export function ask(op, more = {}) {
  return new Promise((resolve) => {
    if (socket?.readyState !== WebSocket.OPEN) return resolve({ refused: "与机器人断开，没有送出" });
    const id = ++numbers;
    waiting.set(id, resolve);
    socket.send(JSON.stringify({ op, id, ...more }));
  });
}
