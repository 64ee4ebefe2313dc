// Shows a page in a real Chromium, on a narrow and a wide screen, in the light and in the dark.
//
//   node look.mjs NODE_FOLDER CHROMIUM PAGE             prints what axe and the browser find wrong with each, as JSON
//   node look.mjs NODE_FOLDER CHROMIUM PAGE PICTURE     writes a picture of its top, 760 pixels wide, in the light
//
// NODE_FOLDER has node_modules with puppeteer-core and axe-core, as `make peers` fetches them.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [folder, executablePath, page, picture] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${folder}/`));
const puppeteer = require('puppeteer-core');
const browser = await puppeteer.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-lcd-text'], headless: true });

async function open(width, scheme) {
  const tab = await browser.newPage();
  const said = [];
  tab.on('console', (message) => said.push(message.text()));
  tab.on('pageerror', (error) => said.push(String(error)));
  tab.on('request', (request) => request.url().startsWith('file:') || said.push(`asked for ${request.url()}`));
  await tab.setViewport({ width, height: 900 });
  await tab.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await tab.goto(pathToFileURL(page).href);
  return { tab, said };
}

try {
  if (picture) {
    const { tab } = await open(760, 'light');
    await tab.screenshot({ path: picture, clip: { x: 0, y: 0, width: 760, height: 940 } });
  } else {
    const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
    const looks = [];
    for (const width of [420, 1200]) {
      for (const scheme of ['light', 'dark']) {
        const { tab, said } = await open(width, scheme);
        const scrolls = await tab.evaluate(() => document.documentElement.scrollWidth);
        // Folded parts are looked at too. By the protocol, which the page's own policy on scripts does not bind.
        await tab.evaluate(() => document.querySelectorAll('details').forEach((part) => (part.open = true)));
        const unfolded = await tab.evaluate(() => document.documentElement.scrollWidth);
        await tab.evaluate(axe);
        const { violations } = await tab.evaluate(() => window.axe.run());
        const wrong = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).slice(0, 3).join(' | ')}`);
        looks.push({ width, scheme, scrolls, unfolded, said, wrong });
        await tab.close();
      }
    }
    console.log(JSON.stringify(looks));
  }
} finally {
  await browser.close();
}
