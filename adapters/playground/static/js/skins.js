// The drawing of each messenger. A skin has
//   mark, title                   its tile and its name
//   titlebar(seat, chat)          the bar's inside
//   isCard, card, bubble, sender  one message's parts; words(message): what it begins with, as plain text
//   settled(message)              of a card that was decided, the line or word that says so; else ""
//   recalled(who)                 its own line for a message taken back; without it there is none
//   answered(seat, done)          what the client shows after a press: toast, code, or nothing
//   quick(seat)                   the row above the composer's field; extra(seat): what stands before the field

import dingtalk from "./dingtalk/skin.js";
import feishu from "./feishu/skin.js";
import wecom from "./wecom/skin.js";

const SKINS = { dingtalk, feishu, wecom };

export const skinOf = (account) => SKINS[account.skin];
