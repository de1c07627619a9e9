// Moments as people here say them, in the bureau's zone.

let zone = 'Asia/Shanghai';
let shown = Date.now();
let since = performance.now();

export function setClock(iso, inZone) {
  zone = inZone ?? zone;
  shown = Date.parse(iso);
  since = performance.now();
}

export function now() {
  return new Date(shown + performance.now() - since);
}

function parts(moment) {
  const made = new Intl.DateTimeFormat('zh-CN', {
    timeZone: zone, year: 'numeric', month: 'numeric', day: 'numeric',
    hour: '2-digit', minute: '2-digit', hourCycle: 'h23', weekday: 'long',
  }).formatToParts(moment);
  return Object.fromEntries(made.map((part) => [part.type, part.value]));
}

export function time(moment) {
  const { hour, minute } = parts(moment);
  return `${hour}:${minute}`;
}

export function shortTime(moment) {
  return time(moment).replace(/^0/, '');
}

export function day(moment) {
  const { month, day: date, weekday } = parts(moment);
  return `${month}月${date}日 ${weekday}`;
}

export function dayKey(moment) {
  const { year, month, day: date } = parts(moment);
  return `${year}-${month}-${date}`;
}

const DAY = 24 * 3600 * 1000;

export function dayChip(moment) {
  const today = now();
  if (dayKey(moment) === dayKey(today)) return '今天';
  if (dayKey(moment) === dayKey(new Date(today - DAY))) return '昨天';
  return day(moment);
}

export function soon(moment) {
  const today = now();
  if (dayKey(moment) === dayKey(today)) return shortTime(moment);
  if (dayKey(moment) === dayKey(new Date(+today + DAY))) return `明 ${shortTime(moment)}`;
  const { month, day: date } = parts(moment);
  return `${month}/${date} ${shortTime(moment)}`;
}

export const fromUnix = (seconds) => new Date(seconds * 1000);
