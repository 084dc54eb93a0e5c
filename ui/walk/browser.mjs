import { chromium } from "playwright-core";

/** Debian's Chromium, kept from talking to anybody but us. As root it has no sandbox. */
export const open = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });

/** All pages of what the server has: names and paths. */
export async function pages(url) {
  const first = async (list) => (await (await fetch(`${url}/api/v1/${list}?limit=1`)).json()).items[0]?.id;
  const list = [
    ["overview", "/"],
    ["crashes", "/crashes"],
    ["failures", "/failures"],
    ["jobs", "/jobs"],
    ["submit", "/submit"],
    ["targets", "/targets"],
    ["workers", "/workers"],
    ["trail", "/trail"],
  ];
  for (const [name, of] of [["crash", "crashes"], ["failure", "failures"], ["job", "jobs"], ["target", "targets"]]) {
    const id = await first(of);
    if (id) list.push([name, `/${of}/${id}`]);
  }
  return list;
}
