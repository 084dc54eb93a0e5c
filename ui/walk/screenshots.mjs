// Makes a picture of every page, light and dark: npm run screenshots -- URL DIRECTORY
import { mkdirSync } from "node:fs";
import { open, pages } from "./browser.mjs";

const [url = "http://localhost:8080", directory = "target/screenshots"] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });
const browser = await open();
try {
  for (const [scheme, width] of [["light", 1280], ["dark", 1280], ["light", 360], ["dark", 360]]) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme });
    const page = await context.newPage();
    // That a failure was not compared yet is an answer, and no error of the page.
    page.on("console", (message) => message.type() === "error" && !(message.text().includes("404") && message.location().url.includes("/api/")) && console.log(`${page.url()}: ${message.text()}`));
    page.on("pageerror", (error) => console.log(`${page.url()}: ${error.message}`));
    for (const [name, path] of await pages(url)) {
      await page.goto(url + path);
      await page.locator("main h1").waitFor();
      await page.locator(".waiting[aria-busy], .entry.waiting").first().waitFor({ state: "detached" });
      // Charts draw themselves a moment later; a picture may be early, a test may not.
      await page.waitForTimeout(300);
      await page.screenshot({ path: `${directory}/${name}-${scheme}-${width}.png`, fullPage: width < 1000 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) console.log(`${path} is ${wide} px too wide at ${width}`);
    }
    await context.close();
  }
} finally {
  await browser.close();
}
