// Everything that draws subscribes to the store; then the link fills it.

import "./layout.js";
import "./topbar.js";
import "./stage.js";
import "./activity.js";
import "./keys.js";
import "./waiting.js";
import "./tour.js";
import { connect } from "./link.js";

connect();
