// Events as they happen.
import {Calm, Mark, Rows, ask, authorization, clock, html, short, useKeys} from './base.js';
import {useEffect, useState} from './vendor/hooks.js';
import {useFilter} from './filter-box.js';
import {admits, eventValues} from './filter.js';
import {follow} from './sse.js';
import {said} from './waterfall.js';

const KEPT_MAX = 2_000;
const SHOWN_MAX = 300;
const SHOW_MILLIS = 250;
const RETRY_MILLIS = 3_000;
const NOTHING = {events: [], missed: 0, connection: 'connecting', reason: ''};

/** What the process tells, the newest last; shown a few times a second, however much comes. */
function useEvents(isPaused) {
  const [state, setState] = useState(NOTHING);
  useEffect(() => {
    if (isPaused) {
      return undefined;
    }
    const stop = new AbortController();
    let waiting = [];
    let missed = 0;
    let retry;
    const keep = events => setState(before => ({...before, events: ordered([...before.events, ...events])}));
    const flush = setInterval(() => {
      if (waiting.length > 0 || missed > 0) {
        const [events, lost] = [waiting, missed];
        waiting = [];
        missed = 0;
        keep(events);
        setState(before => ({...before, missed: before.missed + lost}));
      }
    }, SHOW_MILLIS);
    const heard = (name, data) => {
      if (name === 'missed') {
        missed += data.events;
      } else if (name !== 'end') {
        waiting.push(data);
        waiting.splice(0, Math.max(0, waiting.length - KEPT_MAX));
      }
    };
    const opened = () => {
      setState(before => ({...before, connection: 'open', reason: ''}));
      ask('/api/past', {signal: stop.signal}).then(past => keep(past.events), () => undefined);
    };
    const connect = async () => {
      const reason = await follow('/api/events', {signal: stop.signal, headers: authorization()}, opened, heard).catch(failure => failure.message);
      if (!stop.signal.aborted) {
        setState(before => ({...before, connection: 'away', reason}));
        retry = setTimeout(connect, RETRY_MILLIS);
      }
    };
    connect();
    return () => {
      stop.abort();
      clearInterval(flush);
      clearTimeout(retry);
    };
  }, [isPaused]);
  return [state, () => setState(before => ({...before, events: [], missed: 0}))];
}

/** By time, nothing twice, the newest kept. */
function ordered(events) {
  const byKey = new Map(events.map(event => [keyOf(event), event]));
  return [...byKey.values()].sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || a.number - b.number).slice(-KEPT_MAX);
}

function keyOf(event) {
  return `${event.at} ${event.number} ${event.name}`;
}

export function Live() {
  const [isPaused, setPaused] = useState(false);
  const [state, clear] = useEvents(isPaused);
  const {filter, view} = useFilter(undefined, 'name:branch.voted took>10ms -session');
  useKeys({p: () => setPaused(before => !before), x: clear});
  const admitted = state.events.filter(event => admits(filter, eventValues(event)));
  const rows = admitted.slice(-SHOWN_MAX).reverse();
  return html`
    <h1>Live</h1>
    <p class="lead">What this process tells, as it happens, the newest first.</p>
    ${view}
    <p class="toolbar">
      <button type="button" aria-pressed=${isPaused} onClick=${() => setPaused(!isPaused)}>${isPaused ? 'Go on' : 'Pause'} <kbd>p</kbd></button>
      <button type="button" onClick=${clear}>Clear <kbd>x</kbd></button>
      <span role="status">${isPaused
        ? html`<${Mark} kind="waiting">paused</${Mark}>`
        : state.connection === 'open'
          ? html`<${Mark} kind="good">listening</${Mark}>`
          : html`<${Mark} kind="bad">${state.connection === 'connecting' ? 'connecting' : `not listening: ${state.reason}. Trying again`}</${Mark}>`}
        ${' '}${admitted.length} of ${state.events.length} admitted${rows.length < admitted.length ? `, the last ${rows.length} shown` : ''}</span></p>
    ${state.missed > 0 && html`<p class="note bad"><${Mark} kind="warn" /> ${state.missed} events were missed: more came than this page could take.</p>`}
    ${state.connection === 'open' && state.events.length === 0 && html`<${Calm} title="All quiet.">Nothing has happened yet; what does is shown here.</${Calm}>`}
    ${rows.length > 0 && html`<${EventRows} rows=${rows} />`}`;
}

export function EventRows({rows, label}) {
  return html`<${Rows} label=${label ?? 'events'} rows=${rows} keyOf=${keyOf}
    columns=${[
      ['time', event => clock(event.at, true), 'number'],
      ['event', event => html`<code>${event.name}</code>`],
      ['transaction', event => (event.transaction ? html`<a href=${`#/transactions/${event.transaction}`} title=${event.transaction}>${short(event.transaction)}</a>` : ''), 'id'],
      ['what', event => said(event).replace(/^[^:]*:? ?/, '')],
    ]} />`;
}
