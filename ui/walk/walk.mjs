// A person's walk through the page, in a real browser against a real server: node walk/walk.mjs URL TARGET_DIRECTORY
// The server has nothing in it at first. Every step either holds or ends the walk with what was on the page.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import http from "node:http";
import { join } from "node:path";
import { open, pages } from "./browser.mjs";
import { FAILURE, HOSTILE, pretend, TOTAL } from "./log.mjs";

const [url, target] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** Generous, because it is only ever waited for what does happen: machines are shared. */
const LIMIT = 60_000;

/** Stands between browser and server, so that the server can be lost without being stopped. */
async function gate() {
  const to = new URL(url);
  const server = http.createServer((request, response) => {
    const ahead = http.request({ host: to.hostname, port: to.port, path: request.url, method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    ahead.on("error", () => response.destroy());
    response.on("close", () => ahead.destroy());
    request.pipe(ahead);
  });
  let lost = false;
  server.prependListener("request", (request) => lost && request.socket.destroy());
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://localhost:${server.address().port}`,
    lose: () => { lost = true; server.closeAllConnections(); },
    find: () => { lost = false; },
    close: () => { server.closeAllConnections(); server.close(); },
  };
}

const way = await gate();
const browser = await open();
const context = await browser.newContext({ acceptDownloads: true });
context.setDefaultTimeout(LIMIT);
const page = await context.newPage();
const errors = [];
page.on("pageerror", (error) => errors.push(error.message));
page.on("console", (message) => /Content Security Policy/.test(message.text()) && errors.push(message.text()));

async function step(name, work) {
  const began = Date.now();
  try {
    await work();
    assert.deepEqual(errors, []);
  } catch (e) {
    console.log(`FAILED: ${name}\nat ${page.url()}\n${await page.locator("body").innerText().catch(() => "")}`);
    throw e;
  }
  console.log(`${name}: ${Date.now() - began} ms`);
}

/** Through the browser's own debugger, so that the policy against scripts of others stays in force for the page. */
async function accessible(path) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await page.goto(way.url + path);
    await page.locator("main h1").waitFor();
    await page.locator(".waiting[aria-busy]").first().waitFor({ state: "detached" });
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    assert.deepEqual(violations.map((v) => `${path} ${colorScheme} ${v.id}: ${v.help}: ${v.nodes.map((n) => n.target).join(" ")}`), []);
  }
}

async function submit(iterations, failures) {
  await page.goto(`${way.url}/submit`);
  await page.locator("input[name=iterations]").fill(String(iterations));
  await page.locator("input[name=stopAfterFailures]").fill(String(failures));
  await page.getByRole("button", { name: "Submit", exact: true }).click();
  await page.waitForURL(/\/jobs\/[0-9a-f-]{36}$/);
}

try {
  await step("an empty system says what to do", async () => {
    await page.goto(way.url);
    await page.getByText("Nothing here yet.").waitFor();
    for (const [path, words] of [["/crashes", "No crash."], ["/jobs", "No job."], ["/failures", "No failure yet."], ["/submit", "there is none"], ["/targets", "No target."]]) {
      await page.goto(way.url + path);
      await page.getByText(words).first().waitFor();
    }
    await page.goto(`${way.url}/failures/00000000-0000-0000-0000-000000000000`);
    await page.getByRole("alert").getByText("there is no failure").waitFor();
  });
  await step("a target is uploaded", async () => {
    await page.goto(`${way.url}/targets`);
    await page.locator("input[type=file]").setInputFiles(readdirSync(target).map((name) => join(target, name)));
    await page.waitForURL(/\/targets\/[0-9a-f]{64}$/);
    await page.getByRole("heading", { name: "x86-debug-register-race" }).waitFor();
  });
  await step("a value that is wrong is refused in words", async () => {
    await page.goto(`${way.url}/submit`);
    await page.locator("input[name=iterations]").fill("0");
    await page.getByRole("button", { name: "Submit", exact: true }).click();
    await page.getByRole("alert").getByText("must be between 1").waitFor();
  });
  await step("a job finds the failure", async () => {
    await submit(2_000_000, 1);
    await page.locator(".title .badge.completed").waitFor({ timeout: 4 * LIMIT });
    await page.getByText("found the failures it was to find").waitFor();
  });
  await step("its crash leads to the failure and its report", async () => {
    await page.getByRole("region", { name: "Crashes of this job" }).getByRole("link").first().click();
    await page.waitForURL(/\/crashes\//);
    await page.locator("pre.report").waitFor();
    await page.locator("table a").first().click();
    await page.waitForURL(/\/failures\//);
    await page.locator(".title .badge.verified").waitFor();
    await page.reload();
    await page.locator(".title .badge.verified").waitFor();
  });
  await step("the log can be read", async () => {
    await page.locator(".scroller .entry .words").first().waitFor();
  });
  await step("what a hostile guest has written is text, in the report and in its log", async () => {
    const at = page.url();
    const failure = at.slice(at.lastIndexOf("/") + 1);
    // To whoever started this walk, and has the database and the store at hand.
    console.log(`PLANT ${failure}`);
    for (const end = Date.now() + 2 * LIMIT; (await (await fetch(`${url}/api/v1/failures/${failure}/log/summary`)).json()).bytes < 50e6; await page.waitForTimeout(500)) {
      assert.ok(Date.now() < end, "nobody has planted the log");
    }
    await page.goto(at);
    await page.locator("pre.report").getByText("<img src=x onerror").waitFor();
    await page.locator("h1").getByText("<img src=x onerror").waitFor();
    const box = page.getByRole("region", { name: "Merged log" });
    const hostile = box.locator(".entry.guest", { hasText: "<script>" }).filter({ hasText: "reversed" });
    await hostile.getByText("␛[31mred␛[0m ␛]0;owned␇ <U+202E>reversed \ufffd\ufffd␀").waitFor();
    await box.locator(".entry.guest", { hasText: "AAAAAAAA" }).first().getByText("characters more").waitFor();
    assert.equal(await page.locator("main img, main script").count(), 0);
    assert.match(await page.title(), /^<img src=x/);
    await box.focus();
    await page.keyboard.press("Home");
    await box.locator(".entry:not(.waiting)").filter({ has: page.locator('a[href="#L0"]') }).waitFor();
    await page.getByLabel("Vector").selectOption("14");
    const found = page.getByRole("region", { name: "Entries found" });
    await found.locator(".entry.interrupt").first().click();
    await page.getByRole("button", { name: "Show what is around it" }).click();
    await box.locator(".entry.linked").waitFor();
    await page.getByLabel("Text in the log").fill("bw pass 11");
    await page.getByRole("button", { name: "Search", exact: true }).click();
    await found.getByText("@bw pass 11").first().waitFor();
    await page.goto(at);
  });
  await step("a log of 1 GB, as the API would tell it, is moved through", async () => {
    const at = page.url();
    await pretend(page);
    await page.goto(at);
    const box = page.getByRole("region", { name: "Merged log" });
    const row = (number) => box.locator(".entry:not(.waiting)").filter({ has: page.locator(`a[href="#L${number}"]`) });
    await row(FAILURE).getByText("␛[31mred␛[0m <U+202E>reversed").waitFor();
    assert.ok((await row(FAILURE).innerText()).includes(HOSTILE.slice(0, 20)));
    await row(FAILURE + 1).getByText("characters more").waitFor();
    assert.equal(await box.locator("img").count(), 0);
    assert.ok((await page.locator(".entry").count()) < 60);
    await row(FAILURE - 2).click();
    await page.getByRole("complementary").getByText("ffff0ff0").waitFor();
    await page.getByRole("complementary").getByRole("button", { name: /^entry/ }).click();
    await page.waitForURL(new RegExp(`#L${FAILURE - 3}$`));
    await box.locator(".entry.linked").waitFor();
    await page.reload();
    await row(FAILURE - 3).waitFor();
    await box.focus();
    await page.keyboard.press("End");
    await row(TOTAL - 1).waitFor();
    await page.keyboard.press("Home");
    await row(0).waitFor();
    await box.evaluate((element) => { element.scrollTop = element.scrollHeight; });
    await row(TOTAL - 1).waitFor();
    await page.getByLabel("Go to iteration").fill("600000");
    await page.getByRole("button", { name: "Go", exact: true }).click();
    await row(6_000_000).waitFor();
    await page.getByRole("checkbox", { name: /guest/ }).check();
    await page.getByRole("region", { name: "Entries found" }).getByText("line 3", { exact: true }).waitFor();
    assert.equal(await page.locator(".entry.interrupt").count(), 0);
    await page.unrouteAll({ behavior: "wait" });
    await page.goto(at);
  });
  await step("the snapshot is what its digest says", async () => {
    const row = page.locator("tr", { hasText: "snapshot.qcow2" });
    const said = await row.locator("code").innerText();
    const [download] = await Promise.all([page.waitForEvent("download"), row.locator("a").click()]);
    assert.equal(createHash("sha256").update(readFileSync(await download.path())).digest("hex"), said);
  });
  await step("what fails is compared with what passes", async () => {
    await page.getByRole("button", { name: "Search neighbouring schedules" }).click();
    await page.getByText(/^fails when vector 0x20 arrives between 0x[0-9a-f]+ and 0x[0-9a-f]+, in trap_debug/).first().waitFor({ timeout: 10 * LIMIT });
    const window = page.getByRole("region", { name: "Neighbouring schedules" });
    assert.equal(await window.locator(".badge.failed").count(), 3);
    assert.equal(await window.locator(".badge.passed").count(), 2);
    await page.reload();
    await window.getByText("IRQ 0x20").first().waitFor();
    const rows = page.getByRole("region", { name: "First divergence" });
    await rows.locator("tr.first").getByText("trap_debug").first().waitFor();
  });
  await step("a crash is decided about", async () => {
    await page.getByRole("link", { name: "all like it" }).click();
    await page.getByRole("button", { name: "Mark as fixed" }).click();
    await page.locator(".title .badge.fixed").waitFor();
    await page.getByRole("heading", { name: "History" }).waitFor();
    await page.getByRole("button", { name: "Open again" }).click();
    await page.locator(".title .badge.open").waitFor();
    await page.getByRole("heading", { name: "Passing against failing" }).waitFor();
    for (const box of await page.getByRole("checkbox", { name: /^Choose the failure/ }).all()) await box.check();
    await page.getByRole("button", { name: /^Split [0-9]+ out$/ }).click();
    await page.getByRole("alert").getByText("these are all its failures").waitFor();
    await page.getByLabel("Id of the crash that goes into this one").fill(new URL(page.url()).pathname.split("/").pop());
    await page.getByRole("button", { name: "Merge it into this" }).click();
    await page.getByRole("alert").getByText("cannot go into itself").waitFor();
  });
  await step("a title is text, whatever it holds", async () => {
    const hostile = "<img src=x onerror=alert(1)> \u202e<script>document.title='gone'</script>";
    await page.getByLabel("Title", { exact: true }).fill(hostile);
    await page.getByRole("button", { name: "Rename" }).click();
    await page.getByRole("heading", { name: "<img src=x onerror=alert(1)> <U+202E><script>" }).waitFor();
    assert.equal(await page.locator("main img, main script").count(), 0);
  });
  await step("questions are asked of a job, and each strategy has its fields", async () => {
    await page.goto(`${way.url}/submit`);
    for (const [kind, field] of [["sweep", "step"], ["aligned", "length"], ["adaptive", "buckets"], ["fixed", "delay"], ["random", "seed"]]) {
      await page.locator("select[name=kind]").selectOption(kind);
      await page.locator(`input[name=${field}]`).waitFor();
    }
    await page.locator("input[name=rateBelow]").fill("1 in 20,000");
    await page.getByText('"stopWhenRateBelow":{"rate":0.00005,"confidence":0.95}').waitFor();
    await page.goto(`${way.url}/jobs`);
    await page.locator("td.name a").first().click();
    await page.getByRole("region", { name: "Arms" }).locator("tbody tr").first().waitFor();
    await page.getByText("Is it fixed?").click();
    await page.getByRole("button", { name: "Ask whether it is fixed" }).click();
    await page.getByRole("heading", { name: /^is it fixed\?/ }).waitFor();
    // It is the same target, so that it may have failed again by now.
    await page.getByText(/iterations without a failure are needed|it failed on this target, too/).waitFor();
    assert.ok((await fetch(`${url}/api/v1/jobs/${page.url().split("/").at(-1)}/cancel`, { method: "POST" })).ok);
    await page.goBack();
    await page.getByText("Compare with another setting").click();
    await page.getByText("Another strategy").click();
    await page.locator(".ask input[name=shifts]").fill("5");
    await page.getByRole("button", { name: "Compare", exact: true }).click();
    await page.waitForURL(/\/comparisons\//);
    await page.getByText("Not decided yet.").waitFor();
    await accessible(new URL(page.url()).pathname);
    await page.getByRole("link", { name: "the other" }).click();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.locator(".title .badge.cancelled").waitFor();
  });
  await step("a job is cancelled, and a lost server comes back", async () => {
    await submit(500_000_000, 0);
    await page.locator(".title .badge.running").waitFor();
    way.lose();
    await page.getByRole("alert").getByText("The server does not answer").first().waitFor();
    way.find();
    await page.getByRole("alert").first().waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.locator(".title .badge.cancelled").waitFor();
  });
  await step("the audit trail says who did that", async () => {
    await page.getByRole("link", { name: "Audit trail" }).click();
    await page.waitForURL(/\/trail$/);
    const rows = page.getByRole("region", { name: "Acts" }).locator("tbody tr");
    const cancelled = rows.filter({ hasText: "jobs cancel" }).first();
    await cancelled.getByText("everyone").waitFor();
    await cancelled.getByText("127.0.0.1").waitFor();
    await rows.filter({ hasText: "crashes rename" }).first().getByText("<img src=x onerror=alert(1)>").waitFor();
    assert.equal(await page.locator("main img, main script").count(), 0);
    await page.getByLabel("Act").selectOption("crashes");
    await rows.filter({ hasText: "jobs cancel" }).first().waitFor({ state: "detached" });
    await rows.first().locator("a").click();
    await page.waitForURL(/\/crashes\/[0-9a-f-]{36}$/);
  });
  await step("every page can be used by everyone", async () => {
    for (const [, path] of await pages(url)) await accessible(path);
  });
} finally {
  await browser.close();
  way.close();
}
