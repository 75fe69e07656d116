// The last minutes: what was so at a moment, and what happened around it. Pure.

export const EVENTS_MAX = 12_000;
export const MOMENTS_MAX = 1_000;

export const EMPTY = {events: [], moments: [], seen: new Set(), problem: ''};

/** The log with what the API told since: nothing twice, in the order of time, the oldest left out beyond the bounds. */
export function extended(log, past) {
  const seen = new Set(log.seen);
  const events = [...log.events];
  for (const event of past.events) {
    const key = `${event.number} ${event.name} ${event.at}`;
    if (!seen.has(key)) {
      seen.add(key);
      events.push({...event, millis: Date.parse(event.at), key});
    }
  }
  events.sort((a, b) => a.millis - b.millis || a.number - b.number);
  events.splice(0, Math.max(0, events.length - EVENTS_MAX)).forEach(event => seen.delete(event.key));
  const known = new Set(log.moments.map(moment => moment.at));
  const moments = [...log.moments, ...past.moments
    .filter(moment => !known.has(moment.at))
    .map(moment => ({...moment, millis: Date.parse(moment.at)}))];
  moments.sort((a, b) => a.millis - b.millis);
  return {events, moments: moments.slice(-MOMENTS_MAX), seen};
}

/** From when to when there is something to see. */
export function range(log, nowMillis, minutes) {
  const oldest = Math.min(nowMillis - 10_000, log.moments[0]?.millis ?? nowMillis, log.events[0]?.millis ?? nowMillis);
  return {from: Math.max(oldest, nowMillis - minutes * 60_000), to: nowMillis};
}

/**
 * Who led what then: the last look at the store before, and what this process told of its own shards since.
 *
 * @returns {known: false} before the first look
 */
export function at(log, millis) {
  const looks = log.moments.filter(moment => moment.millis <= millis);
  const base = looks.filter(moment => !moment.problem).at(-1);
  if (!base) {
    return {known: false, shards: [], coordinators: [], servers: [], problem: looks.at(-1)?.problem};
  }
  const shards = new Map(base.shards.map(shard => [shard.shard, {...shard}]));
  const server = {mode: undefined};
  for (const event of log.events) {
    if (event.millis > millis) {
      break;
    }
    if (event.millis > base.millis) {
      apply(event, shards);
    }
    serverOf(event, server);
  }
  return {
    known: true,
    seenAt: base.millis,
    problem: looks.at(-1).problem,
    coordinators: base.coordinators,
    servers: base.servers,
    server: server.mode,
    shards: [...shards.values()].sort((a, b) => a.shard - b.shard),
  };
}

function apply(event, shards) {
  if (event.name === 'shard.taken') {
    shards.set(event.shard, {shard: event.shard, epoch: event.epoch, node: event.node, holder: event.node});
  } else if (event.name === 'shard.given') {
    const shard = shards.get(event.shard);
    if (shard && shard.node === event.node && shard.epoch <= event.epoch) {
      shards.set(event.shard, {shard: event.shard, epoch: event.epoch});
    }
  }
}

function serverOf(event, server) {
  if (event.name === 'member.serving') {
    server.mode = `server ${event.server} serves, ${String(event.role).toLowerCase()}, leader ${event.leader}, epoch ${event.epoch}`;
  } else if (event.name === 'member.looking') {
    server.mode = `server ${event.server} looks for a leader`;
  } else if (event.name === 'member.stopped') {
    server.mode = `server ${event.server} has stopped: ${event.cause}`;
  }
}

/** What changed who leads or serves, and what went wrong: the moments that one wants to step through. */
export function turning(log) {
  const told = log.events
    .filter(isTurning)
    .map(event => ({millis: event.millis, event}));
  const looks = log.moments.map((moment, i) => ({millis: moment.millis, changes: changes(log.moments[i - 1], moment)}))
    .filter(look => look.changes.length > 0);
  return [...told, ...looks].sort((a, b) => a.millis - b.millis);
}

function isTurning(event) {
  return /^(shard|recovery\.(fenced|failed|leftAlone)|member\.(looking|serving|stopped)|branch\.heuristic|outbox\.(taken|given|stalled|resumed|parked|released))/
    .test(event.name);
}

/** What a look at the store shows that the one before did not, in words. */
export function changes(before, after) {
  if (!before) {
    return [];
  }
  if (before.problem || after.problem) {
    return [after.problem ? `the store cannot be asked: ${after.problem}` : 'the store answers again'];
  }
  const said = [];
  const names = moment => new Map(moment.coordinators.map(one => [one.id, one.name]));
  for (const [id, name] of names(after)) {
    if (!names(before).has(id)) {
      said.push(`${name} joined`);
    }
  }
  for (const [id, name] of names(before)) {
    if (!names(after).has(id)) {
      said.push(`${name} is gone`);
    }
  }
  return [...said, ...moves(before, after)];
}

function moves(before, after) {
  const holders = new Map(before.shards.map(shard => [shard.shard, shard.node]));
  const moved = new Map();
  for (const shard of after.shards) {
    if (holders.has(shard.shard) && holders.get(shard.shard) !== shard.node) {
      const how = `${holders.get(shard.shard) ?? 'nobody'} → ${shard.node ?? 'nobody'}`;
      moved.set(how, [...(moved.get(how) ?? []), shard.shard]);
    }
  }
  return [...moved].map(([how, shards]) => `${shards.length === 1 ? 'shard' : 'shards'} ${shards.join(', ')}: ${how}`);
}

/** The next turning moment in that direction (1 or -1); where it stands if there is none. */
export function step(points, millis, direction) {
  const next = direction > 0
    ? points.find(point => point.millis > millis)
    : points.filter(point => point.millis < millis).at(-1);
  return next ? next.millis : millis;
}

/** Events a second by family, in as many buckets: [seconds, ...counts]. */
export function rates(log, from, to, buckets, families) {
  const width = (to - from) / buckets;
  const seconds = Array.from({length: buckets}, (_, i) => (from + i * width) / 1_000);
  const counts = families.map(() => new Array(buckets).fill(0));
  for (const event of log.events) {
    const family = families.findIndex(name => event.name.startsWith(name));
    const bucket = Math.floor((event.millis - from) / width);
    if (family >= 0 && bucket >= 0 && bucket < buckets) {
      counts[family][bucket] += 1_000 / width;
    }
  }
  return [seconds, ...counts];
}
