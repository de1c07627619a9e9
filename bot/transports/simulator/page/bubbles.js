// A message, or an album of them, as a bubble with its buttons and its reaction.

import { el, icon } from './dom.js';
import { words } from './marks.js';
import { fromUnix, time } from './when.js';
import { state } from './store.js';
import { view } from './viewer.js';

const BOT = 0;
const STATUS = { pending: ['clock', '待发'], delivered: ['check', '已送到'], seen: ['checks', '已收到'] };

export function grouped(messages) {
  const groups = [];
  for (const message of messages) {
    const last = groups.at(-1);
    if (message.album && last?.[0].album === message.album) last.push(message);
    else groups.push([message]);
  }
  return groups;
}

export function bubble(group, { me, inGroup, quoted, press, openLink, edit, reply, last }) {
  const first = group[0];
  const own = first.sender === me;
  const worded = group.find((m) => m.text) ?? first;
  const files = group.filter((m) => m.file);
  const plain = files.length && files.every((m) => m.file.kind === 'photo') && !worded.text && !worded.place;
  const body = el('div', { class: 'bubble' },
    inGroup && !own ? el('p', { class: 'sender' }, senderName(first.sender)) : null,
    quoted ? el('p', { class: 'quote' }, quoted) : null,
    files.length ? pictures(files) : null,
    first.place ? place(first.place) : null,
    worded.text ? el('div', { class: 'words' }, words(worded, openLink)) : null,
    meta(group, own),
    state.skin === 'wecom' ? buttons(first, press) : null,
  );
  const tools = own || state.skin === 'telegram' ? hoverTools(group, { own, last, edit, reply }) : null;
  return el('article', {
    class: `message ${own ? 'own' : 'other'} ${plain ? 'bare' : ''} ${isCard(first) ? 'card' : ''}`,
    data: { id: first.id }, 'aria-label': `${senderName(first.sender)}，${time(fromUnix(first.at))}`,
  }, el('div', { class: 'row' }, body, tools),
  state.skin === 'telegram' ? buttons(first, press) : null,
  first.reaction ? el('p', { class: 'reaction' }, `${first.reaction} 岗亭`) : null);
}

function isCard(message) {
  return message.sender === BOT && (message.buttons.length > 0 || message.text.includes('\n'));
}

function senderName(id) {
  return id === BOT ? '岗亭' : state.people.find((person) => person.id === id)?.name ?? '有人';
}

function pictures(messages) {
  const photos = messages.filter((m) => m.file.kind === 'photo');
  const papers = messages.filter((m) => m.file.kind !== 'photo');
  return [
    photos.length ? el('div', { class: `photos n${Math.min(photos.length, 4)}` }, photos.map(photo)) : null,
    ...papers.map(paper),
  ];
}

function photo({ file, text }) {
  const source = `/files/${file.id}`;
  return el('button', { class: 'photo', 'aria-label': '看大图', onclick: () => view(source, text) },
    el('img', { src: source, alt: text || '照片', width: file.width, height: file.height }));
}

function paper({ file }) {
  const kinds = { video: 'play', voice: 'voice' };
  return el('a', { class: 'paper', href: `/files/${file.id}`, download: file.name },
    icon(kinds[file.kind] ?? 'file', 26),
    el('span', {}, file.kind === 'voice' ? '语音 6 秒' : file.name, el('small', {}, size(file.size))));
}

function size(bytes) {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB`
    : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function place([lat, lon]) {
  const near = state.spots.find((s) => Math.hypot(s.lat - lat, s.lon - lon) < 0.002);
  return el('div', { class: 'place' }, icon('pin', 24),
    el('span', {}, near ? `${near.name}附近` : '位置', el('small', {}, `${lat.toFixed(4)}，${lon.toFixed(4)}`)));
}

function meta(group, own) {
  const newest = group.at(-1);
  const edited = group.find((m) => m.edited)?.edited;
  const shown = edited ? `${own ? '已改' : '已更新'} ${time(fromUnix(edited))}` : time(fromUnix(newest.at));
  const waits = group.find((m) => m.status === 'pending') ?? newest;
  const [sign, spoken] = STATUS[waits.status];
  const mark = own ? el('span', { class: `mark ${waits.status}`, role: 'img', 'aria-label': spoken, title: spoken }, icon(sign, 15)) : null;
  return el('p', { class: edited ? 'meta edited' : 'meta' }, shown, mark);
}

function buttons(message, press) {
  if (!message.buttons.length) return null;
  const vote = state.skin === 'wecom' && message.buttons.length > 6;
  return el('div', { class: vote ? 'buttons vote' : 'buttons' }, message.buttons.map((row) => el('div', { class: 'keys' },
    row.map((button) => el('button', {
      class: `key ${button.style ?? ''}`,
      onclick: (event) => press(message, button, event.currentTarget),
    }, button.text)))));
}

function hoverTools(group, { own, last, edit, reply }) {
  const first = group[0];
  if (state.skin !== 'telegram') return null;
  return el('div', { class: 'tools' },
    own && last && !first.place ? el('button', { onclick: () => edit(first), 'aria-label': '改这句话' }, '改') : null,
    el('button', { onclick: () => reply(first), 'aria-label': '回复这一条' }, '回'));
}
