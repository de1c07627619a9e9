// What the server told, kept as one state; whoever listens hears what changed.

const listeners = [];

export const state = {
  skin: 'telegram', people: [], group: null, spots: [], scenes: [], commands: [], menu: null,
  chats: new Map(), lines: [], upcoming: [], strips: {}, now: null,
  net: { online: true, seconds: 0, bot: true, waiting: 0, until: 0 },
};

export function listen(listener) {
  listeners.push(listener);
}

const CHANGES = {
  snapshot(told) {
    Object.assign(state, told, { chats: new Map() });
    for (const chat of told.chats) {
      state.chats.set(chat.id, { ...chat, messages: new Map(chat.messages.map((m) => [m.id, m])) });
    }
    keepNet(told.net);
  },
  message({ message }) {
    state.chats.get(message.chat)?.messages.set(message.id, message);
  },
  gone({ chat, id }) {
    state.chats.get(chat)?.messages.delete(id);
  },
  keys({ chat, keys, placeholder }) {
    Object.assign(state.chats.get(chat) ?? {}, { keys, placeholder });
  },
  people({ people }) {
    state.people = people;
    for (const { id, name } of people) {
      if (!state.chats.has(id)) {
        state.chats.set(id, { id, title: name, messages: new Map(), keys: [], placeholder: '' });
      }
    }
  },
  line({ line }) {
    state.lines = [...state.lines.slice(-299), line];
  },
  skin({ skin }) {
    state.skin = skin;
  },
  commands({ commands }) {
    state.commands = commands;
  },
  menu({ menu }) {
    state.menu = menu;
  },
  net(told) {
    keepNet(told);
  },
  aside({ now, upcoming, strips }) {
    state.now = now;
    state.upcoming = upcoming ?? state.upcoming;
    state.strips = strips ?? state.strips;
  },
};

function keepNet({ online, seconds, bot, waiting }) {
  state.net = { online, bot, waiting, until: performance.now() + seconds * 1000 };
}

function take(change) {
  CHANGES[change.kind]?.(change);
  for (const listener of listeners) listener(change);
}

export function connect(onLost) {
  const source = new EventSource('/events');
  source.onopen = () => onLost(false);
  source.onmessage = (event) => take(JSON.parse(event.data));
  source.onerror = () => {
    onLost(true);
    source.close();
    setTimeout(() => connect(onLost), 1500);
  };
}
