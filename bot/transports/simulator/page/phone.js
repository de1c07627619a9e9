// One phone: whose it is, its head, its messages, its foot.

import { act, notice } from './api.js';
import { bubble, grouped } from './bubbles.js';
import { Composer } from './composer.js';
import { el } from './dom.js';
import { choices, closeSheet, openSheet } from './menus.js';
import { state } from './store.js';
import { dayChip, dayKey, fromUnix } from './when.js';

export class Phone {
  constructor(owner, onChange) {
    this.owner = owner;
    this.speaker = state.people[0]?.id;
    this.onChange = onChange;
    this.made = new Map();
    this.subtitle = el('p', { class: 'whose' });
    this.swap = el('button', { class: 'swap', 'aria-expanded': 'false', onclick: () => this.chooseOwner() }, '换人');
    this.badge = el('span', { class: 'badge', role: 'status' });
    this.strip = el('div', { class: 'strip' });
    this.pinned = el('button', { class: 'pinned', hidden: true });
    this.list = el('div', { class: 'messages', role: 'log', 'aria-label': '消息', tabindex: '0' });
    this.composer = new Composer(this);
    this.toast = el('p', { class: 'toast', role: 'status', hidden: true });
    this.element = el('section', { class: 'phone' },
      el('header', { class: 'head' },
        el('span', { class: 'face', 'aria-hidden': 'true' }, '岗'),
        el('div', { class: 'names' }, el('h2', {}, '岗亭'), this.subtitle), this.swap, this.badge),
      this.strip, this.pinned, this.list, this.toast, this.composer.element);
    this.acceptDrops();
    this.stayDown();
  }

  get inGroup() {
    return this.owner === state.group.id;
  }

  chat() {
    return state.chats.get(this.owner) ?? { messages: new Map(), keys: [], placeholder: '' };
  }

  from() {
    return this.inGroup ? { person: this.speaker, chat: this.owner } : { person: this.owner, chat: this.owner };
  }

  title() {
    return this.inGroup ? state.group.title : this.person(this.owner)?.name ?? '';
  }

  person(id) {
    return state.people.find((person) => person.id === id);
  }

  refresh() {
    const person = this.person(this.owner);
    this.element.setAttribute('aria-label', `${this.title()}的手机`);
    this.subtitle.textContent = this.inGroup ? `${state.group.title} · ${state.people.length} 人`
      : [`${person?.name}的手机`, person?.role].filter(Boolean).join(' · ');
    this.refreshStrip();
    this.refreshNet();
    this.composer.refresh(this.chat());
    this.refreshMessages();
  }

  refreshStrip() {
    const telling = state.strips[this.owner] ?? '';
    if (this.inGroup) {
      if (!this.strip.querySelector('select')) this.strip.replaceChildren(this.speakerChoice());
    } else {
      this.strip.replaceChildren(telling);
    }
    this.strip.hidden = !this.inGroup && !telling;
  }

  speakerChoice() {
    const choice = el('select', { 'aria-label': '谁在群里说话', onchange: () => { this.speaker = Number(choice.value); this.refresh(); } },
      state.people.map(({ id, name }) => el('option', { value: id, selected: id === this.speaker }, name)));
    return el('label', {}, '在群里说话的是', choice);
  }

  refreshNet() {
    const { online, bot, until, waiting } = state.net;
    const left = Math.max(0, Math.ceil((until - performance.now()) / 1000));
    let told = ['在线', 'done'];
    if (waiting) told = [`${waiting} 条待发`, 'soon'];
    if (!bot) told = ['重启中', 'soon'];
    if (!online) told = [`断网 ${left} 秒`, 'late'];
    const [words, look] = told;
    if (this.badge.textContent === words) return;
    this.badge.textContent = words;
    this.badge.className = `badge ${look}`;
  }

  refreshMessages() {
    const messages = [...this.chat().messages.values()];
    const low = this.atEnd;
    const groups = grouped(messages);
    const lastOwn = groups.findLast(([first]) => first.sender === this.from().person);
    const kept = new Map();
    const nodes = [];
    let day = '';
    for (const group of groups) {
      const moment = fromUnix(group[0].at);
      if (dayKey(moment) !== day) {
        day = dayKey(moment);
        nodes.push(el('p', { class: 'day' }, el('span', {}, dayChip(moment))));
      }
      nodes.push(this.keep(kept, group, group === lastOwn));
    }
    if (!nodes.length) nodes.push(this.emptiness());
    const grown = groups.length && !this.made.has(groups.at(-1)[0].id);
    this.made = kept;
    this.list.replaceChildren(...nodes);
    this.refreshPinned(messages);
    if (low || grown) this.scrollDown();
  }

  keep(kept, group, last) {
    const sign = JSON.stringify([group, last, state.skin, this.owner, this.from().person]);
    const before = this.made.get(group[0].id);
    const node = before?.sign === sign ? before.node : this.draw(group, last);
    kept.set(group[0].id, { sign, node });
    return node;
  }

  draw(group, last) {
    const answered = this.chat().messages.get(group[0].reply_to);
    const node = bubble(group, {
      me: this.from().person,
      inGroup: this.inGroup,
      quoted: answered ? answered.text.split('\n')[0] || '〔照片〕' : '',
      last,
      press: (message, button, opener) => this.press(message, button, opener),
      openLink: (link, opener) => this.openLink(link, opener),
      edit: (message) => this.composer.start({ act: 'edit', id: message.id }, '改这句话', message.text),
      reply: (message) => this.composer.start({ act: 'reply', id: message.id }, `回复：${message.text.split('\n')[0] || '〔照片〕'}`, ''),
    });
    for (const picture of node.querySelectorAll('img')) picture.addEventListener('load', () => this.settle());
    return node;
  }

  emptiness() {
    return el('p', { class: 'empty' }, this.inGroup ? '群里还没有消息。' : '还没有消息。拍一张照片，写上路名和情况，发给岗亭试试。');
  }

  refreshPinned(messages) {
    const pinned = messages.findLast((message) => message.pinned);
    this.pinned.hidden = !pinned;
    if (!pinned) return;
    this.pinned.textContent = `置顶：${pinned.text.split('\n')[0]}`;
    this.pinned.onclick = () => this.made.get(pinned.id)?.node.scrollIntoView({ block: 'center' });
  }

  settle() {
    if (this.atEnd) this.scrollDown();
  }

  distance() {
    return this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight;
  }

  scrollDown() {
    this.list.scrollTop = this.list.scrollHeight;
    this.extent = this.list.scrollHeight;
    this.atEnd = true;
  }

  async press(message, button, opener) {
    if (button.copy) {
      await navigator.clipboard?.writeText(button.copy).catch(() => {});
      notice('已复制。');
    } else if (button.url) {
      this.openLink(button.url, opener);
    } else {
      act({ act: 'press', message: message.id, data: button.data, ...this.from() });
    }
  }

  openLink(link, opener) {
    const start = /[?&]start=([\w-]+)/.exec(link)?.[1];
    if (!start) {
      notice('演练台不打开外面的网页。');
      return;
    }
    openSheet(this.composer.element, opener, '用谁的手机打开这个链接？', choices(state.people.map(({ id, name, role }) => ({
      text: name, side: role, choose: () => act({ act: 'text', text: `/start ${start}`, person: id, chat: id }),
    }))));
  }

  chooseOwner() {
    const owners = [...state.people.map(({ id, name, role }) => ({ id, text: name, side: role })),
      { id: state.group.id, text: state.group.title, side: '群' }];
    openSheet(this.element, this.swap, '换成谁的手机', choices(owners.map((owner) => ({
      ...owner, current: owner.id === this.owner, choose: () => this.give(owner.id),
    }))), 'high');
  }

  give(owner) {
    this.owner = owner;
    this.made = new Map();
    this.composer.drop();
    this.strip.replaceChildren();
    this.refresh();
    this.scrollDown();
    this.onChange();
    if (state.menu && !this.inGroup) act({ act: 'enter', person: owner });
  }

  pop({ text, alert: loud, url }) {
    if (url) this.openLink(url, null);
    if (!text) return;
    if (loud) {
      openSheet(this.element, null, '岗亭', el('div', { class: 'alert' }, el('p', {}, text),
        el('button', { class: 'wide', onclick: closeSheet }, '知道了')), 'middle');
      return;
    }
    this.toast.textContent = text;
    this.toast.hidden = false;
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => { this.toast.hidden = true; }, 3500);
  }

  typing() {
    this.element.classList.add('typing');
    clearTimeout(this.typingTimer);
    this.typingTimer = setTimeout(() => this.element.classList.remove('typing'), 3000);
  }

  acceptDrops() {
    const over = (event) => { event.preventDefault(); this.element.classList.add('over'); };
    this.element.addEventListener('dragenter', over);
    this.element.addEventListener('dragover', over);
    this.element.addEventListener('dragleave', (event) => {
      if (!this.element.contains(event.relatedTarget)) this.element.classList.remove('over');
    });
    this.element.addEventListener('drop', (event) => {
      event.preventDefault();
      this.element.classList.remove('over');
      const scene = event.dataTransfer.getData('application/x-scene');
      const items = scene ? [{ scene }] : [...event.dataTransfer.files].map((file) => ({ file }));
      if (items.length) this.composer.dropped(items);
    });
  }

  // A picture that loads, a row of keys or a turned window must not push the end out of sight.
  stayDown() {
    this.atEnd = true;
    this.list.addEventListener('scroll', () => {
      if (this.list.scrollHeight === this.extent) this.atEnd = this.distance() < 80;
      this.extent = this.list.scrollHeight;
    });
    new ResizeObserver(() => this.settle()).observe(this.list);
  }
}
