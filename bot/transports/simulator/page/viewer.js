// A photo at full size, over everything.

import { el, icon } from './dom.js';

export function view(source, caption) {
  const dialog = document.getElementById('viewer');
  const close = () => dialog.close();
  dialog.replaceChildren(
    el('img', { src: source, alt: caption || '照片' }),
    caption ? el('p', {}, caption) : '',
    el('button', { class: 'round', 'aria-label': '关闭', onclick: close }, icon('close')),
  );
  dialog.onclick = (event) => { if (event.target === dialog || event.target.tagName === 'IMG') close(); };
  dialog.showModal();
}
