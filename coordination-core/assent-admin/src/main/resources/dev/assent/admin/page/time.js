// The last minutes, moment by moment.
import {Failure, Mark, Waiting, ask, clock, count, duration, html, useKeys, useNow} from './base.js';
import {useEffect, useMemo, useRef, useState} from './vendor/hooks.js';
import {ShardGrid} from './cluster.js';
import {EventRows} from './live.js';
import {useFilter} from './filter-box.js';
import {admits, eventValues} from './filter.js';
import {EMPTY, at as stateAt, extended, range, rates, step, turning} from './scrub.js';
import uPlot from './vendor/uplot.js';

const MINUTES = 15;
const EVERY_MILLIS = 1_500;
/** Events are told a little after they are stamped. */
const OVERLAP_MILLIS = 3_000;
const FRAME_MILLIS = 100;
const AROUND_MILLIS = 1_500;
const AROUND_MAX = 60;
const FAMILIES = ['transaction', 'branch', 'recovery', 'shard', 'member', 'session', 'outbox'];
const SPEEDS = [1, 4, 16];

/** What the process remembers, and what came since: each question begins a little before where the last one ended. */
function usePast() {
  const [past, setPast] = useState({log: EMPTY, data: undefined, failure: undefined, at: 0});
  useEffect(() => {
    let stopped = false;
    let timer;
    let after = 0;
    const again = async () => {
      if (!document.hidden) {
        await ask(`/api/past?after=${after}`).then(
          data => {
            after = Math.max(0, Date.parse(data.now) - OVERLAP_MILLIS);
            stopped || setPast(before => ({log: extended(before.log, data), data, failure: undefined, at: Date.now()}));
          },
          failure => stopped || setPast(before => ({...before, failure: failure.message})));
      }
      if (!stopped) {
        timer = setTimeout(again, EVERY_MILLIS);
      }
    };
    again();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, []);
  return past;
}

export function Time() {
  const past = usePast();
  const {log} = past;
  const now = useNow(500);
  const [moment, setMoment] = useState(null);
  const [speed, setSpeed] = useState(0);
  const {filter, view} = useFilter(undefined, 'name:shard');
  const {from, to} = range(log, now, MINUTES);
  const at = Math.min(to, Math.max(from, moment ?? to));
  const points = useMemo(() => turning(log), [log]);
  usePlaying(speed, at, to, setMoment, setSpeed);
  const go = millis => {
    setSpeed(0);
    setMoment(millis >= to ? null : millis);
  };
  useKeys({
    ArrowLeft: () => go(step(points, at, -1)),
    ArrowRight: () => go(step(points, at, 1)),
    ' ': () => setSpeed(before => (before ? 0 : 1)),
    End: () => go(to),
  });
  const state = stateAt(log, at);
  const around = log.events.filter(event => Math.abs(event.millis - at) <= AROUND_MILLIS && admits(filter, eventValues(event)));
  return html`
    <h1>Time</h1>
    <p class="lead">The last ${MINUTES} minutes, as far as this process remembers them. Move to any moment: who led what, and what happened then.</p>
    <${Failure} answer=${past} /><${Waiting} answer=${past} />
    <div class="scrubber">
      <${Plot} log=${log} from=${from} to=${to} at=${at} onGo=${go} />
      <div class="marks" aria-hidden="true">${points.filter(point => point.millis >= from).slice(-200).map(point => html`<i
        class=${point.event ? 'own' : ''} style=${{left: `${((point.millis - from) / (to - from)) * 100}%`}} title=${pointText(point)}></i>`)}</div>
      <input type="range" aria-label="moment" min=${Math.floor(from)} max=${Math.ceil(to)} step="10" value=${at}
        aria-valuetext=${clock(at, true)} onInput=${event => go(Number(event.target.value))} />
      <p class="toolbar">
        <button type="button" aria-label="the turning point before" onClick=${() => go(step(points, at, -1))}>‹ Back <kbd>←</kbd></button>
        <button type="button" aria-pressed=${speed > 0} onClick=${() => setSpeed(speed ? 0 : 1)}>${speed ? 'Stop' : 'Play'} <kbd>space</kbd></button>
        ${SPEEDS.map(one => html`<button type="button" aria-pressed=${speed === one} onClick=${() => setSpeed(one)}>${one}×</button>`)}
        <button type="button" aria-label="the next turning point" onClick=${() => go(step(points, at, 1))}>On › <kbd>→</kbd></button>
        <button type="button" aria-pressed=${moment === null} onClick=${() => go(to)}>Now <kbd>End</kbd></button>
        <output>${clock(at, true)}${moment === null ? ', now' : `, ${duration(to - at)} ago`}</output></p>
    </div>
    <${Then} state=${state} />
    <${Turning} points=${points} from=${from} at=${at} onGo=${go} />
    <section><h2>Around this moment <small>${duration(AROUND_MILLIS)} before and after</small></h2>
      ${view}
      ${around.length === 0
        ? html`<p class="quiet">Nothing that is remembered.</p>`
        : html`<p class="quiet">${count(around.length, 'event', 'events')}${around.length > AROUND_MAX ? `, the ${AROUND_MAX} nearest shown` : ''}.</p>
          <${EventRows} label="events around the moment" rows=${nearest(around, at)} />`}</section>`;
}

function nearest(events, at) {
  return [...events].sort((a, b) => Math.abs(a.millis - at) - Math.abs(b.millis - at)).slice(0, AROUND_MAX)
    .sort((a, b) => b.millis - a.millis);
}

/** Moves on by itself, and stops where now is. */
function usePlaying(speed, at, to, setMoment, setSpeed) {
  const current = useRef({at, to});
  current.current = {at, to};
  useEffect(() => {
    if (speed === 0) {
      return undefined;
    }
    const timer = setInterval(() => {
      const next = current.current.at + FRAME_MILLIS * speed;
      if (next >= current.current.to) {
        setSpeed(0);
        setMoment(null);
      } else {
        setMoment(next);
      }
    }, FRAME_MILLIS);
    return () => clearInterval(timer);
  }, [speed]);
}

function Then({state}) {
  if (!state.known) {
    return html`<section class="then" aria-live="polite"><h2>Then</h2><p class="note">This process had not looked at the store yet:
      who led what is not known of that moment.</p></section>`;
  }
  return html`<section class="then" aria-live="polite"><h2>Then <small>seen in the store at ${clock(state.seenAt, true)}, and told since</small></h2>
    ${state.problem && html`<p class="note bad"><${Mark} kind="bad" /> The store could not be asked: ${state.problem}</p>`}
    <p>${state.coordinators.length > 0 && html`Alive: ${state.coordinators.map((one, i) => html`${i > 0 ? ', ' : ''}<b>${one.name}</b>${one.leaving ? ' (leaving)' : ''}`)}. `}
      ${state.servers.some(one => one.leader) && html`The store's leader: server <b>${state.servers.find(one => one.leader).id}</b>. `}
      ${state.server && html`<small>${state.server}.</small>`}</p>
    ${state.shards.length > 0 && html`<${ShardGrid} shards=${state.shards} self=${state.coordinators.find(one => one.self)?.name} />`}</section>`;
}

function pointText(point) {
  if (!point.event) {
    return point.changes.join('; ');
  }
  const event = point.event;
  const what = {
    'shard.taken': () => `${event.node} takes shard ${event.shard}, epoch ${event.epoch}`,
    'shard.given': () => `${event.node} gives shard ${event.shard}`,
    'member.looking': () => `server ${event.server} looks for a leader`,
    'member.serving': () => `server ${event.server} serves, leader ${event.leader}, epoch ${event.epoch}`,
    'recovery.failed': () => `recovery of ${event.what} failed: ${event.cause}`,
  }[event.name];
  return what ? what() : `${event.name} ${event.resource ?? event.relay ?? ''} ${event.cause ?? ''}`;
}

function Turning({points, from, at, onGo}) {
  const shown = points.filter(point => point.millis >= from).slice(-40).reverse();
  return html`<section><h2>Turning points</h2>
    ${shown.length === 0 && html`<p class="quiet"><${Mark} kind="good">nothing changed hands and nothing failed</${Mark}></p>`}
    <ol class="points">${shown.map(point => html`<li aria-current=${Math.abs(point.millis - at) < 1 ? 'true' : undefined}>
      <button type="button" class="link" onClick=${() => onGo(point.millis)}>${clock(point.millis, true)}</button> ${pointText(point)}</li>`)}</ol></section>`;
}

/** Events a second by family; a click goes there. */
function Plot({log, from, to, at, onGo}) {
  const place = useRef(null);
  const plot = useRef(null);
  const current = useRef({});
  current.current = {at, onGo};
  useEffect(() => {
    const wide = () => ({width: Math.max(200, place.current.clientWidth), height: 130});
    plot.current = new uPlot(options(wide(), current), [[], ...FAMILIES.map(() => [])], place.current);
    const again = () => {
      const {data} = plot.current;
      plot.current.destroy();
      plot.current = new uPlot(options(wide(), current), data, place.current);
    };
    const themes = new MutationObserver(again);
    const system = matchMedia('(prefers-color-scheme: dark)');
    themes.observe(document.documentElement, {attributeFilter: ['data-theme']});
    system.addEventListener('change', again);
    const observer = new ResizeObserver(() => plot.current.setSize(wide()));
    observer.observe(place.current);
    return () => {
      observer.disconnect();
      themes.disconnect();
      system.removeEventListener('change', again);
      plot.current.destroy();
    };
  }, []);
  useEffect(() => plot.current.setData(rates(log, from, to, 120, FAMILIES)), [log, Math.floor(to / 1_000)]);
  useEffect(() => plot.current.redraw(false), [at]);
  return html`<div><div class="plot" ref=${place} role="img" aria-label="events a second by family"></div>
    <p class="legend" aria-label="families">${FAMILIES.map((family, i) => html`<span key=${family}><i class=${`line family-${i} ${i % 2 ? 'dashed' : ''}`} aria-hidden="true"></i> ${family}</span>`)}</p></div>`;
}

function options(size, current) {
  const style = getComputedStyle(document.documentElement);
  const colour = name => style.getPropertyValue(name).trim();
  const axis = {stroke: colour('--quiet'), grid: {stroke: colour('--line'), width: 1}, ticks: {stroke: colour('--line')}, font: '11px sans-serif'};
  return {
    ...size,
    legend: {show: false},
    cursor: {drag: {setScale: false}, points: {show: false}},
    scales: {x: {time: true}},
    axes: [{...axis, values: (plot, splits) => splits.map(second => clock(second * 1_000))}, {...axis, size: 44, label: 'events/s', labelSize: 14, labelFont: '11px sans-serif'}],
    series: [{}, ...FAMILIES.map((family, i) => ({
      label: family, stroke: colour(`--family-${i}`), width: 1.5, dash: i % 2 ? [5, 3] : undefined, points: {show: false},
    }))],
    hooks: {
      draw: [plot => {
        const x = plot.valToPos(current.current.at / 1_000, 'x', true);
        plot.ctx.save();
        plot.ctx.fillStyle = colour('--accent');
        plot.ctx.fillRect(x - 1, plot.bbox.top, 2 * devicePixelRatio, plot.bbox.height);
        plot.ctx.restore();
      }],
      ready: [plot => plot.over.addEventListener('click', () => current.current.onGo(plot.posToVal(plot.cursor.left, 'x') * 1_000))],
    },
  };
}
