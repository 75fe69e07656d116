// The traces that this process keeps, and one of them as bars over time.
import {Calm, Failure, Mark, Rows, Waiting, clock, count, duration, html, useAnswer, words} from './base.js';
import {laid} from './trace-tree.js';

const NANOS = 1e6;
const DEPTH_SHOWN = 8;
const TRANSACTION = 'assent.transaction.id';
const PHASES = {prepare: 'prepare', decide: 'decide', commit: 'tell', rollback: 'tell'};

export function Traces({id, status}) {
  return id ? html`<${OneTrace} key=${id} id=${id} />` : html`<${List} kind=${status?.kind} />`;
}

function List({kind}) {
  const answer = useAnswer('/api/traces?limit=200', 3_000);
  const {kept, traces} = answer.data ?? {};
  return html`
    <h1>Traces</h1>
    <p class="lead">Those that went through this process, the latest first: its own spans, the rest is with the others.</p>
    <${Failure} answer=${answer} /><${Waiting} answer=${answer} />
    ${kept === 0 && html`<p class="note">This ${kind ?? 'process'} keeps no traces. <code>traces.kept=256</code> in its settings keeps the last 256.</p>`}
    ${kept > 0 && traces.length === 0 && html`<${Calm} title="No trace yet.">Nothing that is recorded has ended here.</${Calm}>`}
    ${traces?.length > 0 && html`<${Rows} label="traces" rows=${traces} keyOf=${row => row.id}
      columns=${[
        ['trace', row => html`<a href=${`#/traces/${row.id}`}>${row.id}</a>`, 'id'],
        ['begins with', row => html`<b>${row.name}</b>`],
        ['at', row => clock(row.start, true), 'number'],
        ['took', row => duration(row.nanos / NANOS), 'number'],
        ['spans', row => row.spans, 'number'],
        ['failures', row => (row.failures > 0 ? html`<${Mark} kind="bad">${row.failures}</${Mark}>` : html`<${Mark} kind="good">none</${Mark}>`)],
      ]} />`}`;
}

function OneTrace({id}) {
  const answer = useAnswer(`/api/traces/${encodeURIComponent(id)}`, 3_000);
  const trace = answer.data;
  const rows = trace ? laid(trace.spans) : [];
  return html`
    <p><a href="#/traces">← all traces</a></p>
    <h1>Trace <code class="long">${id}</code></h1>
    <p class="lead">Spans of this process that have ended; those that stand at the margin have their parents elsewhere, or not yet.</p>
    ${answer.isMissing ? html`<p class="note">This process does not remember it.</p>` : html`<${Failure} answer=${answer} />`}<${Waiting} answer=${answer} />
    ${trace?.leftOut > 0 && html`<p class="note">${count(trace.leftOut, 'span', 'spans')} more had no place.</p>`}
    ${rows.length > 0 && html`<ol class="spans waterfall" aria-label="spans">${rows.map(row => html`<li key=${row.span.id} class="fall">
      <span class="who" style=${{paddingLeft: `${Math.min(row.depth, DEPTH_SHOWN) * 0.8}rem`}}><b>${row.span.name}</b>${' '}
        <small>${duration(row.span.nanos / NANOS)}${row.span.kind === 'INTERNAL' ? '' : `, ${words(row.span.kind)}`}</small></span>
      <span class="track"><span class=${`bar ${kind(row.span)}`} style=${{left: `${row.from}%`, width: `${row.width}%`}}></span></span>
      <div class="told">${row.span.failure !== undefined && html`<span><${Mark} kind="bad">failed</${Mark}> ${row.span.failure}</span>`}
        ${row.span.attributes.length > 0 && html`<${Attributes} span=${row.span} />`}</div></li>`)}</ol>`}`;
}

function kind(span) {
  return span.failure !== undefined ? 'bad' : PHASES[span.name.split(' ')[0]] ?? 'active';
}

/** A transaction's is a way to its page. */
function Attributes({span}) {
  return html`<details><summary>${count(span.attributes.length, 'attribute', 'attributes')}</summary><dl class="facts">${span.attributes.map(one => html`
    <dt>${one.name}</dt><dd>${one.name === TRANSACTION ? html`<a class="long" href=${`#/transactions/${one.value}`}>${one.value}</a>` : html`<code class="long">${one.value}</code>`}</dd>`)}
    <dt>process</dt><dd>${span.process}</dd></dl></details>`;
}
