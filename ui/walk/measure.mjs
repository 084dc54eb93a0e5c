// How soon pages are there, each time in a browser that has seen none of them: npm run measure -- URL '{"name": "/path", ...}'
// Prints a line for each: {"name": "overview", "millis": 234}
import { open } from "./browser.mjs";

const [url, paths] = process.argv.slice(2);
const TIMES = 5;
const LIMIT = 60_000;
const browser = await open();

/** A page is there when its heading stands and nothing on it is still awaited. */
const there = (page) =>
  page.evaluate((limit) => new Promise((done, failed) => {
    const look = () => {
      if (document.querySelector("main h1") && !document.querySelector(".waiting[aria-busy], .entry.waiting")) done(performance.now());
      else if (performance.now() > limit) failed(new Error(`not there after ${limit} ms: ${location.href}`));
      else requestAnimationFrame(look);
    };
    look();
  }), LIMIT);

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const tell = (name, values) => console.log(JSON.stringify({ name, millis: median(values) }));

async function fresh(work) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(LIMIT);
    return await work(page);
  } finally {
    await context.close();
  }
}

async function timed(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

try {
  await fresh((page) => page.goto(url).then(() => there(page)));
  for (const [name, path] of Object.entries(JSON.parse(paths))) {
    const values = [];
    for (let i = 0; i < TIMES; i++) {
      values.push(await fresh(async (page) => {
        await page.goto(url + path, { waitUntil: "commit" });
        return there(page);
      }));
    }
    tell(name, values);
  }
  // In the log: from the key to the lines.
  const log = { end: [], iteration: [], vector: [], text: [] };
  for (let i = 0; i < TIMES; i++) {
    await fresh(async (page) => {
      await page.goto(url + JSON.parse(paths).failure);
      await there(page);
      const box = page.getByRole("region", { name: "Merged log" });
      await box.focus();
      await page.keyboard.press("Home");
      await there(page);
      log.end.push(await timed(async () => {
        await page.keyboard.press("End");
        await there(page);
      }));
      log.iteration.push(await timed(async () => {
        await page.getByLabel("Go to iteration").fill(String(100 + i));
        await page.getByRole("button", { name: "Go", exact: true }).click();
        await page.waitForURL(/#L\d+$/);
        await page.locator(".entry.linked").waitFor();
      }));
      const found = page.getByRole("region", { name: "Entries found" });
      log.vector.push(await timed(async () => {
        await page.getByLabel("Vector").selectOption({ index: 1 + (i % 4) });
        await found.locator(".entry").first().waitFor();
      }));
      await page.getByRole("button", { name: "Show all" }).click();
      log.text.push(await timed(async () => {
        await page.getByLabel("Text in the log").fill(`pass ${20 + i}`);
        await page.getByRole("button", { name: "Search", exact: true }).click();
        await found.locator(".entry").first().waitFor();
      }));
    });
  }
  for (const [name, values] of Object.entries(log)) tell(`log-${name}`, values);
} finally {
  await browser.close();
}
