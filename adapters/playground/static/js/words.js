// Times, durations and shortened texts in the page's words. Instants are ISO strings in the organisation's zone and are
// read as they stand: the browser's own zone never matters.

const DAYS = ["周日", "周一", "周二", "周三", "周四", "周五", "周六"];

export function parts(stamp) {
  const [, year, month, day, time] = /^(\d+)-(\d+)-(\d+)T(\d\d:\d\d)/.exec(stamp) ?? [];
  return { year: Number(year), month: Number(month), day: Number(day), time: time ?? "" };
}

export const dayOf = (stamp) => stamp.slice(0, 10);
export const timeOf = (stamp) => stamp.slice(11, 16);
export const secondOf = (stamp) => stamp.slice(11, 19);

/** 「3月2日」 */
export function dateOf(stamp) {
  const { month, day } = parts(stamp);
  return `${month}月${day}日`;
}

export function weekdayOf(stamp) {
  return DAYS[new Date(`${dayOf(stamp)}T00:00:00Z`).getUTCDay()];
}

/** 「今天 17:00」 「明天 09:00」 「3月4日 11:02」 */
export function momentOf(stamp, now) {
  const days = (Date.parse(`${dayOf(stamp)}T00:00:00Z`) - Date.parse(`${dayOf(now)}T00:00:00Z`)) / 86400000;
  const near = { "-1": "昨天", 0: "今天", 1: "明天", 2: "后天" }[days];
  const { year } = parts(stamp);
  const date = year === parts(now).year ? dateOf(stamp) : `${year}年${dateOf(stamp)}`;
  return `${near ?? date} ${timeOf(stamp)}`;
}

/** 「22 小时 57 分」, for two instants. */
export function spanOf(from, to) {
  const minutes = Math.round((Date.parse(to) - Date.parse(from)) / 60000);
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  const said = [days && `${days} 天`, hours && `${hours} 小时`, rest && `${rest} 分`].filter(Boolean);
  return said.join(" ") || "不到 1 分";
}

/** Only the largest unit: 「4 小时后」 */
export function inHowLong(from, to) {
  return `${spanOf(from, to).split(" ").slice(0, 2).join(" ")}后`;
}

export function badge(count) {
  return count > 99 ? "99+" : String(count);
}

export function shorten(text, most) {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}

/** What a due thing is called. Its `what` may be a job's name; then its reason says it in words. */
export function dueWords(due) {
  const said = /[\u4e00-\u9fff]/.test(due.what) ? due.what : due.why || due.what;
  return [due.about, said].filter(Boolean).join(" ");
}
