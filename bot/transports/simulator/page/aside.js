// The right column: what will happen, and what just did.

import { ask } from './api.js';
import { el } from './dom.js';
import { state } from './store.js';
import { fromUnix, shortTime, soon } from './when.js';

export function showUpcoming() {
  const list = document.getElementById('upcoming');
  const items = state.upcoming.slice(0, 12).map(({ at, text, due }) => el('li', {},
    el('button', { title: '时钟拨到这时候', onclick: () => ask('/clock', { to: at }) },
      el('time', { datetime: at }, soon(new Date(at))), el('span', {}, text)),
    due ? el('button', { class: 'now', title: '不等到时候，现在就发', onclick: () => ask('/due', { due }) }, '现在发') : ''));
  list.replaceChildren(...(items.length ? items : [el('li', { class: 'none' }, '暂时没有排定的事。')]));
}

export function showLines() {
  const list = document.getElementById('lines');
  const items = state.lines.slice(-120).reverse().map(({ at, kind, who, deed, rest }) => el('li', { class: kind },
    el('time', {}, shortTime(fromUnix(at))),
    el('p', {}, el('span', {}, who), ' ', el('b', {}, deed), rest ? ' ' : '', rest)));
  list.replaceChildren(...(items.length ? items : [el('li', { class: 'none' }, '还没有动静。')]));
  const red = state.lines.filter((line) => line.kind === 'violation').length;
  const count = document.getElementById('red-count');
  count.textContent = red;
  count.hidden = !red;
}
