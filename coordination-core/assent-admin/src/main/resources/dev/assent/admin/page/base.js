// What all pages are made of: markup, questions to the API that are asked again and again, words for times.
import {h, Fragment} from './vendor/preact.js';
import {useEffect, useRef, useState} from './vendor/hooks.js';
import htm from './vendor/htm.js';

export const html = htm.bind(h);
export {Fragment};

const PATIENCE_MILLIS = 12_000;

const TOKEN = 'assent.token';

/** The token of whoever looks: this tab's alone, and gone with it. */
export const session = {
  isNeeded: false,
  token: '',
  set(token) {
    session.token = token;
    try {
      sessionStorage.setItem(TOKEN, token);
    } catch {
      // a browser that keeps nothing: it holds for this page then
    }
  },
};
try {
  session.token = sessionStorage.getItem(TOKEN) ?? '';
} catch {
  session.token = '';
}

export function authorization() {
  return session.token ? {Authorization: `Bearer ${session.token}`} : {};
}

/**
 * @throws Error whose message is the server's and its remedy; isMissing if the server has no such thing, isAnswered if it
 *     said no: without that nobody knows whether it did what it was asked
 */
export async function ask(path, options) {
  if (session.isNeeded && !session.token) {
    throw Object.assign(new Error('Log in to see it'), {isAnswered: true});
  }
  const response = await fetch(path, {
    signal: AbortSignal.timeout(PATIENCE_MILLIS), cache: 'no-store', ...options, headers: {...options?.headers, ...authorization()},
  });
  const body = await response.json().catch(cutOff => {
    if (response.ok) {
      throw new Error(`the answer was cut off: ${cutOff.message}`);
    }
    return {error: `${path} answered ${response.status}`};
  });
  if (response.status === 401) {
    // It is not shown again: who shows wrong ones too often is turned away for a while.
    session.isNeeded = session.isNeeded || !session.token;
    session.set('');
  }
  if (!response.ok) {
    throw Object.assign(new Error([body.error, body.remedy].filter(Boolean).join('. ')), {
      isMissing: response.status === 404, isAnswered: isRefusal(response.status),
    });
  }
  return body;
}

/** Told before anything was begun: the request is wrong, may not be made, or found no place. */
function isRefusal(status) {
  return status < 500 || status === 503;
}

/**
 * What the API says, asked again so long after each answer while the page is looked at. The last answer stays when one
 * fails, with the failure beside it. A null path asks nothing; another turn asks at once.
 */
export function useAnswer(path, everyMillis, turn) {
  const [answer, setAnswer] = useState({path, data: undefined, failure: undefined, at: 0});
  useEffect(() => {
    let stopped = path === null;
    let timer;
    const again = async () => {
      if (!document.hidden) {
        await ask(path).then(
          data => stopped || setAnswer({path, data, failure: undefined, isMissing: false, at: Date.now()}),
          failure => stopped || setAnswer(before => ({
            ...before, path, data: before.path === path ? before.data : undefined, failure: failure.message, isMissing: failure.isMissing === true,
          })));
      }
      if (!stopped) {
        timer = setTimeout(again, everyMillis);
      }
    };
    if (!stopped) {
      again();
    }
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [path, everyMillis, turn]);
  return answer.path === path ? answer : {path, data: undefined, failure: undefined, at: 0};
}

/** The time, told anew so often. */
export function useNow(everyMillis) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMillis);
    return () => clearInterval(timer);
  }, [everyMillis]);
  return now;
}

const TYPED = 'input[type=text], input[type=search], input[type=password], textarea, select';
const PRESSED = 'a, button, summary, input';
const OWN_KEYS = new Set(['Enter', ' ', 'ArrowLeft', 'ArrowRight', 'End']);

/** Calls for keys by name while the component is there; not while something is typed, pressed or asked in a dialog. */
export function useKeys(keys) {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    const listen = event => {
      const own = event.target.matches?.(TYPED) || (OWN_KEYS.has(event.key) && event.target.matches?.(PRESSED))
        || (event.key !== '?' && document.querySelector('dialog[open]'));
      const call = current.current[event.key];
      if (call && !own && !event.ctrlKey && !event.altKey && !event.metaKey) {
        event.preventDefault();
        call(event);
      }
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}

/** What went wrong with the last question; with an older answer still shown. */
export function Failure({answer}) {
  if (!answer.failure) {
    return null;
  }
  const old = answer.data ? ` What is shown is of ${clock(answer.at)}.` : '';
  return html`<p class="note bad" role="alert"><${Mark} kind="bad" /> ${answer.failure}.${old}</p>`;
}

export function Waiting({answer}) {
  return answer.data || answer.failure ? null : html`<p class="quiet" role="status">Asking …</p>`;
}

/** All is well, or there is nothing, in so many words. */
export function Calm({title, children}) {
  return html`<div class="calm"><span class="glyph" aria-hidden="true">✓</span><div><strong>${title}</strong><p>${children}</p></div></div>`;
}

const GLYPHS = {good: '✓', bad: '✕', warn: '▲', doing: '◐', waiting: '○', plain: '●', lead: '★'};

/** A shape beside a word, so that colour is never alone. */
export function Mark({kind, children}) {
  return html`<span class=${`mark ${kind}`}><span aria-hidden="true">${GLYPHS[kind]}</span>${children && html` ${children}`}</span>`;
}

/** A table that becomes cards on a phone. Columns are [title, row => content, class]. */
export function Rows({label, columns, rows, keyOf, onOpen, isMarked}) {
  return html`
    <table class="rows" aria-label=${label}>
      <thead><tr>${columns.map(([title]) => html`<th scope="col">${title}</th>`)}</tr></thead>
      <tbody>${rows.map((row, i) => html`
        <tr key=${keyOf(row)} class=${isMarked?.(row, i) ? 'marked' : ''} aria-current=${isMarked?.(row, i) ? 'true' : undefined}
            onClick=${onOpen && (() => onOpen(row))}>
          ${columns.map(([title, content, kind]) => html`<td class=${kind ?? ''} data-title=${title}><div>${content(row)}</div></td>`)}
        </tr>`)}</tbody>
    </table>`;
}

export function words(constant) {
  return String(constant).toLowerCase().replaceAll('_', ' ');
}

/** Milliseconds as people read them. */
export function duration(millis) {
  if (millis < 0) {
    return `-${duration(-millis)}`;
  }
  if (millis < 0.1) {
    return millis === 0 ? '0 ms' : 'under 0.1 ms';
  }
  if (millis < 10) {
    return `${millis.toFixed(1)} ms`;
  }
  if (millis < 1_000) {
    return `${Math.round(millis)} ms`;
  }
  const seconds = millis / 1_000;
  if (seconds < 60) {
    return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  }
  const [big, small, names] = seconds < 3_600 ? [60, 1, 'm s'] : seconds < 86_400 ? [3_600, 60, 'h m'] : [86_400, 3_600, 'd h'];
  const [first, second] = names.split(' ');
  return `${Math.floor(seconds / big)} ${first} ${Math.floor((seconds % big) / small)} ${second}`;
}

/** How long ago, from milliseconds. */
export function ago(millis) {
  return millis < 1_000 ? 'just now' : `${duration(millis)} ago`;
}

/** The time of day, with milliseconds if asked for. */
export function clock(time, withMillis) {
  const date = new Date(time);
  const two = number => String(number).padStart(2, '0');
  const text = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return withMillis ? `${text}.${String(date.getMilliseconds()).padStart(3, '0')}` : text;
}

/** A gtrid, so short that it fits into a line and still differs from others: its end is a counter. */
export function short(id) {
  return id.length <= 20 ? id : `${id.slice(0, 8)}…${id.slice(-8)}`;
}

export function count(number, one, many) {
  return `${number} ${number === 1 ? one : many}`;
}
