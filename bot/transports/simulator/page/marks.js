// A message's text with its marks, as nodes: bold, links, and a bold first line for cards.

import { el } from './dom.js';

const TAGS = {
  bold: 'strong', italic: 'em', underline: 'u', strikethrough: 's', code: 'code', pre: 'pre',
  blockquote: 'blockquote',
};
const LINK = /(?:https?:\/\/)?t\.me\/\S+|https?:\/\/[^\s，。；）]+/g;
const STATES = [
  [/^(超期|逾期)/, 'late'],
  [/^(还有|今天到期|明天到期|快到期)/, 'soon'],
  [/^(已办结|已销号|已处置)/, 'done'],
];

export function words(message, onLink) {
  const marked = message.entities.filter((mark) => TAGS[mark.type]);
  const [first, ...rest] = message.text.split('\n');
  const headed = message.sender === 0 && (rest.length || first.includes(' · '));
  if (marked.length || !headed) return pieces(message.text, marked, onLink);
  return [headline(first), ...rest.map((line) => el('span', { class: 'line' }, linked(line, onLink)))];
}

function headline(first) {
  const [state, ...others] = first.split(' · ');
  const look = others.length && STATES.find(([pattern]) => pattern.test(state));
  if (!look) return el('strong', { class: 'line lead' }, first);
  return el('strong', { class: 'line lead' },
    el('span', { class: `tag ${look[1]}` }, state), others.join(' · '));
}

// Marks that overlap are cut at each other's ends, so every stretch is wrapped from the inside.
function pieces(text, marks, onLink) {
  const cuts = new Set([0, text.length]);
  for (const { offset, length } of marks) cuts.add(offset).add(offset + length);
  const ends = [...cuts].sort((a, b) => a - b);
  return ends.slice(1).map((end, nth) => {
    const start = ends[nth];
    const around = marks.filter((m) => m.offset <= start && m.offset + m.length >= end);
    return around.reduce(
      (inner, mark) => [el(TAGS[mark.type], {}, inner)],
      linked(text.slice(start, end), onLink),
    );
  }).flat();
}

function linked(text, onLink) {
  const made = [];
  let from = 0;
  for (const found of text.matchAll(LINK)) {
    made.push(text.slice(from, found.index));
    made.push(el('button', { class: 'link', onclick: (event) => onLink(found[0], event.currentTarget) }, found[0]));
    from = found.index + found[0].length;
  }
  return [...made, text.slice(from)].filter((piece) => piece !== '');
}
