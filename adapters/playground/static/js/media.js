// Where the pictures of messages and cards are fetched from: the emulator that was given them.

export const media = (seat, key) => `playground/media/${seat.split(":")[0]}/${encodeURIComponent(key)}`;
