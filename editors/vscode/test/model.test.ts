import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  clean, fileSessions, gutterMark, isReviewed, label, rangeAt, sameWords, slots, spoken, type Answer, type Range,
} from '../src/model';

const range = (start: number, end: number, more: Partial<Range> = {}): Range => ({
  start, end, owner: 'session', session_id: 's1', agent: 'claude', model: null, prompt: 'add retry', state: 'committed',
  reason: 'write by Edit', color_key: 3, ...more,
});
const nobody = { owner: 'unknown', session_id: null, agent: null, prompt: null, color_key: null } as const;

test('a prompt is one visible line and draws no icon', () => {
  assert.equal(clean('a\n\tb\u202e$(trash)\u0007 c'), 'a b$ (trash) c');
  assert.equal(clean('👍'.repeat(9), 4), '👍👍👍…');
});

test('the range of a line, none outside', () => {
  const ranges = [range(0, 2), range(2, 5, nobody), range(5, 6)];
  assert.deepEqual([0, 1, 2, 4, 5].map((line) => rangeAt(ranges, line)?.start), [0, 0, 2, 2, 5]);
  assert.equal(rangeAt(ranges, 6), undefined);
  assert.equal(rangeAt([], 0), undefined);
});

test('two sessions of a file never look the same', () => {
  const found = slots([range(0, 1), range(1, 2, { session_id: 's2' }), range(2, 3, { session_id: 's3', color_key: 4 })]);
  assert.deepEqual([...found], [['s1', 3], ['s2', 4], ['s3', 5]]);
});

test('words for the eye and for a screen reader', () => {
  assert.equal(label(range(0, 1)), 'claude · "add retry"');
  assert.equal(label(range(0, 1, { prompt: null })), 'claude');
  assert.equal(spoken(range(0, 1, { state: 'unsaved' }), 6), 'Line 7: written by claude, prompt: add retry, not saved');
  assert.equal(spoken(range(0, 1, nobody), 0), 'Line 1: writer unknown');
});

test('subagents stand below the session that started them, also one that wrote nothing itself', () => {
  const session = { agent: 'claude', model: null, subagent_type: null, status: null, turns: [], parent_session_id: null };
  const answer: Answer = {
    uri: 'file:///a', version: 1, shown: false, summary: { ai_lines: 4, lines: 9, percent: 44, agents: ['claude'] },
    ranges: [range(0, 2), range(2, 3, { state: 'unsaved' }), range(3, 8, nobody), range(8, 9, { session_id: 's2' })],
    sessions: { s1: { ...session, parent_session_id: 'p', subagent_type: 'Explore' }, p: session, s2: session },
  };
  const roots = fileSessions(answer);
  assert.deepEqual(roots.map((root) => [root.id, root.lines]), [['s2', 1], ['p', 0]]);
  const child = roots[1]!.children[0]!;
  assert.deepEqual([child.agent, child.lines, child.runs], ['claude (Explore)', 3, [{ start: 0, end: 3 }]]);
});

test('a formatter leaves the words', () => {
  assert.ok(sameWords("import b\nimport a\nf(x,'y')", 'import a\nimport b\n\nf(\n  x,\n  "y",\n)\n'));
  assert.ok(!sameWords('f(x)', 'f(x, y)'));
  assert.ok(!sameWords('f(x)', 'f(xy)'));
});

test('the gutter tells an agent by letters, and lines that were reviewed by a tick', () => {
  const answer: Answer = {
    uri: 'file:///a', version: 1, shown: true, summary: { ai_lines: 4, lines: 9, percent: 44, agents: ['claude'], unreviewed: 2 },
    ranges: [range(0, 4)], sessions: {}, reviewed: [[2, 4]],
  };
  const marks = [0, 1, 2, 3].map((line) => gutterMark(answer, answer.ranges[0]!, line, line === 0));
  assert.deepEqual(marks, ['cl', '', '✓', '']);
  assert.ok(spoken(answer.ranges[0]!, 2, isReviewed(answer, 2)).endsWith('reviewed'));
  assert.equal(isReviewed(answer, 4), false);
});
