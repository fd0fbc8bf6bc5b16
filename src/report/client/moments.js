/**
 * When charts are drawn: what the reader looks at comes first.
 *
 * @typedef {{ finalize(): void }} View
 * @typedef {{ picture: Element, draw: () => Promise<View> }} Picture in the page, since it takes its width from there
 */

/** Resolves in a task of its own: what was typed meanwhile comes first, and of choices that are made faster the last is drawn. */
function afterInput() {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

/** Resolves once the page is painted and has nothing else to do; in a page that nobody sees, soon. */
async function whenIdle() {
  await new Promise((resolve) => {
    setTimeout(resolve, 100);
    requestAnimationFrame(() => setTimeout(resolve, 0));
  });
  await new Promise((resolve) => {
    // Safari has no such call.
    if ('requestIdleCallback' in globalThis) requestIdleCallback(resolve, { timeout: 500 });
    else setTimeout(resolve, 50);
  });
}

/** @param {Element} picture */
function isInSight(picture) {
  const { top, bottom } = picture.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}

/**
 * Draws pictures in place of those before. What is in sight is painted at once with all else that was chosen; the others one by
 * one, when the reader is served.
 */
export function createDrawing() {
  /** @type {View[]} */
  let views = [];
  /** What an earlier choice still had to draw is left. */
  let choice = 0;
  /** @param {readonly Picture[]} pictures */
  return async function drawAll(pictures) {
    const own = ++choice;
    for (const view of views) view.finalize();
    views = [];
    await afterInput();
    for (const { picture, draw } of pictures) {
      if (own === choice && !isInSight(picture)) await whenIdle();
      if (own !== choice) return;
      const view = await draw();
      if (own === choice) views.push(view);
      else view.finalize();
    }
  };
}
