// The frame of all pages: where one is, which process this is and how it is, keys.
import {Mark, html, useAnswer, useKeys} from './base.js';
import {render} from './vendor/preact.js';
import {useEffect, useRef, useState} from './vendor/hooks.js';
import {Ordering, Who} from './actions.js';
import {Audit} from './audit.js';
import {Cluster} from './cluster.js';
import {InDoubt} from './in-doubt.js';
import {Live} from './live.js';
import {Outbox} from './outbox.js';
import {Sagas} from './sagas.js';
import {useLogin} from './session.js';
import {Time} from './time.js';
import {Traces} from './traces.js';
import {OneTransaction, Transactions} from './transactions.js';
import {Znodes} from './znodes.js';

const PAGES = [
  ['in-doubt', 'In doubt', InDoubt],
  ['transactions', 'Transactions', Transactions],
  ['cluster', 'Cluster', Cluster],
  ['live', 'Live', Live],
  ['time', 'Time', Time],
  ['outbox', 'Outbox', Outbox],
  ['audit', 'Audit', Audit],
  ['znodes', 'Znodes', Znodes],
  ['traces', 'Traces', Traces],
  ['sagas', 'Sagas', Sagas],
];

const HELP = [
  ['1 to 9, 0', 'the pages, in their order'],
  ['/', 'to the filter; Escape leaves it'],
  ['j, k, Enter', 'down and up a list of transactions; open one'],
  ['v', 'a transaction: compact, timeline, full history'],
  ['p, x', 'live: pause, clear'],
  ['←, →', 'time: to the turning point before and after'],
  ['space, End', 'time: play, back to now'],
  ['t', 'dark, light, or as the system is'],
  ['?', 'these keys'],
];

const THEMES = ['system', 'light', 'dark'];
const THEME = 'assent.theme';

/** The tenth page has the key beside that of the ninth. */
function keyOf(index) {
  return String((index + 1) % 10);
}

function pageOf(hash) {
  const [path] = hash.replace(/^#\/?/, '').split('?');
  const [name, id] = path.split('/');
  return {name: PAGES.some(page => page[0] === name) ? name : 'in-doubt', id: id ? decoded(id) : undefined};
}

/** An address that somebody cut off in the middle of an escape is shown as it stands. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function useTheme() {
  const [theme, setTheme] = useState(() => {
    try {
      return THEMES.includes(localStorage.getItem(THEME)) ? localStorage.getItem(THEME) : 'system';
    } catch {
      return 'system'; // a browser that keeps nothing
    }
  });
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
    try {
      localStorage.setItem(THEME, theme);
    } catch {
      // it holds for this page then
    }
  }, [theme]);
  return [theme, () => setTheme(before => THEMES[(THEMES.indexOf(before) + 1) % THEMES.length])];
}

function Console() {
  const [place, setPlace] = useState(() => pageOf(location.hash));
  const [theme, nextTheme] = useTheme();
  const help = useRef(null);
  const status = useAnswer('/api/status', 3_000);
  const {login, view: loginView} = useLogin();
  useEffect(() => {
    const listen = () => {
      setPlace(pageOf(location.hash));
      scrollTo(0, 0);
    };
    addEventListener('hashchange', listen);
    return () => removeEventListener('hashchange', listen);
  }, []);
  useKeys({
    '?': () => (help.current.open ? help.current.close() : help.current.showModal()),
    t: nextTheme,
    ...Object.fromEntries(PAGES.map(([name], i) => [keyOf(i), () => {
      location.hash = `#/${name}`;
    }])),
  });
  const [, title, Page] = PAGES.find(page => page[0] === place.name);
  useEffect(() => document.querySelector('.top nav a[aria-current]')?.scrollIntoView({block: 'nearest', inline: 'nearest'}), [place.name]);
  useEffect(() => {
    document.title = `${title} · ${status.data?.name ?? 'Assent'}`;
  }, [title, status.data?.name]);
  return html`
    <a class="skip" href="#main" onClick=${event => {
      event.preventDefault();
      document.getElementById('main').focus();
    }}>to the content</a>
    <header class="top">
      <p class="brand"><img src="icon.svg" alt="" width="22" height="22" /> <b>Assent</b> <${Process} status=${status} /></p>
      <nav aria-label="pages"><ul>${PAGES.map(([name, text], i) => html`<li key=${name}>
        <a href=${`#/${name}`} aria-current=${place.name === name ? 'page' : undefined}>${text}<kbd aria-hidden="true">${keyOf(i)}</kbd></a></li>`)}</ul></nav>
      <div class="tools">${loginView}
        <button type="button" onClick=${nextTheme} aria-label=${`colours: ${theme}`} title="dark, light, or as the system is (t)">${{system: '◑', light: '☀', dark: '☾'}[theme]}</button>
        <button type="button" onClick=${() => help.current.showModal()} aria-label="keys" title="keys (?)">?</button></div>
    </header>
    <${Who.Provider} value=${login}><${Ordering}><main id="main" tabindex="-1">${place.name === 'transactions' && place.id
      ? html`<${OneTransaction} key=${place.id} id=${place.id} />`
      : html`<${Page} key=${place.name} status=${status.data} id=${place.id} />`}</main></${Ordering}></${Who.Provider}>
    <dialog ref=${help} aria-labelledby="keys">
      <h2 id="keys">Keys</h2>
      <dl class="keys">${HELP.map(([keys, what]) => html`<dt><kbd>${keys}</kbd></dt><dd>${what}</dd>`)}</dl>
      <form method="dialog"><button>Close</button></form>
    </dialog>`;
}

function Process({status}) {
  if (status.failure) {
    return html`<span class="process" role="alert"><${Mark} kind="bad">no answer: ${status.failure}</${Mark}></span>`;
  }
  if (!status.data) {
    return html`<span class="process">…</span>`;
  }
  const {kind, name, version, ready, obstacle} = status.data;
  return html`<span class="process"><span title=${`version ${version}, process ${status.data.pid}`}>${kind} <b>${name}</b></span> ${ready
    ? html`<${Mark} kind="good">ready</${Mark}>`
    : html`<${Mark} kind="bad">not ready: ${obstacle}</${Mark}>`}</span>`;
}

render(html`<${Console} />`, document.getElementById('console'));
