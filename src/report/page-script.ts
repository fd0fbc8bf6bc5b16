/**
 * What the page does by itself: tables sort by their headings, boxes that scroll say so, and marks of charts say what they
 * are when pointed at. Without script everything is there to read all the same.
 */
export const pageScript = `
'use strict';
for (const table of document.querySelectorAll('table.sortable')) {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = heading.textContent;
    heading.replaceChildren(button);
    button.addEventListener('click', () => {
      const up = heading.getAttribute('aria-sort') !== 'ascending';
      for (const other of headings) other.removeAttribute('aria-sort');
      heading.setAttribute('aria-sort', up ? 'ascending' : 'descending');
      const numeric = rows.some((row) => row.cells[column].hasAttribute('data-sort'));
      const key = (row) => numeric ? Number(row.cells[column].dataset.sort ?? NaN) : row.cells[column].textContent;
      const missing = (value) => Number.isNaN(value);
      const compare = (a, b) => {
        const [x, y] = [key(a), key(b)];
        if (missing(x) || missing(y)) return missing(x) - missing(y);
        const order = x < y ? -1 : x > y ? 1 : 0;
        return up ? order : -order;
      };
      body.append(...rows.slice().sort(compare));
    });
  });
}
// All are measured before any is changed, and only those in sight: each change between would have the page laid out again.
const cue = (seen) => {
  const boxes = seen.filter(({ isIntersecting }) => isIntersecting).map(({ target }) => target);
  const scroll = boxes.map((box) => box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1);
  boxes.forEach((box, place) => box.classList.toggle('scrolls', scroll[place]));
};
const sight = new IntersectionObserver(cue, { rootMargin: '50%' });
const watch = () => {
  sight.disconnect();
  for (const box of document.querySelectorAll('.chart, .wide')) sight.observe(box);
};
watch();
addEventListener('resize', watch);
const hint = document.createElement('div');
hint.id = 'hint';
hint.hidden = true;
hint.setAttribute('aria-hidden', 'true');
document.body.append(hint);
document.addEventListener('pointermove', (event) => {
  const mark = event.target.closest?.('.chart [role=graphics-symbol][aria-label]');
  hint.hidden = !mark;
  if (!mark) return;
  hint.textContent = mark.getAttribute('aria-label');
  hint.style.left = Math.max(4, Math.min(event.clientX + 14, innerWidth - hint.offsetWidth - 8)) + 'px';
  hint.style.top = (event.clientY + 18 + hint.offsetHeight > innerHeight ? event.clientY - hint.offsetHeight - 10 : event.clientY + 18) + 'px';
});
`;
