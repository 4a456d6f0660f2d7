// What VS Code's preview of markdown needs of a page.

/**
 * The text of the page at `path` (decoded) with its links to other pages relative to it: the preview follows no link that
 * has a scheme of its own. Names in the path may hold slashes, which a `/` in a link would count as folders.
 */
export function withRelativeLinks(text: string, path: string): string {
  const folders = path.split('/').filter(Boolean).length - 1;
  return text.replaceAll('](byline:/', `](${'../'.repeat(Math.max(folders, 0))}`);
}
