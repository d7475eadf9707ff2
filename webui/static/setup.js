// First run: offer the country and time zone that this browser is in. Nothing is saved by itself.

const country = new Intl.Locale(navigator.language).region;
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

choose(document.getElementById("country"), country);
choose(document.getElementById("zone"), zone);

function choose(list, value) {
  const found = [...list.options].find((option) => option.value === value);
  if (value && found) list.value = value;
}
