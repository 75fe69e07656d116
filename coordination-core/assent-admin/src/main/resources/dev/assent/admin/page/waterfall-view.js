// A transaction's bars over time.
import {Fragment, duration, html} from './base.js';
import {layout} from './waterfall.js';

const KINDS = {active: 'open', prepare: 'prepare', decide: 'decide', tell: 'tell', bad: 'no'};

export function Waterfall({history, now}) {
  const {span, rows, ticks} = layout(history, now);
  const percent = millis => `${Math.min(100, (millis / span) * 100).toFixed(3)}%`;
  return html`<${Fragment}>
    <div class="waterfall" role="table" aria-label="waterfall">
      <div class="scale" aria-hidden="true"><span></span><div>${ticks.map(tick => html`<i style=${{left: percent(tick)}}>${duration(tick)}</i>`)}</div></div>
      ${rows.map(row => html`<div class="fall" role="row" key=${row.label}>
        <div class="who" role="rowheader">${row.detail || row.label}${row.detail && html` <small>${row.label}</small>`}</div>
        <div class="track" role="cell">
          ${row.bars.map(bar => html`<span class=${`bar ${bar.kind} ${bar.open ? 'open' : ''}`}
            style=${{left: percent(bar.from), width: percent(bar.to - bar.from)}}
            title=${`${bar.text}: ${duration(bar.to - bar.from)}${bar.open ? ' so far' : ''}`}><b>${KINDS[bar.kind]}</b></span>`)}
          ${row.marks.map(mark => html`<span class=${`tick ${mark.kind}`} style=${{left: percent(mark.at)}} title=${mark.text}></span>`)}
        </div>
        <ul class="told">${row.bars.map(bar => html`<li><b>${KINDS[bar.kind]}</b> ${bar.text}, ${duration(bar.to - bar.from)}${bar.open ? ' so far' : ''}</li>`)}</ul>
      </div>`)}
    </div>
    <p class="legend" aria-label="legend">${Object.entries(KINDS).map(([kind, text]) => html`<span><span class=${`bar ${kind}`} aria-hidden="true"></span> ${text}</span>`)}
      <span><span class="tick decision" aria-hidden="true"></span> the decision is durable</span></p>
  </${Fragment}>`;
}
