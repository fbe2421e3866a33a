// Runs before the page is drawn, so that nothing jumps. Browsers that cannot load modules get the page without JavaScript.
if ("noModule" in HTMLScriptElement.prototype) {
  document.documentElement.classList.add("js-enabled");
}
