// Opens HTML reports in a real Chromium and says what it saw, as JSON. Called by tests/html.rs and docs/pictures/make:
//
//   browse.mjs look CHROMIUM REPORT.html [FOLDER PREFIX]   everything that the test asks, and screenshots where a folder is given
//   browse.mjs shot CHROMIUM PAGE.html PICTURE.png WIDTH HEIGHT SCHEME SCALE [SELECTOR]
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

// The packages stand beside where they were installed, not beside this file.
const require = createRequire(join(process.env.KUBEWORTHY_BROWSER ?? import.meta.dirname, "package.json"));
const { chromium } = require("playwright-core");

const [command, program, file, ...rest] = process.argv.slice(2);
const address = pathToFileURL(file).href;
const desktop = { width: 1280, height: 900 };
const phone = { width: 360, height: 740 };
const browser = await chromium.launch({
  executablePath: program,
  args: ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb", "--hide-scrollbars"],
});

async function opened(options, use) {
  const context = await browser.newContext({ viewport: desktop, colorScheme: "light", ...options });
  const page = await context.newPage();
  const seen = { errors: [], requests: [] };
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) seen.errors.push(message.text());
  });
  page.on("pageerror", (error) => seen.errors.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith("data:") && request.url().split("#")[0] !== address) seen.requests.push(request.url());
  });
  await page.goto(address, { waitUntil: "load" });
  const result = await use(page, seen);
  await context.close();
  return result;
}

const openAll = (page) => page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));

// What is wider than the page, by the elements that stick out.
const overflow = (page) =>
  page.evaluate(() => {
    const wide = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= wide) return [];
    return [...document.querySelectorAll("body *")]
      .filter((one) => one.getBoundingClientRect().right > wide + 1 && !one.closest(".scroll,.skip,.unseen"))
      .slice(0, 5)
      .map((one) => `${one.tagName} ${one.className?.baseVal ?? one.className}: ${one.textContent.slice(0, 60)}`)
      .concat("the page itself");
  });

async function withScript() {
  return opened({}, async (page, seen) => {
    const table = page.locator("table[data-sort]");
    const result = { sorts: null, filters: null };
    if (await table.count()) {
      const rows = table.locator("tbody tr");
      const names = async () => (await rows.evaluateAll((all) => all.filter((row) => !row.hidden).map((row) => row.cells[0].textContent)));
      const before = await names();
      const head = table.locator("thead th button").first();
      await head.focus();
      await page.keyboard.press("Enter");
      const up = await names();
      const ascending = await table.locator("thead th").first().getAttribute("aria-sort");
      await page.keyboard.press("Space");
      const down = await names();
      const descending = await table.locator("thead th").first().getAttribute("aria-sort");
      const need = table.locator("thead th button").nth(2);
      await need.focus();
      await page.keyboard.press("Enter");
      const needs = await rows.evaluateAll((all) => all.map((row) => parseFloat(row.cells[2].textContent)));
      result.sorts = { before, up, ascending, down, descending, needs };
      const box = page.locator("form[role=search] input");
      await box.focus();
      await page.keyboard.type(before[before.length - 1]);
      const found = await names();
      const said = await page.locator("form[role=search] output").textContent();
      await box.fill("");
      const select = page.locator("form[role=search] select");
      const verdict = await select.locator("option").nth(1).getAttribute("value");
      await select.selectOption(verdict);
      const left = await rows.evaluateAll((all) => all.filter((row) => !row.hidden).map((row) => row.className));
      result.filters = { wanted: before[before.length - 1], found, said, verdict, left };
    }
    return { ...result, ...seen };
  });
}

async function withoutScript() {
  return opened({ javaScriptEnabled: false, viewport: phone }, async (page, seen) => {
    const wide = await overflow(page);
    await openAll(page);
    return {
      ...seen,
      overflow: [...wide, ...(await overflow(page))],
      heading: await page.locator("h1").textContent(),
      systems: await page.locator("table.systems tbody tr").count(),
      form: await page.locator("form[role=search]").isVisible().catch(() => false),
    };
  });
}

// How long a page without script takes until it is loaded and painted, in milliseconds: the best of a few, since machines are noisy.
async function timing() {
  const taken = [];
  for (let run = 0; run < 3; run += 1) {
    taken.push(
      await opened({ javaScriptEnabled: false }, async (page) => {
        const entries = await page.evaluate(() => {
          const navigation = performance.getEntriesByType("navigation")[0];
          const paint = performance.getEntriesByName("first-contentful-paint")[0];
          return { loaded: navigation.loadEventEnd, painted: paint ? paint.startTime : 0 };
        });
        return Math.max(entries.loaded, entries.painted);
      }),
    );
  }
  return Math.min(...taken);
}

async function accessibility() {
  const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
  const found = [];
  // A page of hundreds of systems repeats itself: each theme and each size once is enough there.
  const isLarge = readFileSync(file).length > 500_000;
  for (const colorScheme of ["light", "dark"]) {
    for (const [name, viewport] of [["desktop", desktop], ["phone", phone]]) {
      if (isLarge && (colorScheme === "dark") !== (name === "phone")) continue;
      await opened({ bypassCSP: true, colorScheme, viewport }, async (page) => {
        await openAll(page);
        await page.evaluate(axe);
        const { violations, incomplete } = await page.evaluate(() => axe.run({ resultTypes: ["violations", "incomplete"] }));
        for (const one of violations) {
          const where = one.nodes.slice(0, 3).map((node) => `${node.target.join(" ")}: ${node.failureSummary}`);
          found.push(`${colorScheme} ${name}: ${one.id} (${one.nodes.length}): ${one.help}: ${where.join(" | ")}`);
        }
        for (const one of incomplete) {
          if (process.env.VERBOSE) console.error(`open: ${colorScheme} ${name}: ${one.id} (${one.nodes.length}) ${one.nodes[0].target}`);
        }
      });
    }
  }
  return found;
}

// The printed page: how many sheets, and whether what is folded and where sources stand is on them.
async function printed(folder, prefix) {
  return opened({}, async (page) => {
    const path = folder ? join(folder, `${prefix}-a4.pdf`) : undefined;
    const bytes = await page.pdf({ format: "A4", printBackground: true, preferCSSPageSize: true, path });
    const sheets = bytes.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    await page.emulateMedia({ media: "print" });
    const hidden = await page.evaluate(
      () => [...document.querySelectorAll("details > :not(summary)")].filter((one) => !one.checkVisibility({ contentVisibilityAuto: true })).length,
    );
    return { sheets, hidden, kilobytes: Math.round(bytes.length / 1024) };
  });
}

async function pictures(folder, prefix) {
  for (const colorScheme of ["light", "dark"]) {
    for (const [name, viewport, scale] of [["desktop", desktop, 1], ["phone", phone, 2]]) {
      await opened({ colorScheme, viewport, deviceScaleFactor: scale }, async (page) => {
        const height = await page.evaluate(() => document.documentElement.scrollHeight);
        const most = name === "phone" ? 7000 : 9000;
        const clip = { x: 0, y: 0, width: viewport.width, height: Math.min(height, most) };
        await page.screenshot({ path: join(folder, `${prefix}-${name}-${colorScheme}.png`), fullPage: true, clip });
      });
    }
    // A sheet of A4 at 96 dots an inch.
    await opened({ colorScheme, viewport: { width: 703, height: 1017 } }, async (page) => {
      await page.emulateMedia({ media: "print", colorScheme });
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      const clip = { x: 0, y: 0, width: 703, height: Math.min(height, 6000) };
      await page.screenshot({ path: join(folder, `${prefix}-a4-${colorScheme}.png`), fullPage: true, clip });
    });
  }
}

try {
  if (command === "look") {
    const [folder, prefix] = rest;
    const seen = {
      script: await withScript(),
      plain: await withoutScript(),
      milliseconds: await timing(),
      axe: await accessibility(),
      printed: await printed(folder, prefix),
    };
    if (folder) await pictures(folder, prefix);
    console.log(JSON.stringify(seen));
  } else if (command === "shot") {
    const [path, width, height, colorScheme, scale, selector] = rest;
    const viewport = { width: Number(width), height: Number(height) };
    await opened({ viewport, colorScheme, deviceScaleFactor: Number(scale) }, async (page) => {
      if (selector) await page.locator(selector).screenshot({ path });
      else await page.screenshot({ path });
    });
  } else {
    throw new Error(`no command ${command}`);
  }
} finally {
  await browser.close();
}
