// Signs in with the code of the start-up's link, keeps relative times right, and replaces those parts of the page that have changed.
'use strict';

const signIn = document.getElementById('sign-in');
const takeCode = () => {
  const code = new URLSearchParams(location.hash.slice(1)).get('code');
  if (!code) return;
  // The code leaves the address, and so the history, before anything else happens.
  history.replaceState(null, '', location.pathname + location.search);
  signIn.elements.secret.value = code;
  signIn.submit();
};
if (signIn) {
  takeCode();
  addEventListener('hashchange', takeCode); // The link opened where this page is already shown.
}

const relative = (at, now) => {
  const seconds = Math.floor(Math.abs(at - now) / 1000);
  if (seconds < 1) return 'now';
  const [size, unit] = seconds < 60 ? [1, 's'] : seconds < 3600 ? [60, 'min'] : seconds < 86400 ? [3600, 'h'] : [86400, 'd'];
  const text = `${Math.floor(seconds / size)} ${unit}`;
  return at > now ? `in ${text}` : `${text} ago`;
};
const tick = (root, now = Date.now()) => {
  for (const time of root.querySelectorAll('time[data-relative]')) {
    const text = relative(Date.parse(time.dateTime), now);
    if (time.textContent !== text) time.textContent = text;
  }
};

const parts = document.getElementById('parts');
const replaceParts = html => {
  const template = document.createElement('template');
  template.innerHTML = html;
  const now = Date.now();
  tick(document, now);
  tick(template.content, now);
  const next = [...template.content.querySelectorAll('section[id]')];
  const same = next.map(s => s.id).join() === [...parts.querySelectorAll('section[id]')].map(s => s.id).join();
  const keep = document.activeElement;
  for (const details of parts.querySelectorAll('details[open]')) template.content.getElementById(details.id)?.setAttribute('open', '');
  if (same) {
    for (const section of next) {
      const old = document.getElementById(section.id);
      if (!old.isEqualNode(section)) old.replaceWith(section);
    }
  } else parts.replaceChildren(template.content);
  if (keep && !keep.isConnected) [...parts.querySelectorAll(keep.tagName)].find(e => e.getAttribute('href') === keep.getAttribute('href') && e.textContent === keep.textContent)?.focus();
};

if (parts) {
  const live = document.getElementById('live');
  const say = text => { if (live.textContent !== text) live.textContent = text; live.dataset.state = text; live.hidden = false; };
  let source;
  const listen = () => {
    source = new EventSource(document.body.dataset.events);
    source.addEventListener('hello', () => say('live'));
    source.addEventListener('ping', () => say('live'));
    source.addEventListener('page', e => { say('live'); replaceParts(e.data); });
    source.addEventListener('bye', () => location.reload());
    source.onerror = () => source.readyState === EventSource.CLOSED ? setTimeout(() => location.reload(), 5000) : say('reconnecting');
  };
  // A page that nobody sees needs no news; browsers allow few connections to one server.
  document.addEventListener('visibilitychange', () => document.hidden ? source.close() : listen());
  if (!document.hidden) listen();
  setInterval(() => tick(document), 1000);
}
