// What the server answers to `byline/attribution`, and how a person reads it. Nothing here knows VS Code.

export interface Range {
  /** 0-based lines, `end` not included. */
  start: number;
  end: number;
  owner: 'session' | 'human' | 'unknown';
  session_id: string | null;
  agent: string | null;
  model: string | null;
  prompt: string | null;
  state: 'committed' | 'uncommitted' | 'unsaved';
  reason: string;
  color_key: number | null;
}

export interface Session {
  agent: string;
  model: string | null;
  parent_session_id: string | null;
  subagent_type: string | null;
  status: string | null;
  turns: { id: string | null; prompt: string; at: number }[];
}

export interface Answer {
  uri: string;
  version: number | null;
  shown: boolean;
  ranges: Range[];
  sessions: Record<string, Session>;
  summary: { ai_lines: number; lines: number; percent: number; agents: string[]; unreviewed?: number | null };
  /** Lines that a person has marked as reviewed: first, and the one after the last. */
  reviewed?: [number, number][];
}

export const COLORS = 12;
/** Colours times patterns: as many sessions as a file can tell apart. */
export const SLOTS = 24;

/** Prompts are untrusted text: one line, nothing invisible, nothing that VS Code would draw as an icon. */
export function clean(text: string, size = 80): string {
  const visible = text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').replace(/[\p{Cf}\p{Cs}\p{Cn}]/gu, '');
  const plain = visible.replace(/\$\(/g, '$ (').trim();
  const points = Array.from(plain);
  return points.length <= size ? plain : points.slice(0, size - 1).join('').trimEnd() + '…';
}

/** Whether two texts have the same words, in whatever order: a formatter moves and spaces, a person writes. */
export function sameWords(one: string, other: string): boolean {
  const words = (text: string): string => (text.match(/[\p{L}\p{N}_]+/gu) ?? []).sort().join(' ');
  return words(one) === words(other);
}

export const isAi = (range: Range): boolean => range.owner === 'session';

/** The range that holds a 0-based line. */
export function rangeAt(ranges: readonly Range[], line: number): Range | undefined {
  let low = 0;
  let high = ranges.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const range = ranges[middle]!;
    if (line < range.start) high = middle - 1;
    else if (line >= range.end) low = middle + 1;
    else return range;
  }
  return undefined;
}

/** A session's colour and pattern, by what the server says; where two of a file have the same, the later one moves on. */
export function slots(ranges: readonly Range[]): Map<string, number> {
  const taken = new Map<string, number>();
  const used = new Set<number>();
  for (const range of ranges) {
    if (!isAi(range) || !range.session_id || taken.has(range.session_id)) continue;
    let slot = (range.color_key ?? 0) % SLOTS;
    for (let tries = 0; used.has(slot) && tries < SLOTS; tries++) slot = (slot + 1) % SLOTS;
    used.add(slot);
    taken.set(range.session_id, slot);
  }
  return taken;
}

/** `claude · "add retry to the client"`. */
export function label(range: Range, size = 60): string {
  if (range.owner === 'human') return 'human';
  if (range.owner === 'unknown') return range.state === 'unsaved' ? 'not saved yet' : 'unknown writer';
  const agent = clean(range.agent ?? 'an agent', 30);
  return range.prompt ? `${agent} · "${clean(range.prompt, size)}"` : agent;
}

export const isReviewed = (answer: Answer, line: number): boolean =>
  (answer.reviewed ?? []).some(([start, end]) => start <= line && line < end);

/** What stands in the gutter beside a line, besides the stripe: nothing may be told by colour alone. */
export function gutterMark(answer: Answer, range: Range, line: number, first: boolean): string {
  const reviewed = isReviewed(answer, line);
  if (reviewed && (first || line === range.start || !isReviewed(answer, line - 1))) return '✓';
  return first && !reviewed ? (/[a-z0-9]{1,2}/i.exec(range.agent ?? '')?.[0] ?? '?') : '';
}

/** The same in full, for a screen reader: `Line 12: written by claude, prompt: …, not saved, reviewed`. */
export function spoken(range: Range, line: number, reviewed = false): string {
  const who = { session: `written by ${clean(range.agent ?? 'an agent', 30)}`, human: 'written by a person', unknown: 'writer unknown' };
  const parts = [`Line ${line + 1}: ${who[range.owner]}`];
  if (range.owner === 'session' && range.prompt) parts.push(`prompt: ${clean(range.prompt, 120)}`);
  if (range.state !== 'committed') parts.push(range.state === 'unsaved' ? 'not saved' : 'not committed');
  if (reviewed) parts.push('reviewed');
  return parts.join(', ');
}

export interface FileSession {
  id: string;
  agent: string;
  prompt: string | null;
  lines: number;
  slot: number | undefined;
  runs: { start: number; end: number }[];
  children: FileSession[];
}

/** The sessions that wrote lines, subagents below the session that started them, most lines first. */
export function fileSessions(answer: Answer): FileSession[] {
  const slot = slots(answer.ranges);
  const found = new Map<string, FileSession>();
  const add = (id: string, agent: string): FileSession => {
    const known = answer.sessions[id];
    const kind = known?.subagent_type ? ` (${known.subagent_type})` : '';
    const session = found.get(id) ?? {
      id, agent: clean((known?.agent ?? agent) + kind, 40), prompt: known?.turns.at(-1)?.prompt ?? null,
      lines: 0, slot: slot.get(id), runs: [], children: [],
    };
    found.set(id, session);
    return session;
  };
  for (const range of answer.ranges) {
    if (!isAi(range) || !range.session_id) continue;
    const session = add(range.session_id, range.agent ?? 'an agent');
    session.lines += range.end - range.start;
    session.prompt ??= range.prompt;
    const last = session.runs.at(-1);
    if (last && last.end === range.start) last.end = range.end;
    else session.runs.push({ start: range.start, end: range.end });
  }
  const roots: FileSession[] = [];
  for (const session of [...found.values()]) {
    const parent = answer.sessions[session.id]?.parent_session_id;
    if (parent && parent !== session.id) add(parent, 'an agent').children.push(session);
  }
  const below = new Set([...found.values()].flatMap((session) => session.children));
  for (const session of found.values()) {
    session.children.sort(byLines);
    if (!below.has(session)) roots.push(session);
  }
  return roots.sort(byLines);
}

const byLines = (a: FileSession, b: FileSession): number => b.lines - a.lines || (a.id < b.id ? -1 : 1);
