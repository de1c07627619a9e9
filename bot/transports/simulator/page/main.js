// The page: wires the head, the phones, the column and the foot to the state.

import { ask, saveTranscript } from './api.js';
import { showLines, showUpcoming } from './aside.js';
import { el } from './dom.js';
import { Phone } from './phone.js';
import { connect, listen, state } from './store.js';
import { day, dayKey, now, setClock, time } from './when.js';

const OWNERS = 'gangting.owners';
const phones = [];
let active = 0;
let due = false;

const at = (id) => document.getElementById(id);

function makePhones() {
  const known = new Set([...state.people.map(({ id }) => id), state.group.id]);
  const wanted = JSON.parse(localStorage.getItem(OWNERS) ?? '[]').filter((id) => known.has(id));
  for (const { id } of state.people) if (!wanted.includes(id)) wanted.push(id);
  for (const owner of wanted.slice(0, 3)) {
    const phone = new Phone(owner, keepOwners);
    phone.element.addEventListener('pointerdown', () => choose(phones.indexOf(phone)));
    phone.element.addEventListener('focusin', () => choose(phones.indexOf(phone)));
    phones.push(phone);
  }
  at('phones').replaceChildren(...phones.map((phone) => phone.element));
  showTabs();
}

function keepOwners() {
  localStorage.setItem(OWNERS, JSON.stringify(phones.map(({ owner }) => owner)));
  showTabs();
}

function choose(nth) {
  if (nth === active) return;
  active = nth;
  showTabs();
}

function showTabs() {
  at('tabs').replaceChildren(...phones.map((phone, nth) => el('button', {
    'aria-pressed': String(nth === active), onclick: () => { choose(nth); phones[nth].scrollDown(); },
  }, phone.title())));
  phones.forEach((phone, nth) => phone.element.classList.toggle('active', nth === active));
}

function showScenes() {
  at('scenes').replaceChildren(...state.scenes.map(({ code, title }) => el('li', {},
    el('button', {
      class: `scene ${code}`, draggable: 'true', title: '拖到手机上，或者点一下放进正在用的手机',
      onclick: () => phones[active].composer.put([{ scene: code }]),
      ondragstart: (event) => event.dataTransfer.setData('application/x-scene', code),
    }, el('img', { src: `/scenes/${code}`, alt: '', draggable: 'false' }), el('span', {}, title)))));
}

function showSkin() {
  document.body.dataset.skin = state.skin;
  at('skins').hidden = Boolean(state.menu);
  for (const button of at('skins').children) {
    button.setAttribute('aria-pressed', String(button.dataset.skin === state.skin));
  }
}

function showClock() {
  at('day').textContent = day(now());
  at('time').textContent = time(now());
  for (const phone of phones) phone.refreshNet();
}

function showAll() {
  due = false;
  showSkin();
  showUpcoming();
  showLines();
  for (const phone of phones) phone.refresh();
}

function later() {
  if (due) return;
  due = true;
  requestAnimationFrame(showAll);
}

const HEARD = {
  snapshot() {
    setClock(state.now, state.zone);
    if (!phones.length) makePhones();
    showScenes();
    later();
  },
  aside(change) {
    const before = dayKey(now());
    setClock(change.now);
    showClock();
    if (dayKey(now()) !== before) for (const phone of phones) phone.made.clear();
    later();
  },
  toast(change) {
    for (const phone of phones) if (phone.from().person === change.person) phone.pop(change);
  },
  typing({ chat }) {
    for (const phone of phones) if (phone.owner === chat) phone.typing();
  },
};

const DEEDS = {
  net: () => ask('/net', { seconds: 30 }),
  restart: () => ask('/restart'),
  wipe: () => confirm('清空所有对话和数据，从头来过？') && ask('/wipe'),
  save: () => saveTranscript(`演练-${dayKey(now())}.txt`),
};

async function whileBusy(button, work) {
  button.setAttribute('aria-busy', 'true');
  await work();
  button.removeAttribute('aria-busy');
}

at('skins').addEventListener('click', ({ target }) => target.dataset.skin && ask('/skin', { skin: target.dataset.skin }));
at('jumps').addEventListener('click', ({ target }) => {
  const { minutes, to } = target.dataset;
  if (minutes || to) whileBusy(target, () => ask('/clock', minutes ? { minutes: Number(minutes) } : { to }));
});
at('deeds').addEventListener('click', ({ target }) => {
  const deed = DEEDS[target.dataset.deed];
  if (deed) whileBusy(target, deed);
});
at('fold').addEventListener('click', () => {
  const open = at('aside').classList.toggle('open');
  at('fold').setAttribute('aria-expanded', String(open));
});
// On a narrow page the skins and the deeds move into the column that unfolds.
const narrow = matchMedia('(max-width: 900px)');
function furnish() {
  const [skins, deeds] = [at('skins'), at('deeds')];
  if (narrow.matches) at('aside').prepend(skins, deeds);
  else {
    document.querySelector('.brand').after(skins);
    document.querySelector('.bottom').append(deeds);
  }
  at('fold').firstChild.textContent = narrow.matches ? '更多' : '动态';
}
narrow.addEventListener('change', furnish);
furnish();

// A file that misses a phone must not replace the page.
for (const name of ['dragover', 'drop']) document.addEventListener(name, (event) => event.preventDefault());

listen((change) => (HEARD[change.kind] ?? later)(change));
connect((lost) => { at('lost').hidden = !lost; });
setInterval(showClock, 1000);
