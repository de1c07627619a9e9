// The foot of a phone: photo, words, place, and the keys or the app menu below them.

import { act, notice } from './api.js';
import { el, icon } from './dom.js';
import { choices, closeSheet, openSheet } from './menus.js';
import { state } from './store.js';

const APP_MENU = [
  ['巡查', ['开始巡查', '结束巡查', '专项检查', '发送位置']],
  ['我的', ['我的待办', '本周', '台账', '帮助']],
];
// A phone is never exactly on the spot: about thirty metres beside it.
const BESIDE = 0.0003;

export class Composer {
  constructor(phone) {
    this.phone = phone;
    this.tray = [];
    this.task = null;
    this.shotKey = '';
    this.input = el('input', { type: 'text', enterkeyhint: 'send', autocomplete: 'off', 'aria-label': '写一句话' });
    this.picker = el('input', { type: 'file', multiple: true, hidden: true, onchange: () => this.take([...this.picker.files]) });
    this.shelf = el('div', { class: 'tray', hidden: true });
    this.bar = el('div', { class: 'bar', hidden: true });
    this.camera = this.round('camera', '发照片', () => this.choosePhoto());
    this.pin = this.round('pin', '发位置', () => this.choosePlace());
    this.list = this.round('menu', '命令', () => this.chooseCommand());
    this.go = el('button', { class: 'round go', type: 'submit', 'aria-label': '发送', hidden: true }, icon('send'));
    const form = el('form', { class: 'input-row', onsubmit: (event) => { event.preventDefault(); this.send(); } },
      this.list, this.camera, this.input, this.pin, this.go);
    this.input.addEventListener('input', () => this.showGo());
    this.keys = el('div', { class: 'reply-keys' });
    this.element = el('div', { class: 'composer' }, this.bar, this.shelf, form, this.keys, this.picker);
  }

  round(name, label, press) {
    return el('button', { class: 'round', 'aria-label': label, title: label, 'aria-expanded': 'false', onclick: press }, icon(name));
  }

  refresh(chat) {
    const wecom = state.skin === 'wecom';
    this.input.placeholder = chat.placeholder || (this.tray.length ? '给照片写一句话' : '拍照，写一句话，发送');
    this.list.hidden = wecom || !state.commands.length;
    this.keys.className = wecom ? 'app-menu' : 'reply-keys';
    this.keys.replaceChildren(...(wecom ? this.appMenu() : this.replyKeys(chat.keys)));
    this.keys.hidden = !this.keys.childElementCount;
    this.showGo();
  }

  showGo() {
    this.go.hidden = !this.input.value.trim() && !this.tray.length;
    this.pin.hidden = !this.go.hidden;
  }

  replyKeys(rows) {
    return rows.map((row) => el('div', { class: 'keys' }, row.map((key) => el('button', {
      class: 'key', onclick: () => (key.location ? this.choosePlace() : this.say(key.text)),
    }, key.text))));
  }

  appMenu() {
    const entry = (text, press, more) => el('button', { 'aria-expanded': more ? 'false' : null, onclick: press },
      text, more ? icon('menu', 14) : null);
    if (state.menu) return state.menu.map((button) => this.hungOut(button, entry));
    return [
      entry('拍照上报', () => this.choosePhoto()),
      ...APP_MENU.map(([title, items]) => entry(title, (event) => openSheet(
        this.element, event.currentTarget, title, choices(items.map((text) => ({
          text, choose: () => (text === '发送位置' ? this.choosePlace() : this.say(text)),
        }))),
      ), true)),
    ];
  }

  // The menu that the app itself hung out: each key does what its type says.
  hungOut({ name, sub_button: below, ...key }, entry) {
    if (!below) return entry(name, () => this.useKey(key));
    return entry(name, (event) => openSheet(this.element, event.currentTarget, name,
      choices(below.map((sub) => ({ text: sub.name, choose: () => this.useKey(sub) })))), true);
  }

  useKey({ type, key }) {
    if (type === 'pic_sysphoto') this.choosePhoto(key);
    else if (type === 'location_select') this.choosePlace(key);
    else act({ act: 'menu', key, ...this.phone.from() });
  }

  say(text) {
    return act({ act: 'text', text, ...this.phone.from() });
  }

  async send() {
    const text = this.input.value.trim();
    const task = this.task;
    const sent = await this.carry(text, task);
    if (!sent) return;
    this.input.value = '';
    this.drop();
  }

  carry(text, task) {
    const order = { text, ...this.phone.from() };
    if (task?.act === 'edit') return act({ ...order, act: 'edit', message: task.id });
    if (task) order.reply_to = task.id;
    if (!this.tray.length) return text ? act({ ...order, act: 'text' }) : false;
    if (this.shotKey) order.key = this.shotKey;
    return this.shoot(order, this.tray);
  }

  // Scenes and own files go out as two lots: the server draws the one and is given the other.
  async shoot(order, items) {
    const scenes = items.filter((item) => item.scene).map((item) => item.scene);
    const files = items.filter((item) => item.file).map((item) => item.file);
    const lots = [
      scenes.length ? () => act({ ...order, act: 'scenes', scenes }) : null,
      files.length ? () => act({ ...order, act: 'files', text: scenes.length ? '' : order.text }, files) : null,
    ].filter(Boolean);
    for (const lot of lots) if (!await lot()) return false;
    return true;
  }

  async dropped(items) {
    const order = { text: this.input.value.trim(), ...this.phone.from() };
    const said = this.input.value;
    // Cleared at once: what is typed while the picture travels must stay.
    this.input.value = '';
    if (!await this.shoot(order, items) && !this.input.value) this.input.value = said;
    this.showGo();
  }

  take(files) {
    this.put(files.map((file) => ({ file })));
    this.picker.value = '';
  }

  put(items) {
    this.tray.push(...items);
    this.showTray();
    this.input.focus();
  }

  showTray() {
    for (const item of this.tray) item.picture ??= this.thumb(item);
    this.shelf.replaceChildren(...this.tray.map((item) => el('span', { class: 'thumb' }, item.picture,
      el('button', { 'aria-label': '不发这张', onclick: () => this.untray(item) }, icon('close', 14)))));
    this.shelf.hidden = !this.tray.length;
    this.refresh(this.phone.chat());
  }

  thumb({ scene, file }) {
    if (scene) return el('img', { src: `/scenes/${scene}`, alt: '样片' });
    if (!file.type.startsWith('image/')) return el('span', { class: 'paper-thumb' }, icon('file'), file.name);
    return el('img', { src: URL.createObjectURL(file), alt: file.name });
  }

  untray(item) {
    this.tray = this.tray.filter((other) => other !== item);
    if (!this.tray.length) this.shotKey = '';
    this.showTray();
  }

  drop() {
    this.tray = [];
    this.shotKey = '';
    this.task = null;
    this.bar.hidden = true;
    this.showTray();
  }

  start(task, title, text) {
    this.task = task;
    this.bar.replaceChildren(el('span', {}, title),
      el('button', { 'aria-label': '算了', onclick: () => { this.input.value = ''; this.drop(); } }, icon('close', 16)));
    this.bar.hidden = false;
    this.input.value = text;
    this.showGo();
    this.input.focus();
  }

  choosePhoto(key = '') {
    this.shotKey = key;
    const pick = (code) => { closeSheet(); this.put([{ scene: code }]); };
    const content = el('div', {},
      el('ul', { class: 'scene-grid' }, state.scenes.map(({ code, title }) => el('li', {},
        el('button', { onclick: () => pick(code) }, el('img', { src: `/scenes/${code}`, alt: '' }), el('span', {}, title))))),
      el('button', { class: 'wide', onclick: () => { closeSheet(); this.picker.click(); } }, '选自己的照片或文件'));
    openSheet(this.element, this.camera, '发照片', content);
  }

  choosePlace(key = '') {
    const go = (lat, lon) => act({ act: 'place', lat, lon, key, ...this.phone.from() });
    const spots = choices(state.spots.map(({ name, lat, lon }) => ({ text: `${name}旁边`, choose: () => go(lat + BESIDE, lon) })));
    const number = (label) => el('input', { type: 'number', step: 'any', 'aria-label': label, placeholder: label, required: true });
    const lat = number('纬度');
    const lon = number('经度');
    const form = el('form', {
      class: 'degrees',
      onsubmit: (event) => {
        event.preventDefault();
        if (Number.isNaN(lat.valueAsNumber) || Number.isNaN(lon.valueAsNumber)) notice('纬度和经度都要填。');
        else { closeSheet(); go(lat.valueAsNumber, lon.valueAsNumber); }
      },
    }, lat, lon, el('button', { type: 'submit' }, '用经纬度'));
    openSheet(this.element, this.pin, '我在哪里', el('div', {}, spots, form));
  }

  chooseCommand() {
    openSheet(this.element, this.list, '命令', choices(state.commands.map(({ command, description }) => ({
      text: description, side: `/${command}`, choose: () => this.say(`/${command}`),
    }))));
  }
}
