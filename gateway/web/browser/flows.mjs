// Drives the page in a real Chromium. One JSON line for each flow on stdout; exit status 1 when one failed.
//   node browser/flows.mjs ADDRESS --mic FILE.wav --file FILE --expect "word,word" [--screens DIR] FLOW...
// Flows: microphone, file, demo, viewer, languages, keyboard. Started by e2e's browser test.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";

const { values: o, positionals } = parseArgs({
  allowPositionals: true,
  options: { mic: { type: "string" }, file: { type: "string" }, expect: { type: "string", default: "" }, screens: { type: "string" } },
});
const [address, ...flows] = positionals;
const expected = o.expect.split(",").filter(Boolean).map((w) => w.toLowerCase());
if (o.screens) mkdirSync(o.screens, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--autoplay-policy=no-user-gesture-required", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
    ...(o.mic ? [`--use-file-for-fake-audio-capture=${o.mic}%noloop`] : []),
  ],
});

async function open(path = "/", options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, permissions: ["microphone"], locale: "en-US", ...options });
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (e) => problems.push(String(e)));
  page.on("console", (m) => m.type() === "error" && problems.push(m.text()));
  await page.goto(new URL(path, address).href);
  return { page, problems, done: () => context.close() };
}

const screen = (page, name) => o.screens && page.screenshot({ path: join(o.screens, `${name}.png`) });
const said = (page) => page.locator(".lines, .transcript ol").allInnerTexts().then((t) => t.join(" ").toLowerCase());

/** Collects what the stage shows until all expected words were seen; tells how many were grey at first. */
async function listen(page, name) {
  const seen = new Set();
  let grew = false;
  let shot = false;
  const deadline = Date.now() + 120_000;
  while (Date.now() < deadline) {
    const text = await said(page);
    for (const w of expected) if (text.includes(w)) seen.add(w);
    if ((await page.locator(".lines .growing").count()) > 0) {
      grew = true;
      if (!shot && (await page.locator(".lines .stable").count()) > 2) {
        shot = true;
        await screen(page, `${name}-live`);
      }
    }
    if (seen.size === expected.length && grew) break;
    await page.waitForTimeout(150);
  }
  const missing = expected.filter((w) => !seen.has(w));
  if (missing.length > 0) throw new Error(`never shown: ${missing.join(", ")}; on screen: ${await said(page)}`);
  if (!grew) throw new Error("no word was ever grey");
}

async function finish(page, name) {
  await page.locator("#stop").click();
  await page.locator('.state[data-state="ended"]').waitFor({ timeout: 30_000 });
  if ((await page.locator(".lines .growing").count()) > 0) throw new Error("grey words are left after the end");
  await screen(page, `${name}-ended`);
}

const all = {
  async microphone() {
    const { page, problems, done } = await open();
    await screen(page, "idle");
    await page.selectOption("#spoken-language", "en");
    await page.locator("#use-microphone").click();
    await listen(page, "microphone");
    await finish(page, "microphone");
    await done();
    return problems;
  },
  async file() {
    const { page, problems, done } = await open();
    await page.selectOption("#spoken-language", "en");
    await page.setInputFiles("#file", o.file);
    await listen(page, "file");
    await finish(page, "file");
    await done();
    return problems;
  },
  async demo() {
    const { page, problems, done } = await open();
    await page.locator("#play-demo").click();
    await listen(page, "demo");
    const links = await page.locator(".links a[download]").evaluateAll((a) => a.map((x) => x.getAttribute("href")));
    for (const href of links) {
      const answer = await page.request.get(new URL(href, address).href);
      if (!answer.ok()) throw new Error(`${href}: ${answer.status()}`);
    }
    await done();
    return problems;
  },
  async viewer() {
    const { page, problems, done } = await open();
    await page.locator("#play-demo").click();
    await page.locator(".lines span").first().waitFor({ timeout: 60_000 });
    const view = await page.locator(".links a").last().getAttribute("href");
    const viewer = await open(view);
    await viewer.page.locator(".lines span").first().waitFor({ timeout: 60_000 });
    if ((await viewer.page.locator("#use-microphone").count()) > 0) throw new Error("viewers see the operator's buttons");
    await screen(viewer.page, "viewer");
    const clean = await open(`${view}?clean`);
    await clean.page.locator(".lines span").first().waitFor({ timeout: 60_000 });
    await screen(clean.page, "clean");
    await Promise.all([done(), viewer.done(), clean.done()]);
    return [...problems, ...viewer.problems, ...clean.problems];
  },
  async languages() {
    const { page, problems, done } = await open("/", { locale: "kk-KZ" });
    if ((await page.locator("#use-microphone").innerText()) !== "Микрофонды қосу") throw new Error("a Kazakh browser does not get the Kazakh page");
    for (const [language, text] of [["ru", "Включить микрофон"], ["en", "Use microphone"], ["kk", "Микрофонды қосу"]]) {
      await page.selectOption("#page-language", language);
      await page.getByRole("button", { name: text }).waitFor();
      await screen(page, `idle-${language}`);
    }
    await page.selectOption("#theme", "dark");
    await screen(page, "idle-dark");
    await page.setViewportSize({ width: 390, height: 780 });
    await screen(page, "idle-phone");
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    if (wide) throw new Error("the page scrolls sideways on a phone");
    await done();
    return problems;
  },
  async keyboard() {
    const { page, problems, done } = await open();
    const reached = new Set();
    for (let i = 0; i < 15; i++) {
      await page.keyboard.press("Tab");
      reached.add(await page.evaluate(() => document.activeElement?.id ?? ""));
    }
    for (const id of ["use-microphone", "open-file", "play-demo", "spoken-language", "page-language", "theme"])
      if (!reached.has(id)) throw new Error(`#${id} cannot be reached with Tab`);
    await page.locator("#play-demo").focus();
    await page.keyboard.press("Enter");
    await page.locator("#stop").waitFor();
    await done();
    return problems;
  },
};

let failed = false;
for (const name of flows) {
  const start = Date.now();
  try {
    const problems = await all[name]();
    if (problems.length > 0) throw new Error(`the browser complained: ${problems.join("; ")}`);
    console.log(JSON.stringify({ flow: name, ok: true, seconds: (Date.now() - start) / 1000 }));
  } catch (err) {
    failed = true;
    console.log(JSON.stringify({ flow: name, ok: false, error: String(err) }));
  }
}
await browser.close();
process.exit(failed ? 1 : 0);
