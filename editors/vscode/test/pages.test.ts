import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withRelativeLinks } from '../src/pages';

const resolved = (path: string, link: string): string => new URL(link, `x://h${path}`).pathname;
const linked = (path: string): string => /\]\((.*?)\)/.exec(withRelativeLinks('a [`s`](byline:/session/s1%2Fx.md) b', path))![1]!;

test('links between pages lead to the same pages, from wherever', () => {
  for (const path of ['/session/a.md', '/session/s1/x.md', '/file/file:///tmp/a b.py.md', '/session/a/b/c.md']) {
    const normal = path.replace(/\/+/g, '/');
    assert.equal(resolved(normal, linked(path)), '/session/s1%2Fx.md');
  }
});

test('other links and words stay', () => {
  const text = '[`a.py`](file:///tmp/a.py) byline:/session/x \\]\\(byline:/session/x)';
  assert.equal(withRelativeLinks(text, '/session/a.md'), text);
});
