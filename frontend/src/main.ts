import "htmx.org/dist/htmx.esm.js";
import "./questionnaire/index.ts";
import "./scanner/index.ts";
import "./shell/combobox.ts";
import { onGrids } from "./grid/index.ts";
import { onPage } from "./shell/page.ts";
import { announceFailures } from "./shell/announcer.ts";
import { closeOnLeave } from "./shell/menus.ts";
import { usePasskeys } from "./shell/passkey.ts";
import { guardUnsaved } from "./shell/unsaved.ts";
import { switchTheme } from "./shell/theme-switch.ts";

switchTheme();
closeOnLeave();
guardUnsaved();
usePasskeys();
announceFailures();
onPage();
onGrids();
