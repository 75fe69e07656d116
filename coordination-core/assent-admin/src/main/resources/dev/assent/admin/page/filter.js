// The small language that all lists are filtered with; docs/console.md describes it. Pure.

const TERM = /([-!])?(?:([A-Za-z][\w.]*)(>=|<=|:|=|>|<))?(?:"([^"]*)"?|(\S*))/y;
const AMOUNT = /^(-?\d+(?:\.\d+)?)(ns|us|ms|s|m|h|d)?$/;
const MILLIS = {ns: 1e-6, us: 1e-3, ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000};
const COMPARISONS = new Set(['>', '<', '>=', '<=']);

/**
 * Reads a filter.
 *
 * @param fields the kind of each field that the list has: 'text', 'number' or 'duration'. Without it any name is a field
 * @returns {terms, problems}: what is wrong is left out of the terms, and said
 */
export function parse(text, fields) {
  const terms = [];
  const problems = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at])) {
      at++;
      continue;
    }
    TERM.lastIndex = at;
    const [whole, not, field, operator, quoted, bare] = TERM.exec(text);
    at += Math.max(1, whole.length);
    const value = quoted ?? bare ?? '';
    const problem = wrong(whole, field, operator, value, fields);
    if (problem) {
      problems.push(problem);
    } else if (value !== '' || field) {
      terms.push(term(Boolean(not), field, operator, value, fields));
    }
  }
  return {terms, problems};
}

function wrong(whole, field, operator, value, fields) {
  if (!field) {
    return null;
  }
  if (fields && !Object.hasOwn(fields, field)) {
    return `there is no field '${field}' here; there are ${Object.keys(fields).join(', ')}`;
  }
  if (value === '') {
    return `after ${field}${operator} a value is missing`;
  }
  if (COMPARISONS.has(operator)) {
    if (fields && fields[field] === 'text') {
      return `${field} is text: use ${field}:${value} or ${field}=${value}`;
    }
    if (!AMOUNT.test(value)) {
      return `${whole}: '${value}' is no number and no duration such as 200ms, 5s or 2m`;
    }
  }
  return null;
}

function term(not, field, operator, value, fields) {
  const kind = field && fields ? fields[field] : undefined;
  const amount = AMOUNT.exec(value);
  return {
    not,
    field,
    operator,
    words: value.toLowerCase().split('|').filter(word => word !== ''),
    amount: amount ? scaled(Number(amount[1]), amount[2], kind) : undefined,
  };
}

function scaled(number, unit, kind) {
  if (unit) {
    return number * MILLIS[unit];
  }
  return kind === 'duration' ? number * MILLIS.s : number;
}

/**
 * Whether a row is admitted.
 *
 * @param values of the row by field; text, numbers (durations in milliseconds), or lists of them
 */
export function admits(filter, values) {
  return filter.terms.every(one => holds(one, values) !== one.not);
}

function holds(term, values) {
  if (!term.field) {
    return Object.values(values).some(value => list(value).some(one => typeof one === 'string' && contains(one, term.words)));
  }
  return list(values[term.field]).some(value => compares(term, value));
}

function compares(term, value) {
  switch (term.operator) {
    case ':':
      return contains(value, term.words);
    case '=':
      return term.words.includes(String(value).toLowerCase()) || (typeof value === 'number' && value === term.amount);
    case '>':
      return Number(value) > term.amount;
    case '<':
      return Number(value) < term.amount;
    case '>=':
      return Number(value) >= term.amount;
    case '<=':
      return Number(value) <= term.amount;
    default:
      throw new Error(`no operator ${term.operator}`);
  }
}

function contains(value, words) {
  const text = String(value).toLowerCase();
  return words.some(word => text.includes(word));
}

function list(value) {
  if (value === undefined || value === null) {
    return [];
  }
  return Array.isArray(value) ? value : [value];
}

/** An event's fields as a filter sees them: durations without "nanos" in their names, in milliseconds. */
export function eventValues(event) {
  const values = {};
  for (const [name, value] of Object.entries(event)) {
    if (name === 'nanos') {
      values.took = value / 1e6;
    } else if (name.endsWith('Nanos')) {
      values[name.slice(0, -'Nanos'.length)] = value / 1e6;
    } else if (name !== 'number') {
      values[name] = value;
    }
  }
  return values;
}

export const TRANSACTION_FIELDS = {
  id: 'text', token: 'text', state: 'text', outcome: 'text', resource: 'text', vote: 'text', protocol: 'text', cause: 'text',
  shard: 'number', branches: 'number', retries: 'number', age: 'duration', took: 'duration',
};

/** A transaction's fields; its age counts from its beginning, and what it took is known when it has ended. */
export function transactionValues(row, nowMillis) {
  const begun = Date.parse(row.begunAt);
  return {
    id: row.transaction,
    token: row.token,
    state: row.state,
    outcome: row.outcome,
    protocol: row.protocol,
    shard: row.shard,
    resource: row.branches.map(branch => branch.resource),
    vote: row.branches.map(branch => branch.vote ?? 'none'),
    cause: row.branches.flatMap(branch => [branch.cause, branch.hazard]).filter(Boolean),
    branches: row.branches.length,
    retries: row.branches.reduce((sum, branch) => sum + branch.retries, 0),
    age: nowMillis - begun,
    took: row.endedAt ? Date.parse(row.endedAt) - begun : undefined,
  };
}

export const IN_DOUBT_FIELDS = {
  gid: 'text', id: 'text', database: 'text', owner: 'text', state: 'text', by: 'text', lock: 'text', waiter: 'text',
  waiters: 'number', age: 'duration',
};

/** A prepared branch's fields; waiter is who waits: application, user, process and statement. */
export function inDoubtValues(row) {
  return {
    gid: row.gid,
    id: row.transaction,
    database: row.database,
    owner: row.owner,
    state: row.state,
    by: row.madeBy,
    lock: row.locks.map(lock => `${lock.what} ${lock.mode}`),
    waiter: row.waiters.map(one => `${one.application} ${one.user} ${one.pid} ${one.query}`),
    waiters: row.waiters.length + row.behind,
    age: row.ageSeconds * 1_000,
  };
}

export const PARKED_FIELDS = {
  key: 'text', state: 'text', reason: 'text', shard: 'number', row: 'number', failures: 'number', age: 'duration',
};

export function parkedValues(row, nowMillis) {
  return {...row, age: nowMillis - Date.parse(row.since)};
}

export const SAGA_FIELDS = {
  id: 'text', name: 'text', status: 'text', executor: 'text', cause: 'text', trouble: 'text', age: 'duration',
};

export function sagaValues(saga, nowMillis) {
  return {...saga, age: nowMillis - Date.parse(saga.createdAt)};
}

export const AUDIT_FIELDS = {operator: 'text', action: 'text', subject: 'text', reason: 'text', result: 'text', age: 'duration'};

export function auditValues(entry, nowMillis) {
  return {...entry, age: nowMillis - Date.parse(entry.at)};
}
