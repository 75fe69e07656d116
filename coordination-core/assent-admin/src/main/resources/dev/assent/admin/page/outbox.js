// A relay's shards, what waits in its table, and keys that are parked.
import {Calm, Failure, Mark, Rows, Waiting, ago, count, duration, html, useAnswer, useNow, words} from './base.js';
import {Actions, ChosenActions, useChoice} from './actions.js';
import {useFilter} from './filter-box.js';
import {PARKED_FIELDS, admits, parkedValues} from './filter.js';

const STATES = {SERVING: 'good', TAKING_OVER: 'doing', HOLDING: 'warn', WAITING: 'waiting', ENDED: 'bad'};
const [RETRY, SKIP, REPLAY] = ['/api/outbox/retry', '/api/outbox/skip', '/api/outbox/replay'];
const PARKED = {RETRYING: 'doing', HELD: 'warn', STOPPED: 'bad', RESUMING: 'doing'};

export function Outbox({status}) {
  const answer = useAnswer('/api/outbox', 1_500);
  const {filter, view} = useFilter(PARKED_FIELDS, 'state:stopped failures>3');
  const now = useNow(1_000);
  const keys = useChoice();
  const data = answer.data;
  if (data && !data.relay) {
    return html`<h1>Outbox</h1><p class="note">This is a ${status?.kind ?? 'process'}: no relay publishes an outbox from here. Each relay
      shows its lag and its parked keys on its own page; its address is told when it starts.</p>`;
  }
  const parked = (data?.parked ?? []).filter(row => admits(filter, parkedValues(row, now)));
  return html`
    <h1>Outbox</h1>
    <p class="lead">From the outbox table to the broker${data ? html`, relay <b>${data.relay}</b>` : ''}.</p>
    <${Failure} answer=${answer} /><${Waiting} answer=${answer} />
    ${data?.backlog && html`<${Backlog} backlog=${data.backlog} now=${now} />`}
    ${data && html`<section><h2>Shards <small>served by this instance</small></h2>
      ${data.shards.length === 0 ? html`<p class="quiet">None: other instances serve them, or none is free.</p>` : html`<${Rows} label="shards" rows=${data.shards} keyOf=${one => one.shard}
        columns=${[
          ['shard', one => html`<b>${one.shard}</b>`],
          ['state', one => html`<${Mark} kind=${STATES[one.state] ?? 'bad'}>${words(one.state)}</${Mark}>`],
          ['published', one => one.published, 'number'],
          ['refused', one => one.refusals, 'number'],
          ['held', one => `${count(one.heldKeys, 'key', 'keys')}, ${count(one.heldRows, 'row', 'rows')}`],
          ['last problem', one => one.lastProblem ?? ''],
        ]} />`}</section>
    <section><h2>Parked keys</h2>
      ${data.parked.length === 0
        ? html`<${Calm} title="No key is parked.">Whatever is in the outbox goes out in its order.</${Calm}>`
        : html`${view}<${ChosenActions} rows=${parked} choice=${keys} nameOf=${row => row.key} paths=${[RETRY, SKIP]} />
          <${Rows} label="parked keys" rows=${parked} keyOf=${row => `${row.shard} ${row.key}`}
          columns=${[
            keys.column(row => row.key),
            ['key', row => html`<b>${row.key}</b>`],
            ['state', row => html`<${Mark} kind=${PARKED[row.state] ?? 'bad'}>${words(row.state)}</${Mark}>`],
            ['since', row => duration(Math.max(0, now - Date.parse(row.since))), 'number'],
            ['failures', row => row.failures, 'number'],
            ['row', row => row.row, 'number'],
            ['reason', row => row.reason],
            ['orders', row => html`<${Actions} paths=${row.state === 'STOPPED' || row.state === 'HELD' ? [RETRY, SKIP] : [RETRY]} items=${[row.key]} />`],
          ]} />`}</section>
    <${DeadLetters} />`}`;
}

function DeadLetters() {
  const answer = useAnswer('/api/dead-letters', 5_000);
  const choice = useChoice();
  const letters = answer.data?.letters ?? [];
  const nameOf = row => String(row.number);
  const isWaiting = row => row.replayedAs === undefined;
  return html`<section><h2>Dead letters <small>refused for good; a replay appends one again</small></h2>
    <${Failure} answer=${answer} /><${Waiting} answer=${answer} />
    ${answer.data?.problem && html`<p class="note bad" role="status"><${Mark} kind="bad" /> They could not be read: ${answer.data.problem}</p>`}
    ${answer.data && !answer.data.problem && letters.length === 0 && html`<${Calm} title="No dead letters.">No record was given up.</${Calm}>`}
    ${letters.length > 0 && html`<${ChosenActions} rows=${letters.filter(isWaiting)} choice=${choice} nameOf=${nameOf} paths=${[REPLAY]} />
      <${Rows} label="dead letters" rows=${letters} keyOf=${nameOf}
        columns=${[
          choice.column(nameOf, isWaiting),
          ['number', row => row.number, 'number'],
          ['key', row => html`<b>${row.key}</b>`],
          ['topic', row => row.topic],
          ['event', row => row.event],
          ['failures', row => row.failures, 'number'],
          ['reason', row => row.reason],
          ['replayed', row => (row.replayedAs === undefined ? 'no' : `as row ${row.replayedAs}`)],
          ['orders', row => isWaiting(row) && html`<${Actions} paths=${[REPLAY]} items=${[nameOf(row)]} />`],
        ]} />`}</section>`;
}

function Backlog({backlog, now}) {
  if (backlog.problem) {
    return html`<p class="note bad" role="status"><${Mark} kind="bad" /> What waits could not be counted: ${backlog.problem}</p>`;
  }
  if (backlog.rows === 0) {
    return html`<${Calm} title="Nothing waits.">The table was empty when it was looked at, ${ago(now - Date.parse(backlog.readAt))}.</${Calm}>`;
  }
  return html`<ul class="figures" aria-label="backlog"><li class=${backlog.oldestSeconds > 5 ? 'hot' : ''}><b>${backlog.rows >= 100_000 ? '100,000 or more' : backlog.rows}</b> rows wait</li>
    <li><b>${backlog.bytes < 10_000 ? `${backlog.bytes} B` : backlog.bytes < 10_000_000 ? `${Math.round(backlog.bytes / 1_000)} kB` : `${Math.round(backlog.bytes / 1_000_000)} MB`}</b> of bodies and headers</li>
    <li class=${backlog.oldestSeconds > 5 ? 'hot' : ''}>the oldest for <b>${duration(backlog.oldestSeconds * 1_000)}</b></li></ul>`;
}
