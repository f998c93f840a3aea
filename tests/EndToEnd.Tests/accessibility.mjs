// Opens the console's pages in Chromium, signs in by its form, and says what axe-core finds in the light and the dark theme (WCAG 2.2 A and AA), what the content security policy stopped and which pictures did not show.
// node accessibility.mjs <<< '{"console": "http://…", "user": "…", "password": "…", "open": ["/guest/report"], "signedIn": ["/cases"]}'
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const asked = JSON.parse(readFileSync(0, 'utf8'));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const faults = [];

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  let at = '';
  page.on('console', message => { if (message.type() === 'error') faults.push(`${at}: ${message.text()}`); });
  page.on('pageerror', error => faults.push(`${at}: ${error.message}`));

  const look = async path => {
    at = path;
    await page.goto(new URL(path, asked.console).href, { waitUntil: 'load' });
    const landed = new URL(page.url()).pathname;
    if (landed !== path.split('?')[0]) faults.push(`${path}: led to ${landed}`);
    // Pictures that are shown when they are scrolled to are wanted now.
    const hidden = await page.evaluate(async () => {
      const pictures = [...document.images];
      for (const picture of pictures) picture.loading = 'eager';
      await Promise.all(pictures.map(picture => picture.decode().catch(() => {})));
      return pictures.filter(picture => picture.naturalWidth === 0).map(picture => picture.src.split('?')[0]);
    });
    faults.push(...hidden.map(picture => `${path}: ${picture} does not show`));
    await page.evaluate(axe);
    const backgrounds = new Set();
    for (const theme of ['light', 'dark']) {
      backgrounds.add(await page.evaluate(async chosen => {
        document.documentElement.setAttribute('data-bs-theme', chosen);
        await Promise.allSettled(document.getAnimations().map(animation => animation.finished));
        return getComputedStyle(document.body).backgroundColor;
      }, theme));
      const found = await page.evaluate(tags => window.axe.run(document, { runOnly: tags }), standards);
      for (const violation of found.violations)
        for (const node of violation.nodes) faults.push(`${path} (${theme}): ${violation.id} (${violation.impact}) at ${node.target.join(' ')}: ${node.failureSummary.replace(/\s+/g, ' ')}`);
    }
    if (backgrounds.size !== 2) faults.push(`${path}: the dark theme is the light one`);
  };

  for (const path of asked.open) await look(path);
  await look('/sign-in');
  await page.fill('input[name=name]', asked.user);
  await page.fill('input[name=password]', asked.password);
  await Promise.all([page.waitForURL(url => url.pathname !== '/sign-in'), page.press('input[name=password]', 'Enter')]);
  for (const path of asked.signedIn) await look(path);
} finally {
  await browser.close();
}
console.log(JSON.stringify(faults, null, 1));
