// What a link has behind its #, which browsers send to nobody: it goes into the form, and off when that is pressed.
const token = location.hash.slice(1);
const form = document.querySelector("form");
form.elements.token.value = token;
form.hidden = !token;
document.querySelector(".missing").hidden = Boolean(token);
addEventListener("hashchange", () => location.reload());
