// Runs before the page is drawn, so that a chosen theme does not flash. Kept apart from the module for that reason.
const root = document.documentElement;
root.classList.replace("no-script", "has-script");
try {
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") root.dataset["theme"] = chosen;
} catch {
  // storage refused: the device's own setting holds
}
