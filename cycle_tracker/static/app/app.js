// Starts the parts of the design system that the pages use, one by one: its initAll would also start file upload and analytics.
import designSystem from "../vendor/design-system/scripts/design-system.js";

const {
  Accordion,
  CharacterCount,
  Checkboxes,
  DatePicker,
  NotificationMessage,
  SideNavigation,
  SiteNavigation,
  Tabs,
  skipLinks,
} = designSystem.components;

function start(Component, module) {
  for (const element of document.querySelectorAll(`[data-module="${module}"]`)) {
    new Component(element).init();
  }
}

start(Accordion, "ds-accordion");
start(CharacterCount, "ds-character-count");
start(Checkboxes, "ds-checkboxes");
start(DatePicker, "ds-datepicker");
start(NotificationMessage, "ds-notification-message");
start(SideNavigation, "ds-side-navigation");
start(SiteNavigation, "ds-mobile-navigation-menu");
start(Tabs, "ds-tabs");
skipLinks.init();

// The close button of a message appears once it works.
document.documentElement.classList.add("js-initialised");

// Each calendar button says which date it is for.
for (const picker of document.querySelectorAll(".ds_datepicker")) {
  const label = picker.querySelector(".ds_label[id]");
  const button = picker.querySelector(".js-calendar-button");
  if (label && button) {
    button.setAttribute("aria-describedby", label.id);
  }
}

// A table takes the focus only while it is wider than its frame.
const frames = document.querySelectorAll(".app-table-scroll");
const watchWidth = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    target.toggleAttribute("tabindex", false);
    if (target.scrollWidth > target.clientWidth) {
      target.setAttribute("tabindex", "0");
    }
  }
});
frames.forEach((frame) => watchWidth.observe(frame));

const errorSummary = document.getElementById("error-summary");
if (errorSummary) {
  errorSummary.focus();
}
