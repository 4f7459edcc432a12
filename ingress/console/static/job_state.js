// A job's state, in the colours that nodes have.
import { state } from "./dom.js";

const LOOKS = { running: "running", retrying: "restarting", scheduled: "starting", blocked: "suspended", lost: "stuck", dead: "stuck", done: "running" };

export const jobState = (element, word) => state(element, LOOKS[word] ?? "idle", word);
