// Sheets that open inside a phone: one at a time, closed by Escape or a press elsewhere.

import { el } from './dom.js';

let open = null;

export function closeSheet() {
  if (!open) return;
  const { sheet, opener } = open;
  open = null;
  const inside = sheet.contains(document.activeElement);
  sheet.remove();
  opener?.setAttribute('aria-expanded', 'false');
  if (inside) opener?.focus();
}

export function openSheet(host, opener, title, content, place = 'low') {
  const again = opener && open?.opener === opener;
  closeSheet();
  if (again) return null;
  const sheet = el('div', { class: `sheet ${place}`, role: 'dialog', 'aria-label': title },
    el('p', { class: 'sheet-title' }, title), content);
  host.append(sheet);
  opener?.setAttribute('aria-expanded', 'true');
  open = { sheet, opener };
  sheet.querySelector('button, input, select')?.focus();
  return sheet;
}

export function choices(items) {
  return el('ul', { class: 'choices' }, items.map(({ text, side, current, choose }) => el('li', {},
    el('button', {
      'aria-current': current ? 'true' : null,
      onclick: () => { closeSheet(); choose(); },
    }, el('span', {}, text), side ? el('small', {}, side) : null))));
}

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') closeSheet();
});
document.addEventListener('pointerdown', (event) => {
  if (open && !open.sheet.contains(event.target) && !open.opener?.contains(event.target)) closeSheet();
});
