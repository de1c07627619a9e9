// The way to the server: every refusal becomes a sentence on the page.

import { el } from './dom.js';

export function notice(sentence) {
  const box = document.getElementById('notices');
  const line = el('p', { class: 'notice' }, sentence);
  box.append(line);
  setTimeout(() => line.remove(), 5000);
}

async function post(path, options) {
  try {
    const answer = await fetch(path, { method: 'POST', ...options });
    if (answer.ok) return true;
    const { error } = await answer.json();
    notice(error);
  } catch {
    notice('演练台没有回应，这一下没有发出去。');
  }
  return false;
}

export function ask(path, body = {}) {
  return post(path, {
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

export function act(order, files = []) {
  if (!files.length) return ask('/send', order);
  const form = new FormData();
  form.append('order', JSON.stringify(order));
  for (const file of files) form.append('file', file, file.name);
  return post('/send', { body: form });
}

export async function saveTranscript(name) {
  const answer = await fetch('/transcript');
  const address = URL.createObjectURL(await answer.blob());
  el('a', { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
