// Where a filter is typed; it is kept in the address, so that a page can be sent to somebody.
import {html, useKeys} from './base.js';
import {useMemo, useRef, useState} from './vendor/hooks.js';
import {parse} from './filter.js';

/** The filter's text, what it means, and the box to show. */
export function useFilter(fields, example) {
  const [text, setText] = useState(readAddress());
  const box = useRef(null);
  useKeys({'/': () => box.current?.focus()});
  const filter = useMemo(() => parse(text, fields), [text, fields]);
  const change = value => {
    setText(value);
    writeAddress(value);
  };
  const view = html`
    <div class="filter" role="search">
      <label for="filter">Filter</label>
      <input id="filter" ref=${box} type="search" value=${text} placeholder=${example} autocomplete="off" spellcheck=${false}
        aria-describedby="filter-problem" onInput=${event => change(event.target.value)}
        onKeyDown=${event => event.key === 'Escape' && event.target.blur()} />
      <p id="filter-problem" class="problem" role="status">${filter.problems.join('; ')}</p>
      <details><summary>How to filter</summary>
        <p>Words and terms, all of which must hold: <code>orders</code> anywhere, <code>"two words"</code>,
          <code>resource:ord</code> contains, <code>state=ACTIVE</code> is, <code>state:active|preparing</code> either,
          <code>age>5s</code> (ns, us, ms, s, m, h, d), <code>-state:ended</code> not.</p>
        ${fields && html`<p>Fields here: ${Object.keys(fields).map((name, i) => html`${i > 0 ? ', ' : ''}<code>${name}</code>`)}.</p>`}
        ${!fields && html`<p>Any field of an event, as <code>name:branch.voted</code>; durations without their "nanos":
          <code>took>10ms</code>.</p>`}
      </details>
    </div>`;
  return {text, filter, view};
}

function readAddress() {
  return new URLSearchParams(location.hash.split('?')[1] ?? '').get('filter') ?? '';
}

/** Once nothing was typed for a moment: browsers bear only so many changes of an address a second. */
const WRITE_MILLIS = 250;
let written;

function writeAddress(text) {
  const page = location.hash.split('?')[0] || '#/in-doubt';
  clearTimeout(written);
  written = setTimeout(() => {
    if ((location.hash.split('?')[0] || '#/in-doubt') === page) {
      history.replaceState(null, '', text ? `${page}?${new URLSearchParams({filter: text})}` : page);
    }
  }, WRITE_MILLIS);
}
