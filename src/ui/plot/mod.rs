//! What plots share whose axes are parameters: quiet plots, axes of powers of ten, lines to drag.

pub mod axis;
pub mod line;

use egui::{Response, Role, WidgetInfo};
use egui_plot::Plot;

pub use line::{DragLine, Scale};

/// A plot that neither moves nor zooms: its axes are fixed, and the pointer is for what lies in it.
pub fn quiet<'a>(name: &str) -> Plot<'a> {
    Plot::new(name)
        .allow_scroll(false)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_double_click_reset(false)
        .show_x(false)
        .show_y(false)
        .show_crosshair(false)
        .label_formatter(|_| None)
}

/// Says to screen readers what a plot shows: plots tell nothing by themselves.
pub fn describe(response: &Response, text: &str) {
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, text));
}
