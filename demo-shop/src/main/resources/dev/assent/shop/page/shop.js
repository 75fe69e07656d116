// The shop's page: the frame, the keys, and what is in short.
import {Mark, html, useAnswer, useKeys} from './base.js';
import {render} from './vendor/preact.js';
import {useEffect, useRef, useState} from './vendor/hooks.js';
import {Checks, Verdict} from './shop-checks.js';
import {Drills} from './shop-drills.js';
import {Book, Front} from './shop-front.js';
import {News, Start} from './shop-start.js';
import {Load, System} from './shop-system.js';

const EVERY_MILLIS = 500;

const SECTIONS = [['front', 'Shop'], ['book', 'Orders'], ['system', 'System'], ['checks', 'Invariants'], ['drills', 'Drills']];

const HELP = [
  ['1 to 5', 'shop, orders, system, invariants, drills'],
  ['b', 'buy what is chosen'],
  ['+, -', 'one customer more or less shops by itself'],
  ['t', 'dark, light, or as the system is'],
  ['?', 'these keys'],
];

const THEMES = ['system', 'light', 'dark'];
const THEME = 'assent.theme';

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

function goTo(id) {
  const section = document.getElementById(id);
  section?.scrollIntoView({block: 'start'});
  section?.querySelector('h2')?.focus({preventScroll: true});
}

function Page() {
  const [theme, nextTheme] = useTheme();
  const answer = useAnswer('/api/picture', EVERY_MILLIS);
  const help = useRef(null);
  const picture = answer.data;
  useKeys({
    '?': () => (help.current.open ? help.current.close() : help.current.showModal()),
    t: nextTheme,
    ...Object.fromEntries(SECTIONS.map(([id], i) => [String(i + 1), () => goTo(id)])),
  });
  return html`
    <a class="skip" href="#main" onClick=${event => {
      event.preventDefault();
      document.getElementById('main').focus();
    }}>to the content</a>
    <header class="top">
      <p class="brand"><img src="icon.svg" alt="" width="22" height="22" /> <b>Assent's shop</b> <span class="process">${!answer.failure && html`<${Verdict} picture=${picture} />`}</span></p>
      <nav aria-label="sections"><ul>${SECTIONS.map(([id, text], i) => html`<li key=${id}>
        <a href=${`#${id}`} onClick=${event => {
          event.preventDefault();
          goTo(id);
        }}>${text}<kbd aria-hidden="true">${i + 1}</kbd></a></li>`)}</ul></nav>
      <div class="tools">
        <button type="button" onClick=${nextTheme} aria-label=${`colours: ${theme}`} title="dark, light, or as the system is (t)">${{system: '◑', light: '☀', dark: '☾'}[theme]}</button>
        <button type="button" onClick=${() => help.current.showModal()} aria-label="keys" title="keys (?)">?</button></div>
    </header>
    <main id="main" tabindex="-1" class="shop">
      <h1 class="skip">The shop</h1>
      ${answer.failure && html`<p class="note bad" role="alert"><${Mark} kind="bad">The demo does not answer: ${answer.failure}.</${Mark}>
        ${picture ? ' What is shown is old. Was it stopped?' : ''}</p>`}
      ${!picture && !answer.failure && html`<p class="quiet" role="status">Asking …</p>`}
      ${picture && html`<${Whole} picture=${picture} />`}
    </main>
    <dialog ref=${help} aria-labelledby="keys">
      <h2 id="keys">Keys</h2>
      <dl class="keys">${HELP.map(([keys, what]) => html`<dt><kbd>${keys}</kbd></dt><dd>${what}</dd>`)}</dl>
      <form method="dialog"><button>Close</button></form>
    </dialog>`;
}

function Whole({picture}) {
  return html`
    <${Start} picture=${picture} />
    ${!picture.hands && html`<p class="note">This run ends by itself and is judged by its numbers: one can look, and touch nothing.</p>`}
    <div class="halves">
      <div>
        <section id="front" aria-labelledby="h-front"><h2 id="h-front" tabindex="-1">Shop</h2><${Front} picture=${picture} /></section>
        <section id="book" aria-labelledby="h-book"><h2 id="h-book" tabindex="-1">Orders <small>the latest</small></h2><${Book} picture=${picture} /></section>
        <section aria-labelledby="h-news"><h2 id="h-news">What happened</h2><${News} lines=${picture.news} /></section>
      </div>
      <div>
        <section id="system" aria-labelledby="h-system"><h2 id="h-system" tabindex="-1">System</h2><${System} picture=${picture} /><${Load} picture=${picture} /></section>
        <section id="checks" aria-labelledby="h-checks"><h2 id="h-checks" tabindex="-1">Invariants <small>looked at again and again, in the databases</small></h2><${Checks} picture=${picture} /></section>
        <section id="drills" aria-labelledby="h-drills"><h2 id="h-drills" tabindex="-1">Drills <small>break it, and watch it heal</small></h2><${Drills} picture=${picture} /></section>
      </div>
    </div>`;
}

render(html`<${Page} />`, document.getElementById('shop'));
