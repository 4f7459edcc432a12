// Asking `/ops`, and saying what came of it.
import { $ } from "./dom.js";

const TOAST_MS = 7000;

/** What every call sends along: only this page is told it, so no other page of this host can call for it. */
export const OURS = { "X-CSRF-Token": $('meta[name="csrf-token"]').content };

/**
 * Ask; the answer, or an Error with the service's own words. An ended session leads to the login. `body` is sent as
 * JSON, `file` as it is.
 */
export async function ask(path, { method = "GET", body, file } = {}) {
  const headers = { ...OURS, Accept: "application/json" };
  if (method !== "GET") headers["Content-Type"] = file ? "application/octet-stream" : "application/json";
  const unsure = method === "GET" ? "" : " Whether it was done is in the audit.";
  let response;
  try {
    response = await fetch(`/ops/${path}`, { method, headers, body: file ?? (body && JSON.stringify(body)), cache: "no-store" });
  } catch {
    throw new Error(`The service does not answer.${unsure}`);
  }
  if (response.status === 401) {
    location.reload();
    await new Promise(() => {});
  }
  const answer = await response.json().catch(() => ({ error: `The connection broke off (${response.status}).${unsure}` }));
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

/** A query string of what is filled in. */
export function query(fields) {
  const given = Object.entries(fields).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  return given.length ? `?${new URLSearchParams(given)}` : "";
}

let hiding = 0;

/** Say what came of an action, above everything, for a while. */
export function toast(text, bad = false) {
  const box = $("#toast");
  box.textContent = text;
  box.classList.toggle("bad", bad);
  if (box.matches(":popover-open")) box.hidePopover();
  box.showPopover();
  clearTimeout(hiding);
  hiding = setTimeout(() => box.hidePopover(), TOAST_MS);
}
