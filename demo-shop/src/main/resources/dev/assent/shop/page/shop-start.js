// The start, step by step, and what happened since.
import {Mark, clock, count, duration, html} from './base.js';

const MARKS = {DONE: 'good', DOING: 'doing', WAITING: 'waiting', FAILED: 'bad'};
const WORDS = {DONE: 'is up', DOING: 'begins', FAILED: 'failed'};

export function Start({picture}) {
  const {steps, open} = picture;
  const left = steps.filter(step => step.progress !== 'DONE');
  if (steps.length > 0 && left.length === 0) {
    return null;
  }
  const longest = Math.max(1, ...steps.map(step => step.millis));
  return html`<section class="start" aria-labelledby="h-start">
    <h2 id="h-start">${open ? 'The shop is open' : 'The shop opens soon'}
      <small role="status">${duration(picture.sinceStartMillis)}: ${steps.length - left.length} of ${count(steps.length, 'part', 'parts')} up${open ? ', the rest follows' : ''}</small></h2>
    <ol class="progress">${steps.map(step => html`<li key=${step.name} class=${step.progress.toLowerCase()}>
      <span><${Mark} kind=${MARKS[step.progress]}>${step.name}</${Mark}></span>
      <span class="measure" aria-hidden="true"><i style=${{width: `${Math.round(100 * step.millis / longest)}%`}}></i></span>
      <span class="quiet">${step.progress === 'WAITING' ? `waits for ${step.waitsFor}` : `${WORDS[step.progress]}, ${duration(step.millis)}`}</span></li>`)}</ol>
  </section>`;
}

export function News({lines}) {
  if (lines.length === 0) {
    return html`<p class="quiet">Nothing yet.</p>`;
  }
  return html`<ul class="plain news">${lines.map(line => html`<li key=${`${line.epochMillis} ${line.text}`}>
    <span class="number quiet">${clock(line.epochMillis)}</span> <span>${line.text}</span></li>`)}</ul>`;
}
